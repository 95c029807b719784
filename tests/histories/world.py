"""Lets histories happen: real workers, a real web server on loopback, and a clock that jumps."""

import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import func, select

from copydesk.articles.fetch import FetchedPage, Fetcher
from copydesk.articles.merging import make_article_merger
from copydesk.articles.prove import make_prover
from copydesk.articles.recheck import make_rechecker
from copydesk.articles.turns import Turns
from copydesk.errata.triage import claim_corrected
from copydesk.notify.thanks import make_thanker
from copydesk.outbox import Handler, enqueue
from copydesk.outbox.worker import Worker
from copydesk.settings import ServerSettings, Settings
from copydesk.store.database import Database
from copydesk.store.tables import (
    Correction,
    Erratum,
    Evidence,
    JobState,
    Message,
    OutboxJob,
    Proof,
    Purpose,
    State,
)
from tests.conftest import BASE_URL, SECRET_KEY, MovableClock
from tests.factories import make_article, make_erratum, make_site
from tests.histories.pages import Answer
from tests.histories.plans import Plan, Publish, Say, unmended
from tests.page_server import Server
from tests.reading_fixtures import ignored

AFTERWARDS = timedelta(days=8)
"""How long a history goes on after its last event: the longest wait between readings, and more."""
TICK = timedelta(seconds=20)
"""The clock's step: what falls into one happens at its end."""
SHORT_DEADLINE = 0.5


@dataclass
class Life:
    """One history while it happens."""

    plan: Plan
    host: str
    answer: Answer
    truth: list[tuple[datetime, tuple[int, ...]]]
    errata: list[int] = field(default_factory=list)
    requests: int = 0
    unmodified: int = 0
    impolite: int = 0
    """Requests while the server had asked to be left alone."""
    not_before: datetime | None = None

    def was_wrong(self, flaw: int, moment: datetime) -> bool:
        """Say whether the article truly had the error then."""
        return flaw in [wrong for at, wrong in self.truth if at <= moment][-1]


@dataclass(frozen=True)
class Outcome:
    """What became of one history."""

    life: Life
    states: tuple[State, ...]
    false_closes: int
    thanks: int

    @property
    def is_right(self) -> bool:
        """Whether each erratum ended as it must, and nobody was thanked twice."""
        fits = all(
            state in ends for state, ends in zip(self.states, self.life.plan.ends, strict=True)
        )
        return fits and not self.false_closes and self.thanks <= len(self.states)

    @property
    def left_open(self) -> int:
        """How many errata are open though their error is gone."""
        wrong = self.life.truth[-1][1]
        return sum(
            state is State.OPEN and flaw not in wrong for flaw, state in enumerate(self.states)
        )

    def __str__(self) -> str:
        plan = self.life.plan
        ended = ", ".join(self.states)
        return (
            f"{plan.kind} ({plan.story.language}): {ended}, false closes {self.false_closes}, "
            f"thanks {self.thanks}, requests {self.life.requests}"
        )


class _Fetcher(Fetcher):
    """Knows the histories' hosts, and waits only shortly for those that never answer."""

    def __init__(self, hosts: Sequence[str]) -> None:
        def resolve(host: str, port: int) -> list[str]:
            del host, port
            return ["127.0.0.1"]

        super().__init__(hosts, "Histories", deadline=10, resolve=resolve)
        self._short = Fetcher(hosts, "Histories", deadline=SHORT_DEADLINE, resolve=resolve)

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> FetchedPage:
        if "//slow" in url:
            return self._short.fetch(url, etag=etag, last_modified=last_modified)
        return super().fetch(url, etag=etag, last_modified=last_modified)


class World:
    """All histories of one run, on one database and one server, side by side."""

    def __init__(self, db: Database, plans: Sequence[Plan]) -> None:
        self.clock = MovableClock()
        self._db = db
        self._server = Server(self._serve)
        self._lives = {life.host: life for life in map(self._begin, range(len(plans)), plans)}
        settings = Settings(
            server=ServerSettings(base_url=BASE_URL, secret_key=SecretStr(SECRET_KEY))
        )
        fetcher = _Fetcher(list(self._lives))
        turns = Turns(db, self.clock, gap=timedelta(seconds=2), lease=timedelta(seconds=120))
        kinds: dict[str, Handler] = {
            "read_article": make_prover(db, fetcher, self.clock, turns),
            "recheck": make_rechecker(db, fetcher, self.clock, turns),
            "merge_articles": make_article_merger(self.clock),
            "thank": make_thanker(db, settings, self.clock),
            "notify": ignored,
            "deliver": ignored,
        }
        self._worker = Worker(
            db,
            kinds,
            clock=self.clock,
            lease=timedelta(seconds=120),
        )

    def run(self) -> list[Outcome]:
        """Let everything happen and say what became of it."""
        begin = self.clock()
        events = sorted(
            ((begin + at, life, event) for life in self._lives.values()
             for at, event in life.plan.events),
            key=lambda entry: entry[0],
        )  # fmt: skip
        end = max([begin, *(at for at, _, _ in events)]) + AFTERWARDS
        while True:
            upcoming = [events[0][0]] if events else []
            due = self._next_due()
            moment = min([*upcoming, *([due] if due else [])], default=end)
            if moment >= end:
                break
            self._forward_to(moment)
            while events and events[0][0] <= self.clock():
                _, life, event = events.pop(0)
                self._happen(life, event)
            self._worker.drain()
        return [self._outcome(life) for life in self._lives.values()]

    def close(self) -> None:
        """Stop the server."""
        self._server.close()

    def _forward_to(self, moment: datetime) -> None:
        if moment > self.clock():
            steps = -((self.clock() - moment) // TICK)
            self.clock.now += steps * TICK

    def _begin(self, number: int, plan: Plan) -> Life:
        now = self.clock()
        host = f"{'slow' if plan.is_slow else 'h'}{number}.example:{self._server.port}"
        first = unmended(plan.story)
        life = Life(plan, host, first.answer, [(now, first.wrong)])
        with self._db.transaction() as session:
            site = make_site(session, now, key=f"h{number}", hosts=[host])
            about = make_article(
                session, site, now, canonical_url=f"http://{host}/letters", title="", byline="",
                byline_rule="",
            )  # fmt: skip
            for flaw, error in enumerate(plan.story.flaws):
                quote = plan.story.quote(flaw)
                erratum = make_erratum(
                    session, about, now, proof=Proof.PENDING, before="", quote=quote.exact,
                    prefix=quote.prefix, suffix=quote.suffix, suggestion=error.right,
                    report={"reader_email": "rita@reader.example"},
                )  # fmt: skip
                life.errata.append(erratum.id)
                payload = {"erratum_id": erratum.id, "report_id": erratum.reports[0].id}
                enqueue(session, "read_article", f"read:{erratum.id}", payload, now=now)
        return life

    def _happen(self, life: Life, event: Publish | Say) -> None:
        if isinstance(event, Publish):
            life.answer = event.answer
            life.truth.append((self.clock(), event.wrong))
            return
        with self._db.transaction() as session:
            erratum = session.get_one(Erratum, life.errata[event.flaw])
            if erratum.state in {State.OPEN, State.CONFIRMED}:
                claim_corrected(session, erratum, who="Ada Byrne", now=self.clock())

    def _serve(self, connection: socket.socket, request: bytes) -> None:
        host = next(
            line.partition(b":")[2].strip().decode()
            for line in request.split(b"\r\n")
            if line.lower().startswith(b"host:")
        )
        life = self._lives[host]
        life.requests += 1
        now = self.clock()
        life.impolite += life.not_before is not None and now < life.not_before
        data = life.answer(request)
        if data is None:
            connection.recv(1)  # nothing comes: the reader hangs up
            return
        head = data.partition(b"\r\n\r\n")[0]
        life.unmodified += b" 304 " in head
        if b"Retry-After: " in head:
            seconds = int(head.partition(b"Retry-After: ")[2].partition(b"\r\n")[0])
            life.not_before = now + timedelta(seconds=seconds)
        connection.sendall(data)

    def _next_due(self) -> datetime | None:
        with self._db.reading() as session:
            return session.scalar(
                select(func.min(OutboxJob.due_at)).where(OutboxJob.state == JobState.PENDING)
            )

    def _outcome(self, life: Life) -> Outcome:
        with self._db.reading() as session:
            states = tuple(session.get_one(Erratum, one).state for one in life.errata)
            closes = session.scalars(
                select(Correction).where(
                    Correction.erratum_id.in_(life.errata), Correction.evidence != Evidence.WORD
                )
            )
            false = sum(
                life.was_wrong(life.errata.index(close.erratum_id or 0), close.corrected_at)
                for close in closes
            )
            mails = session.scalars(
                select(Message.erratum_id).where(
                    Message.purpose == Purpose.THANKS, Message.erratum_id.in_(life.errata)
                )
            )
            thanks = Counter(mails)
        return Outcome(life, states, false, max(thanks.values(), default=0))
