"""Workers are called where the database can call, and lose nothing where nobody hears it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text
from tests.conftest import MovableClock

from copydesk.clock import utc_now
from copydesk.outbox import Finish, Job, enqueue, enqueue_all, nothing_more
from copydesk.outbox.crew import Crew
from copydesk.outbox.waking import CHANNEL, Waker
from copydesk.outbox.worker import Worker
from copydesk.store.database import Database

NEVER = 3600.0
WAIT = 30


class Desk:
    """A crew whose worker would look again only in an hour."""

    def __init__(self, db: Database) -> None:
        self.done = threading.Semaphore(0)
        worker = Worker(
            db,
            {"greet": self._greet},
            clock=utc_now,
            lease=timedelta(minutes=1),
            give_up_after=timedelta(days=1),
            poll_seconds=NEVER,
        )
        self.crew = Crew([worker, Waker(db, [worker], retry_seconds=0.05)])

    def _greet(self, job: Job) -> Finish:
        del job
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


def owe(db: Database, key: str, *, due: datetime | None = None) -> None:
    db.write(lambda session: enqueue(session, "greet", key, {}, now=utc_now(), due_at=due))


def test_a_worker_that_sleeps_is_called(db: Database, desk: Desk) -> None:
    for key in ("one", "two"):
        owe(db, key)
        assert desk.done.acquire(timeout=WAIT)
    db.write(lambda session: enqueue_all(session, "greet", [("three", {})], now=utc_now()))
    assert desk.done.acquire(timeout=WAIT)


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
