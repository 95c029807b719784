"""A page on a server, an erratum about it, and a worker that reads: for tests of reading pages."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.articles.fetch import Fetcher
from copydesk.articles.prove import make_prover
from copydesk.articles.recheck import make_rechecker
from copydesk.articles.turns import Turns
from copydesk.outbox import Finish, Handler, Job, enqueue, nothing_more
from copydesk.outbox.worker import Worker
from copydesk.store.database import Database
from copydesk.store.tables import Erratum, HistoryEntry, JobState, OutboxJob, Proof
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_site
from tests.page_server import Script, Server, page, says

SENTENCE = "The harbour master recieved a letter on Monday."
MENDED = "The harbour master received a letter on Monday."
AROUND = "<p>Four boats left the quay before noon and five came back.</p>"


def article(sentence: str = SENTENCE, head: str = "") -> bytes:
    text = f"<!doctype html><html lang=en><head><meta name=author content='Ada Byrne'>{head}"
    text += f"</head><body><h1>Letters</h1>{AROUND}<p>{sentence}</p>{AROUND}</body></html>"
    return page(text.encode())


def ignored(job: Job) -> Finish:
    """Stand for a room that these tests are not about."""
    del job
    return nothing_more


class Reading:
    """A page on a server, an erratum about it, and a worker that reads."""

    def __init__(self, db: Database, clock: MovableClock, press: "Press", *others: str) -> None:
        self.db, self.clock, self.press, self.server = db, clock, press, press.server
        server = self.server
        fetcher = Fetcher([server.host, *others], "Tester", deadline=5)
        turns = Turns(db, clock, gap=timedelta(0), lease=timedelta(seconds=120))
        kinds: dict[str, Handler] = {
            "read_article": make_prover(db, fetcher, clock, turns),
            "recheck": make_rechecker(db, fetcher, clock, turns),
            "notify": ignored,
            "thank": ignored,
        }
        self.worker = Worker(
            db,
            kinds,
            clock=clock,
            lease=timedelta(seconds=120),
            poll_seconds=0.01,
        )
        with db.transaction() as session:
            site = make_site(session, clock(), hosts=[server.host])
            about = make_article(
                session,
                site,
                clock(),
                canonical_url=server.url("/letters"),
                title="",
                byline="",
                byline_rule="",
            )
            prefix = "Letters\nFour boats left the quay before noon and five came back.\n"
            erratum = make_erratum(
                session,
                about,
                clock(),
                proof=Proof.PENDING,
                before="",
                prefix=f"{prefix}The harbour master ",
                suffix=" a letter on Monday.\nFour boats left the quay before noon and five",
                report={"reader_email": "rita@reader.example"},
            )
            self.erratum_id, self.report_id = erratum.id, erratum.reports[0].id
            enqueue(
                session,
                "read_article",
                f"read:{self.erratum_id}:{self.report_id}",
                {"erratum_id": self.erratum_id, "report_id": self.report_id},
                now=clock(),
            )

    def print_(self, answer: bytes) -> None:
        """Publish another version of the page."""
        self.press.script = says(answer)

    def work(self) -> None:
        """Do all that is due now."""
        self.worker.drain()

    def erratum(self, session: Session) -> Erratum:
        return session.get_one(Erratum, self.erratum_id)

    def jobs(self, kind: str, state: JobState | None = None) -> list[OutboxJob]:
        with self.db.reading() as session:
            query = select(OutboxJob).where(OutboxJob.kind == kind).order_by(OutboxJob.id)
            found = list(session.scalars(query))
        return [job for job in found if state is None or job.state == state]

    def history(self) -> list[str]:
        with self.db.reading() as session:
            return list(session.scalars(select(HistoryEntry.what).order_by(HistoryEntry.id)))


class Press:
    """A server whose page can be printed anew."""

    def __init__(self) -> None:
        self.script: Script = says(article())
        self.server = Server(self._answer)

    def _answer(self, connection: socket.socket, request: bytes) -> None:
        self.script(connection, request)


@pytest.fixture(name="press")
def made_press() -> Iterator[Press]:
    """Start a press for one test; import it into the test's file under the name ``press``."""
    press = Press()
    yield press
    press.server.close()
