"""Everything of the demo in one process: service, worker, newspaper, mail catcher and its page."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from copydesk.app import create_app
from copydesk.demo.mailbox import Mailbox, catching_mail, create_mail_view
from copydesk.demo.newspaper import Edition, create_newspaper, newspapers
from copydesk.demo.seed import ADMIN, Storyteller, add_people
from copydesk.demo.servers import LOOPBACK, free_port, serving
from copydesk.demo.story_clock import StoryClock
from copydesk.desk.sign_in import make_link
from copydesk.housekeeping import schedule
from copydesk.outbox.crew import Crew
from copydesk.services import Services, build_services
from copydesk.settings import (
    DatabaseSettings,
    FetchSettings,
    LimitSettings,
    LogSettings,
    MailSettings,
    PrivacySettings,
    ServerSettings,
    Settings,
    WorkerSettings,
)
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Editor

POLL_SECONDS = 0.2
"""The worker looks this often for work: whoever tries the demo watches the mailbox."""
WORKER_STOP_SECONDS = 75


@dataclass(frozen=True)
class Ports:
    """Loopback ports of the demo's servers."""

    service: int
    newspaper: int
    mail_view: int
    smtp: int

    @classmethod
    def choose(cls, first: int = 0) -> "Ports":
        """Return four free ports, from ``first`` on; 0: any. Raises ``OSError``."""
        taken: list[int] = []
        for _ in range(4):
            wanted = first and (taken[-1] + 1 if taken else first)
            taken.append(free_port(wanted, besides=frozenset(taken)))
        return cls(*taken)


@dataclass(frozen=True)
class Stage:
    """The demo while it runs."""

    services: Services
    service_url: str
    newspaper_url: str
    mail_url: str
    mailbox: Mailbox
    edition: Edition

    def article_url(self, paper: str, slug: str) -> str:
        """Return the address of an article; raises ``KeyError``."""
        article = newspapers()[paper].article(slug)
        return f"{self.newspaper_url}/{paper}/{article.section_slug}/{slug}"

    def sign_in_url(self, address: str = ADMIN) -> str:
        """Return a link that signs an editor in once."""
        with self.services.database.transaction() as session:
            editor = session.scalars(select(Editor).where(Editor.address == address)).one()
            token = make_link(session, editor, now=self.services.clock())
        return f"{self.service_url}/desk/enter/{token}"


@contextmanager
def on_stage(
    database_url: str,
    *,
    ports: Ports | None = None,
    with_story: bool = True,
    announce: Callable[[Stage], None] | None = None,
) -> Iterator[Stage]:
    """Start everything over an empty database and yield it; stop everything on the way out.

    ``with_story``: tell the story of the last days first; without it there are only people.
    ``announce`` is called as soon as all pages can be opened: the story takes some seconds more.
    Raises ``OSError`` when a port is taken.
    """
    ports = ports or Ports.choose()
    clock = StoryClock()
    mailbox, edition = Mailbox(clock=clock), Edition(clock=clock)
    service_url = f"http://{LOOPBACK}:{ports.service}"
    with ExitStack() as stack:
        smtp_url = stack.enter_context(catching_mail(mailbox, ports.smtp))
        services = build_services(_settings(database_url, service_url, smtp_url, ports.newspaper))
        stack.callback(services.database.close)
        newspaper = create_newspaper(
            service_url=service_url,
            site_keys={paper: paper for paper in newspapers()},
            edition=edition,
            clock=clock,
        )
        newspaper_url = stack.enter_context(serving(newspaper, ports.newspaper))
        mail_url = stack.enter_context(serving(create_mail_view(mailbox), ports.mail_view))
        _prepare(services, newspaper_urls=[newspaper_url, _as_localhost(newspaper_url)])
        stack.enter_context(serving(create_app(services), ports.service))
        stage = Stage(services, service_url, newspaper_url, mail_url, mailbox, edition)
        if announce is not None:
            announce(stage)
        if with_story:
            # By a service of its own on the same database, whose clock stands in the past.
            past = replace(services, clock=clock)
            Storyteller(
                app=create_app(past),
                services=past,
                edition=edition,
                clock=clock,
                newspaper_url=newspaper_url,
            ).tell()
        # Only now: it would take the work of the past for its own.
        stack.enter_context(_working(services.crew()))
        yield stage


def sqlite_url(folder: Path) -> str:
    """Return the address of the demo's database in ``folder``."""
    return f"sqlite:///{folder / 'copydesk.db'}"


def _prepare(services: Services, *, newspaper_urls: list[str]) -> None:
    upgrade(services.database)
    with services.database.transaction() as session:
        add_people(session, newspaper_urls=newspaper_urls, now=services.clock())
        schedule(session, now=services.clock())


def _settings(database_url: str, service_url: str, smtp_url: str, newspaper: int) -> Settings:
    """Return the demo's settings; the environment has no say in them.

    ``Settings(…)`` would let ``COPYDESK_DATABASE__URL`` win, and a look at the demo would fill an
    operator's real database with invented readers.
    """
    return Settings.model_construct(
        server=ServerSettings(
            base_url=service_url, secret_key=SecretStr(secrets.token_urlsafe(48))
        ),
        database=DatabaseSettings(url=SecretStr(database_url)),
        mail=MailSettings(url=SecretStr(smtp_url), sender="Copydesk <copydesk@copydesk.example>"),
        fetch=FetchSettings(
            allow_hosts=[f"{LOOPBACK}:{newspaper}", f"localhost:{newspaper}"],
            # The newspaper is this very process, and nobody wants to wait for a demo.
            host_gap_seconds=0,
        ),
        limits=LimitSettings(),
        privacy=PrivacySettings(),
        worker=WorkerSettings(poll_seconds=POLL_SECONDS),
        log=LogSettings(level="warning", format="console"),
    )


def _as_localhost(url: str) -> str:
    """Return the other name under which a browser on this machine may open the newspaper."""
    return url.replace(LOOPBACK, "localhost")


@contextmanager
def _working(crew: Crew) -> Iterator[None]:
    crew.start()
    try:
        yield
    finally:
        crew.stop()
        crew.join(WORKER_STOP_SECONDS)
