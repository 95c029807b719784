"""Workers side by side: what one waits for, the others do not."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock

from copydesk.errata.indexer import Indexer
from copydesk.housekeeping import schedule
from copydesk.outbox import Finish, Job, PutBack, enqueue, nothing_more
from copydesk.outbox import crew as crew_module
from copydesk.outbox.crew import Crew, Hand
from copydesk.outbox.waking import Waker
from copydesk.outbox.worker import Worker
from copydesk.services import READING, TIDYING, TIDYING_LEASE, Services
from copydesk.store.database import Database
from copydesk.store.tables import JobState, OutboxJob


def worker(
    db: Database, clock: MovableClock, kind: str, handler: Callable[[Job], Finish]
) -> Worker:
    return Worker(
        db,
        {kind: handler},
        clock=clock,
        lease=timedelta(seconds=120),
        poll_seconds=0.01,
    )


def owe(db: Database, clock: MovableClock, kind: str, *keys: str) -> None:
    with db.transaction() as session:
        for key in keys:
            enqueue(session, kind, key, {}, now=clock())


def job(db: Database, key: str) -> OutboxJob:
    with db.reading() as session:
        return session.scalars(select(OutboxJob).where(OutboxJob.unique_key == key)).one()


def test_a_slow_page_keeps_no_mail_waiting(db: Database, clock: MovableClock) -> None:
    caught, let_go, mailed = threading.Event(), threading.Event(), threading.Event()

    def read(job: Job) -> Finish:
        del job
        caught.set()
        assert let_go.wait(60)
        return nothing_more

    def mail(job: Job) -> Finish:
        del job
        mailed.set()
        return nothing_more

    owe(db, clock, "read", "page")
    crew = Crew([worker(db, clock, "mail", mail), worker(db, clock, "read", read)])
    crew.start()
    try:
        assert caught.wait(60)
        owe(db, clock, "mail", "mail")
        assert mailed.wait(60)
        assert not let_go.is_set()
    finally:
        crew.stop()
        let_go.set()
        crew.join(60)
    # Told to stop, it still finished the job in hand.
    assert job(db, "page").state is JobState.DONE


def test_a_start_is_over_when_first_steps_are_taken(
    db: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_module, "FIRST_STEPS_SECONDS", 60)
    steps: list[str] = []

    def read(job: Job) -> Finish:
        steps.append(job.unique_key)
        return nothing_more

    owe(db, clock, "read", "page")
    indexer, waker = Indexer(db), Waker(db, [])
    crew = Crew([worker(db, clock, "read", read), indexer, waker])
    crew.start()
    begun = [hand.has_begun.is_set() for hand in (indexer, waker)]
    done = list(steps)
    crew.stop()
    assert crew.join(60)
    assert done == ["page"]
    assert all(begun)


def test_a_start_waits_for_no_step_that_hangs(
    db: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_module, "FIRST_STEPS_SECONDS", 0)
    let_go = threading.Event()

    def read(job: Job) -> Finish:
        del job
        assert let_go.wait(60)
        return nothing_more

    owe(db, clock, "read", "page")
    crew = Crew([worker(db, clock, "read", read)])
    crew.start()  # would not end
    crew.stop()
    let_go.set()
    assert crew.join(60)
    assert job(db, "page").state is JobState.DONE


def test_a_start_waits_for_no_worker_whose_database_is_away(
    clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_module, "FIRST_STEPS_SECONDS", 60)
    away = Database("postgresql://127.0.0.1:1/nowhere")
    hands: list[Hand] = [worker(away, clock, "read", lambda _: nothing_more), Waker(away, [])]
    crew = Crew(hands)
    crew.start()
    begun = [hand.has_begun.is_set() for hand in hands]
    crew.stop()
    assert crew.join(60)
    away.close()
    assert all(begun)


def test_draining_goes_on_until_nobody_has_anything(db: Database, clock: MovableClock) -> None:
    def read(job: Job) -> Finish:
        def finish(session: Session) -> None:
            enqueue(session, "mail", f"mail:{job.unique_key}", {}, now=clock())

        return finish

    def mail(job: Job) -> Finish:
        def finish(session: Session) -> None:
            if job.unique_key == "mail:a":
                enqueue(session, "read", "b", {}, now=clock())

        return finish

    owe(db, clock, "read", "a")
    crew = Crew([worker(db, clock, "mail", mail), worker(db, clock, "read", read)])
    assert crew.drain() == 4
    assert crew.drain() == 0
    assert job(db, "mail:b").state is JobState.DONE


def test_a_problem_of_one_drain_is_the_caller_s(db: Database, clock: MovableClock) -> None:
    def away(job: Job) -> Finish:
        raise KeyboardInterrupt(job.kind)

    owe(db, clock, "read", "a")
    with pytest.raises(KeyboardInterrupt):
        Crew([worker(db, clock, "read", away)]).drain()


def test_what_is_put_back_is_as_it_was(db: Database, clock: MovableClock) -> None:
    later = clock() + timedelta(days=400)
    turns = [later, None]

    def handler(job: Job) -> Finish:
        del job
        due = turns.pop(0)
        if due is not None:
            raise PutBack(due)
        return nothing_more

    owe(db, clock, "read", "a")
    one = worker(db, clock, "read", handler)
    one.drain()
    row = job(db, "a")
    assert (row.state, row.due_at, row.lease_until) == (JobState.PENDING, later, None)
    assert (row.attempts, row.failures, row.last_error) == (0, 0, "")
    clock.now = later
    one.drain()
    assert job(db, "a").state is JobState.DONE


def test_what_is_owed_for_later_is_not_old_when_its_time_comes(
    db: Database, clock: MovableClock
) -> None:
    """A reading in a week has its hours of retrying before it, not behind it."""
    with db.transaction() as session:
        due = clock() + timedelta(days=7)
        enqueue(session, "read", "a", {}, now=clock(), due_at=due)
    clock.forward(days=7)
    tries = []

    def handler(job: Job) -> Finish:
        tries.append(job.id)
        if len(tries) == 1:
            raise ValueError(job.kind)
        return nothing_more

    one = worker(db, clock, "read", handler)
    one.drain()
    assert job(db, "a").state is JobState.PENDING
    clock.forward(hours=5)
    one.drain()
    assert job(db, "a").state is JobState.DONE


def test_mails_have_workers_of_their_own(services: Services) -> None:
    chosen = services.settings.worker
    workers = [one for one in services.crew()._workers if isinstance(one, Worker)]
    mailing_threads = 1 if services.database.is_sqlite else 2
    mails, readers = workers[:mailing_threads], workers[mailing_threads:-1]
    tidier = workers[-1]
    assert len(readers) == chosen.reading_threads
    mailing = set(services.handlers()) - READING - TIDYING
    assert all(set(mailer._handlers) == mailing for mailer in mails)
    assert all(set(reader._handlers) == READING for reader in readers)
    assert set(tidier._handlers) == TIDYING


def test_a_purge_keeps_its_job_for_longer_than_a_mail_may_take(
    services: Services, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        schedule(session, now=clock())
    clock.forward(hours=1)
    held: list[timedelta] = []

    def tidy(job: Job) -> Finish:
        held.append(job.lease_until - clock())
        return nothing_more

    tidier = next(
        one
        for one in services.crew()._workers
        if isinstance(one, Worker) and set(one._handlers) == TIDYING
    )
    tidier._handlers = dict.fromkeys(TIDYING, tidy)
    assert tidier.drain() == 1
    assert held == [TIDYING_LEASE]
