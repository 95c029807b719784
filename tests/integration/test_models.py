"""Models of the intake and of the outbox: any order of steps, compared with a few lines of Python.

A machine takes its steps by chance; what it expects is kept in dictionaries, so a difference is
a mistake of one of the two.
"""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select
from tests.conftest import SECRET_KEY
from tests.factories import HOST, ORIGIN, make_site

from copydesk.errors import Conflict
from copydesk.intake.payload import ReportDraft
from copydesk.intake.submission import Receipt, Submission
from copydesk.intake.submit import Rules, submit_all
from copydesk.outbox import Job, LeaseLost, claim, enqueue, requeue, settle_done
from copydesk.outbox.claims import settle_failed
from copydesk.settings import LimitSettings
from copydesk.store.database import Database
from copydesk.store.tables import Article, Erratum, JobState, OutboxJob, Report
from copydesk.tokens import Signer

SHORT = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=120)
WORDS = ("recieved", "definately", "seperate")
PAGES = ("/ferry", "/harbour")
IDS = tuple(str(uuid.UUID(int=number)) for number in range(5))
LIMITS = LimitSettings(
    **{f"reports_per_{party}_hour": 10**6 for party in ("address", "page", "site")}
)

sent = st.tuples(
    st.sampled_from(IDS), st.sampled_from(WORDS), st.sampled_from(PAGES), st.sampled_from("ab")
)


class Intake(RuleBasedStateMachine):
    """Reports with few ids, words and pages, alone and in groups."""

    db: Database

    def __init__(self) -> None:
        super().__init__()
        self.key = uuid.uuid4().hex
        with self.db.transaction() as session:
            self.site_id = make_site(session, NOW, key=self.key).id
        self.judge = Rules(Signer([SECRET_KEY]), LIMITS)
        self.bodies: dict[str, tuple[str, str, str]] = {}
        self.tokens: dict[str, str] = {}

    @rule(group=st.lists(sent, min_size=1, max_size=4))
    def send(self, group: list[tuple[str, str, str, str]]) -> None:
        """Store a group in one transaction and judge each answer."""
        outcomes = self.db.write(
            lambda session: submit_all(
                session, [self._submission(*one) for one in group], self.judge, now=NOW
            )
        )
        for (id_, *body), outcome in zip(group, outcomes, strict=True):
            is_known = id_ in self.bodies
            if is_known and self.bodies[id_] != tuple(body):
                assert isinstance(outcome, Conflict)
                continue
            assert isinstance(outcome, Receipt)
            assert outcome.is_repeat is is_known
            self.bodies.setdefault(id_, (body[0], body[1], body[2]))
            assert self.tokens.setdefault(id_, outcome.token) == outcome.token

    def _submission(self, id_: str, word: str, page: str, comment: str) -> Submission:
        quote = {"exact": word, "prefix": f"before {word} ", "suffix": f" after {word}"}
        draft = ReportDraft.model_validate(
            {"id": id_, "site": self.key, "url": f"https://{HOST}{page}", "comment": comment}
            | {"quote": quote}
        )
        return Submission(draft, ORIGIN, "198.51.100.7")

    @invariant()
    def each_id_is_stored_once_and_each_error_has_one_erratum(self) -> None:
        """Compare the tables with the dictionaries."""
        expected = Counter((page, word) for word, page, _ in self.bodies.values())
        with self.db.reading() as session:
            found = session.execute(
                select(Article.canonical_url, Erratum.quote, Erratum.report_count, Erratum.id)
                .join(Article, Article.id == Erratum.article_id)
                .where(Erratum.site_id == self.site_id)
            ).all()
            reports = session.scalars(select(Report).where(Report.site_id == self.site_id)).all()
        assert {report.client_id: report.token for report in reports} == self.tokens
        counted = {(url.removeprefix(ORIGIN), quote): count for url, quote, count, _ in found}
        assert counted == expected
        assert len(found) == len(counted)
        stored = Counter(report.erratum_id for report in reports)
        assert stored == {erratum_id: count for *_, count, erratum_id in found}


class Outbox(RuleBasedStateMachine):
    """Steps owed, taken, finished, failed, forgotten and owed again by several workers."""

    db: Database

    def __init__(self) -> None:
        super().__init__()
        with self.db.transaction() as session:
            session.execute(delete(OutboxJob))
        self.now = NOW
        self.states: dict[str, JobState] = {}
        self.holders: dict[str, tuple[str, datetime]] = {}
        """Whose the job is, by token, and until when."""
        self.claimed: list[Job] = []

    @rule(key=st.sampled_from("abcd"))
    def owe(self, key: str) -> None:
        """The same key is owed once, whatever became of it."""
        is_new = self.db.write(lambda session: enqueue(session, "step", key, {}, now=self.now))
        assert is_new is (key not in self.states)
        self.states.setdefault(key, JobState.PENDING)

    @rule(limit=st.integers(1, 3))
    def take(self, limit: int) -> None:
        """Nobody gets what is done, dead or another's."""
        jobs = self.db.write(
            lambda session: claim(session, now=self.now, lease=LEASE, kinds=["step"], limit=limit)
        )
        for job in jobs:
            assert self.states[job.unique_key] is JobState.PENDING
            _, until = self.holders.get(job.unique_key, ("", self.now))
            assert until <= self.now
            self.holders[job.unique_key] = (job.lease_token, self.now + LEASE)
            self.claimed.append(job)

    @rule(number=st.integers(0, 9), outcome=st.sampled_from(["done", "later", "dead"]))
    def settle(self, number: int, outcome: str) -> None:
        """Only who has the job last may say what became of it."""
        if not self.claimed:
            return
        job = self.claimed[number % len(self.claimed)]
        is_ours = self.holders.get(job.unique_key, ("", NOW))[0] == job.lease_token
        try:
            self.db.write(lambda session: self._settle(session, job, outcome))
        except LeaseLost:
            assert not is_ours
            return
        assert is_ours
        del self.holders[job.unique_key]
        if outcome != "later":
            self.states[job.unique_key] = JobState(outcome)

    def _settle(self, session: Any, job: Job, outcome: str) -> None:
        if outcome == "done":
            settle_done(session, job, now=self.now)
        else:
            settle_failed(
                session, job, now=self.now, reason="a", counts=True,
                after=timedelta(0), give_up=outcome == "dead",
            )  # fmt: skip

    @rule(key=st.sampled_from("abcd"))
    def revive(self, key: str) -> None:
        """Only a dead letter starts afresh."""
        with self.db.reading() as session:
            job_id = session.scalar(select(OutboxJob.id).where(OutboxJob.unique_key == key)) or 0
        done = self.db.write(lambda session: requeue(session, job_id, now=self.now))
        assert done is (self.states.get(key) is JobState.DEAD)
        if done:
            self.states[key] = JobState.PENDING

    @rule(seconds=st.sampled_from([1, 60, 121]))
    def wait(self, seconds: int) -> None:
        """Leases run out."""
        self.now += timedelta(seconds=seconds)

    @invariant()
    def nothing_that_is_owed_vanishes(self) -> None:
        """Compare the table with the dictionary."""
        with self.db.reading() as session:
            found = session.scalars(select(OutboxJob)).all()
        assert {job.unique_key: job.state for job in found} == self.states

    def teardown(self) -> None:
        """Whatever happened: later, somebody gets all that is still to do."""
        self.now += LEASE
        jobs = self.db.write(
            lambda session: claim(session, now=self.now, lease=LEASE, kinds=["step"], limit=9)
        )
        left = {key for key, state in self.states.items() if state is JobState.PENDING}
        assert {job.unique_key for job in jobs} == left


def test_a_report_is_stored_once_and_counted_where_it_belongs(db: Database) -> None:
    run_state_machine_as_test(type("Run", (Intake,), {"db": db}), settings=SHORT)


def test_a_step_is_owed_until_it_is_done_and_one_worker_has_it_at_a_time(db: Database) -> None:
    run_state_machine_as_test(type("Run", (Outbox,), {"db": db}), settings=SHORT)
