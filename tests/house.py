"""A whole Copydesk as an operator runs it: its own process, a newspaper, a mail server beside it.

Nothing in it is simulated: the service is started by its command line, the newspaper and the mail
catcher answer on loopback ports.
"""

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import requests
from sqlalchemy import select

from copydesk.clock import utc_now
from copydesk.demo.mailbox import Mailbox, catching_mail, create_mail_view
from copydesk.demo.newspaper import Edition, Misprint, create_newspaper, newspapers
from copydesk.demo.seed import add_people
from copydesk.demo.servers import free_port, serving
from copydesk.errata.normalize import clean
from copydesk.store.database import Database
from copydesk.store.tables import Author

READY = "Copydesk listens on"
START_SECONDS = 60
SECRET_KEY = "a secret for tests only, long enough to pass"
EDITOR = "ed@news.example"
PASSWORD = "a password nobody would guess"


class House:
    """One newsroom; ``start``, ``kill`` and ``stop`` act on the service's process."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.mailbox = Mailbox()
        self.edition = Edition()
        self.newspaper_url = ""
        self.mail_view_url = ""
        self.program = ("-m", "copydesk")
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")
        } | {
            "COPYDESK_SERVER__BASE_URL": self.base_url,
            "COPYDESK_SERVER__BIND": f"127.0.0.1:{self.port}",
            "COPYDESK_SERVER__SECRET_KEY": SECRET_KEY,
            "COPYDESK_DATABASE__URL": database_url,
            "COPYDESK_MAIL__SENDER": "Copydesk <copydesk@errata.example>",
            "COPYDESK_WORKER__POLL_SECONDS": "0.05",
            # A killed worker's job must come back while the test waits.
            "COPYDESK_WORKER__LEASE_SECONDS": "2",
            "COPYDESK_FETCH__HOST_GAP_SECONDS": "0",
            "PYTHONWARNINGS": "error",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def command(self, *arguments: str, text: str = "") -> str:
        """Run ``copydesk …`` to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "copydesk", *arguments],
            input=text,
            capture_output=True,
            text=True,
            cwd=self._folder,
            env=self.environment,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def furnish(self) -> None:
        """Make the tables and enter both newspapers with their people, and one editor."""
        self.command("migrate")
        with self._database() as database, database.transaction() as session:
            add_people(session, newspaper_urls=[self.newspaper_url], now=utc_now())
        self.command(
            "editor", "add", "--email", EDITOR, "--name", "Ed", "--role", "admin",
            "--password-stdin", text=PASSWORD + "\n",
        )  # fmt: skip

    def address_of(self, name: str) -> str:
        """Return the address at which an author gets mail."""
        with self._database() as database, database.reading() as session:
            return session.scalars(select(Author.address).where(Author.name == name)).one()

    def url_of(self, misprint: Misprint) -> str:
        """Return the address of the article that has the error."""
        article = self.edition.get(misprint.paper, misprint.slug).article
        return f"{self.newspaper_url}/{misprint.paper}/{article.section_slug}/{misprint.slug}"

    def report_of(self, misprint: Misprint) -> dict[str, object]:
        """Return a report of the error as the widget would send it, with an id of its own."""
        article = self.edition.get(misprint.paper, misprint.slug).article
        paragraphs = (clean(paragraph) for paragraph in article.text.splitlines())
        paragraph = next(found for found in paragraphs if misprint.wrong in found)
        before, _, after = paragraph.partition(misprint.wrong)
        return {
            "id": str(uuid.uuid4()),
            "site": misprint.paper,
            "url": self.url_of(misprint),
            "quote": {"exact": misprint.wrong, "prefix": before[-200:], "suffix": after[:200]},
            "suggestion": misprint.right,
            "kind": misprint.kind,
        }

    def send(self, misprint: Misprint) -> requests.Response:
        """Report an error without a browser."""
        origin = {"Origin": self.newspaper_url}
        path = f"{self.base_url}/api/v1/reports"
        return requests.post(path, json=self.report_of(misprint), headers=origin, timeout=10)

    def start(self) -> None:
        """Start the service and return when it listens."""
        log = (self._folder / "service.log").open("a")
        process = subprocess.Popen(
            [sys.executable, *self.program, "serve"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=self._folder,
            env=self.environment,
        )
        log.close()
        self._process = process
        overdue = threading.Timer(START_SECONDS, process.kill)
        overdue.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        overdue.cancel()
        assert line.startswith(READY), (line, self.log())

    def kill(self) -> None:
        """End the service as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the service to end and return its exit code."""
        return self._end(signal.SIGTERM)

    def log(self) -> str:
        """Return what the service has logged so far."""
        return (self._folder / "service.log").read_text(encoding="utf-8")

    def _database(self) -> closing[Database]:
        return closing(Database(self.environment["COPYDESK_DATABASE__URL"]))

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        code = process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()
        return code


@contextmanager
def house(database_url: str, folder: Path) -> Iterator[House]:
    """Build a house, furnished but with the service not yet started; tear it down at the end."""
    built = House(database_url, folder)
    keys = {paper: paper for paper in newspapers()}
    paper = create_newspaper(service_url=built.base_url, site_keys=keys, edition=built.edition)
    with ExitStack() as stack:
        built.newspaper_url = stack.enter_context(serving(paper))
        built.mail_view_url = stack.enter_context(serving(create_mail_view(built.mailbox)))
        mail_url = stack.enter_context(catching_mail(built.mailbox))
        built.environment |= {
            "COPYDESK_MAIL__URL": mail_url,
            "COPYDESK_FETCH__ALLOW_HOSTS": built.newspaper_url.removeprefix("http://"),
        }
        built.furnish()
        try:
            yield built
        finally:
            built.kill()
