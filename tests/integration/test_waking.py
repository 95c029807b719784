"""Workers are called where the database can call, and lose nothing where nobody hears it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from tests.conftest import MovableClock

from copydesk.clock import utc_now
from copydesk.outbox import Finish, Job, claim, enqueue, enqueue_all, nothing_more
from copydesk.outbox import worker as worker_module
from copydesk.outbox.crew import Crew
from copydesk.outbox.waking import CHANNEL, Colleagues, Waker
from copydesk.outbox.worker import Worker
from copydesk.store.database import Database

Work = list[tuple[str, dict[str, Any]]]

NEVER = 3600.0
WAIT = 30


class Desk:
    """A crew whose workers would look again only in an hour, unless told otherwise."""

    def __init__(self, db: Database, *, listens: bool = True, poll_seconds: float = NEVER) -> None:
        self.done = threading.Semaphore(0)
        self.at_once = threading.Barrier(1)
        """As many must have come before any of them goes on."""
        self.pause = threading.Event()
        self.colleagues = Colleagues()
        self.workers = [
            Worker(
                db,
                {"greet": self._greet},
                clock=utc_now,
                lease=timedelta(minutes=1),
                poll_seconds=poll_seconds,
                colleagues=self.colleagues,
            )
            for _ in range(3)
        ]
        listening = [Waker(db, [self.colleagues], retry_seconds=0.05)] if listens else []
        self.crew = Crew([*self.workers, *listening])

    def wait_until_asleep(self, number: int = 3) -> None:
        while sum(worker.is_asleep for worker in self.workers) < number:
            self.pause.wait(0.01)

    def _greet(self, job: Job) -> Finish:
        del job
        self.at_once.wait(WAIT)
        self.done.release()
        return nothing_more


@pytest.fixture
def backend() -> str:
    return "postgresql"


@pytest.fixture
def desk(db: Database) -> Iterator[Desk]:
    built = Desk(db)
    built.crew.start()
    yield built
    built.crew.stop()
    built.crew.join(WAIT)


@pytest.fixture
def deaf_desk(db: Database) -> Iterator[Desk]:
    """One whose workers are called by the test alone, and asleep."""
    built = Desk(db, listens=False)
    built.crew.start()
    built.wait_until_asleep()
    yield built
    built.crew.stop()
    built.crew.join(WAIT)


def owe(db: Database, key: str, *, due: datetime | None = None) -> None:
    db.write(lambda session: enqueue(session, "greet", key, {}, now=utc_now(), due_at=due))


def test_a_worker_that_sleeps_is_called(db: Database, desk: Desk) -> None:
    for key in ("one", "two"):
        owe(db, key)
        assert desk.done.acquire(timeout=WAIT)
    db.write(lambda session: enqueue_all(session, "greet", [("three", {})], now=utc_now()))
    assert desk.done.acquire(timeout=WAIT)


def test_one_call_wakes_as_many_as_there_is_work_for(db: Database, deaf_desk: Desk) -> None:
    everybody = len(deaf_desk.workers)
    deaf_desk.at_once = threading.Barrier(everybody)  # each waits until all others work too
    work: Work = [(f"work {number}", {}) for number in range(everybody)]
    db.write(lambda session: enqueue_all(session, "greet", work, now=utc_now()))
    deaf_desk.colleagues.wake()
    for _ in range(everybody):
        assert deaf_desk.done.acquire(timeout=WAIT)


def test_whoever_finds_nothing_wakes_nobody(db: Database, deaf_desk: Desk) -> None:
    asked: set[int] = set()

    def note(_connection: object) -> None:
        asked.add(threading.get_ident())

    owe(db, "one")
    event.listen(db.engine, "begin", note)
    deaf_desk.colleagues.wake()
    assert deaf_desk.done.acquire(timeout=WAIT)
    deaf_desk.wait_until_asleep()
    assert len(asked) == 2  # who was woken, and the one that it woke in case there is more


def test_of_those_who_sleep_one_is_on_the_watch() -> None:
    colleagues = Colleagues()
    with colleagues.asleep() as first, colleagues.asleep() as second:
        assert (first, second) == (True, False)
    with colleagues.asleep() as again:
        assert again


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_while_one_works_another_is_on_the_watch(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "OTHERS_POLLS", 100_000)
    desk = Desk(db, listens=False, poll_seconds=0.05)
    desk.at_once = threading.Barrier(2)
    desk.crew.start()
    owe(db, "one")  # whoever takes it waits for somebody who takes the other
    while not desk.at_once.n_waiting:
        desk.pause.wait(0.01)
    desk.wait_until_asleep(2)
    owe(db, "two")
    for _ in range(2):
        assert desk.done.acquire(timeout=WAIT)
    desk.crew.stop()
    desk.crew.join(WAIT)


def test_a_lost_connection_loses_no_work(db: Database, desk: Desk) -> None:
    owe(db, "before")
    assert desk.done.acquire(timeout=WAIT)
    db.write(
        lambda session: session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query = :listening"
            ),
            {"listening": f"LISTEN {CHANNEL}"},
        )
    )
    owe(db, "meanwhile")
    assert desk.done.acquire(timeout=WAIT)


def test_nobody_is_called_for_later_or_for_nothing(db: Database) -> None:
    calls: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: calls.append(seen[2]))
    owe(db, "later", due=datetime.now(UTC) + timedelta(days=1))
    owe(db, "later")
    assert [call for call in calls if "pg_notify" in call] == []


def test_leases_go_by_the_database_unless_a_test_moves_the_clock(
    db: Database, clock: MovableClock
) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    with db.transaction() as session:
        assert db.now(session, clock) == clock.now
        assert asked == []
        earlier = db.now(session, utc_now)
        # Not the transaction's own beginning: a lease counts from when it is taken.
        assert db.now(session, utc_now) > earlier
    assert all("clock_timestamp" in statement for statement in asked)


def test_a_claim_goes_by_the_same_clock(db: Database, clock: MovableClock) -> None:
    lease = timedelta(minutes=1)
    owe(db, "now")
    with db.transaction() as session:
        earlier = db.now(session, utc_now)
    with db.single() as session:
        (job,) = claim(session, now=db.told(utc_now), lease=lease, kinds=["greet"])
    with db.transaction() as session:
        later = db.now(session, utc_now)
    assert earlier + lease <= job.lease_until <= later + lease
    assert (db.told(utc_now) is not None) is db.is_sqlite
    assert db.told(clock) == clock.now
