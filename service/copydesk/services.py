"""Wiring: from settings to the parts that work together. The only place that knows all rooms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from copydesk import __version__, housekeeping
from copydesk.articles.fetch import Fetcher
from copydesk.articles.merging import make_article_merger
from copydesk.articles.prove import make_prover
from copydesk.articles.recheck import make_rechecker
from copydesk.articles.trial import PageTrial, try_address
from copydesk.articles.turns import Turns
from copydesk.articles.wanted import rules_of
from copydesk.clock import Clock, utc_now
from copydesk.errata.indexer import Indexer
from copydesk.errata.quote import Quote
from copydesk.notify.deliver import make_deliverer
from copydesk.notify.digest import make_digester
from copydesk.notify.plan import make_notifier
from copydesk.notify.thanks import make_thanker
from copydesk.outbox import Handler
from copydesk.outbox.crew import Crew
from copydesk.outbox.waking import Colleagues, Waker
from copydesk.outbox.worker import Worker
from copydesk.settings import Settings
from copydesk.store.database import Database
from copydesk.store.tables import Site
from copydesk.tokens import Signer

READING = frozenset({"read_article", "recheck"})
"""The kinds of work that wait for other people's web servers."""
TIDYING = frozenset({housekeeping.KIND})
"""The kinds of work that take minutes when there is much, and that nobody waits for."""
TIDYING_LEASE = timedelta(hours=1)
"""Longer than a mail's: a purge and PostgreSQL's vacuum after it outlast that, and a second worker
would begin the same beside the first. Whoever dies over it is missed an hour later."""
TIDYING_POLL_SECONDS = 60.0


@dataclass(frozen=True)
class Services:
    """The parts of one running Copydesk."""

    settings: Settings
    database: Database
    signer: Signer
    clock: Clock
    fetcher: Fetcher

    def handlers(self) -> dict[str, Handler]:
        """Return who does which kind of work."""
        database, settings, clock = self.database, self.settings, self.clock
        return {
            "read_article": make_prover(database, self.fetcher, clock, self._turns()),
            "recheck": make_rechecker(database, self.fetcher, clock, self._turns()),
            "merge_articles": make_article_merger(clock),
            "notify": make_notifier(database, settings, clock),
            "digest": make_digester(database, settings, clock),
            "deliver": make_deliverer(database, settings, self.signer, clock),
            "thank": make_thanker(database, settings, clock),
            housekeeping.KIND: housekeeping.make_housekeeper(database, settings, clock),
        }

    def try_page(self, site: Site, url: str, quote: Quote | None = None) -> PageTrial:
        """Read a page of a site on trial: what is found, by which rule, and what of a quote."""
        return try_address(self.fetcher, url, rules_of(site), quote)

    def worker(self) -> Worker:
        """Return one worker for all kinds of work: one step after the other."""
        return self._worker(self.handlers())

    def crew(self) -> Crew:
        """Return the workers of one process: for mails, pages, tidying, and the desk's search.

        Pages are other people's servers. However slow these are, and however much there is to be
        purged, no mail waits for it.
        """
        handlers = self.handlers()
        reading = {kind: handlers.pop(kind) for kind in READING}
        tidying = {kind: handlers.pop(kind) for kind in TIDYING}
        chosen = self.settings.worker
        readers, writers = Colleagues(), Colleagues()
        workers = [
            *(self._worker(handlers, writers) for _ in range(self._mail_threads())),
            *(self._worker(reading, readers) for _ in range(chosen.reading_threads)),
            self._worker(tidying, lease=TIDYING_LEASE, poll_seconds=TIDYING_POLL_SECONDS),
        ]
        indexer = Indexer(self.database, poll_seconds=self.settings.worker.poll_seconds)
        return Crew([*workers, indexer, Waker(self.database, [writers, readers])])

    def _mail_threads(self) -> int:
        # On SQLite whoever writes is alone: a second one would only make the first wait between the
        # mail server's "250" and our note of it, and who is killed there sends the mail again.
        return self.settings.worker.mail_threads or (1 if self.database.is_sqlite else 2)

    def _turns(self) -> Turns:
        return Turns(
            self.database,
            self.clock,
            gap=timedelta(seconds=self.settings.fetch.host_gap_seconds),
            lease=timedelta(seconds=self.settings.worker.lease_seconds),
        )

    def _worker(
        self,
        handlers: Mapping[str, Handler],
        colleagues: Colleagues | None = None,
        *,
        lease: timedelta | None = None,
        poll_seconds: float | None = None,
    ) -> Worker:
        chosen = self.settings.worker
        return Worker(
            self.database,
            handlers,
            clock=self.clock,
            lease=lease or timedelta(seconds=chosen.lease_seconds),
            poll_seconds=poll_seconds or chosen.poll_seconds,
            colleagues=colleagues,
        )


def introduction(settings: Settings) -> str:
    """Return the User-Agent that tells a web server's log who reads its pages."""
    return f"Copydesk/{__version__} (+{settings.server.base_url})"


def build_services(settings: Settings, *, clock: Clock = utc_now) -> Services:
    """Open the database and the tools that the settings describe; touches no network."""
    return Services(
        settings=settings,
        database=Database(settings.database.url.get_secret_value()),
        signer=Signer(settings.server.secret_keys),
        clock=clock,
        fetcher=Fetcher(
            allow_hosts=settings.fetch.allow_hosts,
            user_agent=settings.fetch.user_agent or introduction(settings),
            deadline=settings.fetch.deadline_seconds,
            max_bytes=settings.fetch.max_bytes,
        ),
    )
