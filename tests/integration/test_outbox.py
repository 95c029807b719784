import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.plans import nodes, planned

from copydesk.outbox import (
    Finish,
    GiveUp,
    Job,
    LeaseLost,
    RetryLater,
    claim,
    enqueue,
    nothing_more,
    requeue,
    settle_done,
)
from copydesk.outbox.backoff import FLOOR, LONGEST, ceiling, delay
from copydesk.outbox.claims import taking
from copydesk.outbox.worker import MAX_ATTEMPTS, Worker
from copydesk.store.database import Database
from copydesk.store.prepared import dialect_of
from copydesk.store.tables import JobState, OutboxJob

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=120)
KINDS = ["step", "other"]


def owe(db: Database, key: str, kind: str = "step", *, due: datetime | None = None) -> bool:
    return db.write(lambda session: enqueue(session, kind, key, {"key": key}, now=NOW, due_at=due))


def rows(db: Database) -> list[OutboxJob]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxJob).order_by(OutboxJob.id)))


def worker_for(db: Database, clock: MovableClock, handler: Callable[[Job], Finish]) -> Worker:
    return Worker(db, {"step": handler}, clock=clock, lease=LEASE)


def test_the_same_work_is_owed_once(db: Database) -> None:
    assert owe(db, "a")
    assert not owe(db, "a")
    assert len(rows(db)) == 1


def test_work_of_a_rolled_back_transaction_is_not_owed(db: Database) -> None:
    with pytest.raises(RuntimeError), db.transaction() as session:
        enqueue(session, "step", "a", {}, now=NOW)
        raise RuntimeError
    assert rows(db) == []


def test_a_claimed_job_is_free_again_when_its_lease_ends(db: Database) -> None:
    owe(db, "a")

    def take(now: datetime) -> list[Job]:
        return db.write(lambda session: claim(session, now=now, lease=LEASE, kinds=KINDS))

    (first,) = take(NOW)
    assert take(NOW + LEASE / 2) == []
    (second,) = take(NOW + LEASE)
    with pytest.raises(LeaseLost), db.transaction() as session:
        settle_done(session, first, now=NOW)
    with db.transaction() as session:
        settle_done(session, second, now=NOW)
    assert rows(db)[0].state is JobState.DONE


def test_many_claimers_never_share_a_job(db: Database) -> None:
    with db.transaction() as session:
        for number in range(120):
            enqueue(session, "step", f"k{number}", {}, now=NOW)
    seen: Counter[int] = Counter()

    def work() -> None:
        while True:
            jobs = db.write(
                lambda session: claim(session, now=NOW, lease=LEASE, kinds=KINDS, limit=3)
            )
            if not jobs:
                return
            seen.update(job.id for job in jobs)

    crowd = [threading.Thread(target=work) for _ in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    # A claimer that met only rows held by others may leave early; none may be taken twice.
    assert set(seen.values()) == {1}
    assert sum(seen.values()) == 120


def test_the_oldest_of_several_kinds_comes_first(db: Database) -> None:
    work = [("mail", "mail"), ("first", "other"), ("second", "step"), ("third", "other")]
    for minutes, (key, kind) in enumerate(work):
        owe(db, key, kind, due=NOW + timedelta(minutes=minutes))
    later = NOW + timedelta(hours=1)
    jobs = db.write(lambda session: claim(session, now=later, lease=LEASE, kinds=KINDS, limit=2))
    assert [job.unique_key for job in jobs] == ["first", "second"]
    (last,) = db.write(lambda session: claim(session, now=later, lease=LEASE, kinds=KINDS, limit=2))
    assert last.unique_key == "third"


def test_a_claim_looks_at_no_work_of_other_kinds(db: Database) -> None:
    asked = {"now": NOW, "lease": LEASE, "until": NOW + LEASE, "token": "a", "most": 1}
    [plan] = planned(db, lambda session: session.execute(taking(KINDS, dialect_of(session)), asked))
    if db.is_sqlite:
        looks = [row for row in plan if "USING" in row]
    else:
        looks = [node.get("Index Cond", "") for node in nodes(plan[0][0]["Plan"])]
    assert sum("kind" in look for look in looks) == len(KINDS), plan


def test_a_result_and_its_settling_are_one_commit(db: Database, clock: MovableClock) -> None:
    owe(db, "a")

    def handler(job: Job) -> Finish:
        def finish(session: Session) -> None:
            enqueue(session, "next", "from-a", {}, now=clock())
            # Meanwhile the lease has ended and another worker has the job.
            clock.forward(seconds=500)
            claim(session, now=clock(), lease=LEASE, kinds=KINDS)

        del job
        return finish

    worker_for(db, clock, handler).step()
    kept = rows(db)
    assert [row.unique_key for row in kept] == ["a"]
    assert kept[0].state is JobState.PENDING


def test_a_failed_step_comes_back_later(db: Database, clock: MovableClock) -> None:
    owe(db, "a")
    tries = []

    def handler(job: Job) -> Finish:
        tries.append(clock())
        if len(tries) < 3:
            raise RetryLater("not now", after=timedelta(minutes=5))
        return nothing_more

    worker = worker_for(db, clock, handler)
    for _ in range(3):
        worker.drain()
        worker.drain()
        clock.forward(minutes=5)
    assert [moment - tries[0] for moment in tries] == [timedelta(minutes=5 * n) for n in range(3)]
    (row,) = rows(db)
    assert (row.state, row.attempts, row.failures) == (JobState.DONE, 2, 2)


@pytest.mark.parametrize(("counts", "attempts"), [(False, 0), (True, MAX_ATTEMPTS * 3)])
def test_only_its_handler_gives_a_job_up_that_is_to_be_tried_again(
    db: Database, clock: MovableClock, *, counts: bool, attempts: int
) -> None:
    owe(db, "a")

    def handler(job: Job) -> Finish:
        raise RetryLater("not now", after=timedelta(hours=1), counts=counts)

    worker = worker_for(db, clock, handler)
    for _ in range(MAX_ATTEMPTS * 3):
        clock.forward(hours=10)
        worker.drain()
    (row,) = rows(db)
    assert (row.state, row.failures, row.attempts) == (
        JobState.PENDING,
        MAX_ATTEMPTS * 3,
        attempts,
    )


def test_a_poison_job_dies_and_the_others_go_on(db: Database, clock: MovableClock) -> None:
    for key in ("poison", "b", "c"):
        owe(db, key)
    done = []

    def handler(job: Job) -> Finish:
        if job.payload["key"] == "poison":
            raise ValueError(job.payload["key"])
        done.append(job.payload["key"])
        return nothing_more

    worker = worker_for(db, clock, handler)
    worker.drain()
    assert done == ["b", "c"]
    for _ in range(MAX_ATTEMPTS):
        clock.forward(hours=5)
        worker.drain()
    poison = rows(db)[0]
    assert (poison.state, poison.attempts) == (JobState.DEAD, MAX_ATTEMPTS)
    assert poison.last_error == "crashed: ValueError"


def test_giving_up_writes_its_finish_and_can_be_requeued(db: Database, clock: MovableClock) -> None:
    owe(db, "a")
    worth = [False]

    def tell(session: Session) -> None:
        enqueue(session, "told", "told", {}, now=clock())

    def handler(job: Job) -> Finish:
        if worth[0]:
            return nothing_more
        raise GiveUp("no such mailbox", finish=tell)

    worker = worker_for(db, clock, handler)
    worker.drain()
    dead, told = rows(db)
    assert (dead.state, dead.last_error, told.unique_key) == (
        JobState.DEAD,
        "no such mailbox",
        "told",
    )
    worth[0] = True
    with db.transaction() as session:
        assert requeue(session, dead.id, now=clock())
        assert not requeue(session, dead.id, now=clock())
    worker.drain()
    assert rows(db)[0].state is JobState.DONE


def test_a_stopped_worker_finishes_the_job_in_hand(db: Database, clock: MovableClock) -> None:
    owe(db, "a")
    owe(db, "b")
    started, go_on = threading.Event(), threading.Event()

    def handler(job: Job) -> Finish:
        started.set()
        assert go_on.wait(10)
        return nothing_more

    worker = worker_for(db, clock, handler)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert started.wait(10)
    worker.stop()
    go_on.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [row.state for row in rows(db)] == [JobState.DONE, JobState.PENDING]


def test_waits_grow_and_are_spread() -> None:
    assert [ceiling(n) // timedelta(minutes=1) for n in range(9)] == [
        1, 2, 4, 8, 16, 32, 64, 128, 240,
    ]  # fmt: skip
    waits = [delay(5) for _ in range(400)]
    assert all(FLOOR <= wait <= ceiling(5) for wait in waits)
    assert max(waits) - min(waits) > ceiling(5) / 2
    assert delay(1000) <= LONGEST
