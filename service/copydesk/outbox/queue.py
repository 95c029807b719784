"""The queue in the database: enqueue, claim by lease, settle.

A claim is a compare-and-swap: the UPDATE repeats the condition under which the row was chosen, and
the row count tells who won. That is right on any database; SKIP LOCKED on PostgreSQL only saves
claimers from waiting for each other (SQLite takes one writer at a time anyway).
"""

import secrets
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Executable,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from copydesk.outbox.backoff import delay
from copydesk.outbox.freezing import IS_FROZEN
from copydesk.outbox.waking import CHANNEL
from copydesk.outbox.work import Job
from copydesk.store.base import table_of
from copydesk.store.database import insert_for
from copydesk.store.prepared import Prepared
from copydesk.store.prepared_insert import PreparedInsert
from copydesk.store.tables import JobState, OutboxJob

_JOB = table_of(OutboxJob)
_ADD = PreparedInsert(_JOB, ignore=("unique_key",), calls=CHANNEL)
_NOW = bindparam("now", type_=_JOB.c.due_at.type)
_MOST = bindparam("most", type_=Integer())
_NEW = "new_"
"""Begins the names of what is written: SQLAlchemy keeps the columns' own names to itself."""
# Workers look and settle all the time, and building such a statement takes longer than running it.
_TAKE = Prepared(
    lambda _: (
        update(_JOB)
        .where(_JOB.c.id == bindparam("job"), _is_free(_NOW))
        .values(lease_until=bindparam("until"), lease_token=bindparam("token"))
        .returning(*(_JOB.c[field.name] for field in fields(Job)))
    )
)


def _owe(dialect: str) -> Executable:
    """Return the INSERT of one step; it gives its id, or nothing if its key was ever used.

    On PostgreSQL it also calls the workers, at the commit, if ``calls`` says so.
    """
    row = insert_for(dialect, OutboxJob).values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in _JOB.c
            if not (column.nullable or column.primary_key)  # the rest is said of no new step
        }
    )
    row = row.on_conflict_do_nothing(index_elements=["unique_key"])
    if dialect != "postgresql":
        return row.returning(_JOB.c.id)
    added = row.returning(_JOB.c.id).cte("added")
    call = case((bindparam("calls", type_=Boolean()), func.pg_notify(CHANNEL, "")))
    return select(added.c.id, call)


_OWE = Prepared(_owe)


class LeaseLost(Exception):
    """Somebody else has the job by now: this result must not be written."""


def enqueue(
    session: Session,
    kind: str,
    unique_key: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Owe a step of work from this transaction's commit on.

    Returns False, and changes nothing, when a job with ``unique_key`` was ever enqueued.
    """
    due = max(now, due_at or now)
    row = {**_new(kind, unique_key, payload, due), "calls": due == now}
    return bool(_OWE.rows(session, row))


def enqueue_all(
    session: Session,
    kind: str,
    work: Sequence[tuple[str, dict[str, Any]]],
    *,
    now: datetime,
) -> None:
    """Owe several steps of one kind, each a unique key with its payload, as ``enqueue`` does."""
    if not work:
        return
    rows = [_new(kind, unique_key, payload, now) for unique_key, payload in work]
    _ADD.add(session, rows)


def _new(kind: str, unique_key: str, payload: dict[str, Any], due: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "unique_key": unique_key,
        "payload": payload,
        "state": JobState.PENDING,
        # What is owed in a week begins to wait in a week.
        "created_at": due,
        "due_at": due,
        "lease_token": "",
        "attempts": 0,
        "failures": 0,
        "last_error": "",
    }


def claim(
    session: Session,
    *,
    now: datetime,
    lease: timedelta,
    kinds: Sequence[str],
    limit: int = 1,
) -> list[Job]:
    """Take up to ``limit`` due jobs of these kinds for ``lease``, oldest due first.

    A job whose lease has run out is due again: whoever had it crashed or hangs. None are given out
    while the outbox is frozen.
    """
    jobs = []
    for (job_id,) in _oldest_free(tuple(kinds)).rows(session, {"now": now, "most": limit}):
        lent = {"job": job_id, "now": now, "until": now + lease, "token": secrets.token_hex(8)}
        jobs += [Job(*row) for row in _TAKE.rows(session, lent)]
    return jobs


def _is_free(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        OutboxJob.state == JobState.PENDING,
        OutboxJob.due_at <= now,
        or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= now),
    )


def oldest_free(kinds: Sequence[str]) -> Select[int]:
    """Return the statement that chooses the ``most`` oldest jobs of these kinds, free ``now``.

    Each kind by itself, by the index: when thousands of mails wait for a server that is away, a
    look for the next page to read would go through all of them. On PostgreSQL a row of each kind is
    locked for the moment of the claim; who meets only such rows looks again.
    """
    oldest = union_all(*(_oldest_of(kind) for kind in kinds)).subquery()
    runs = ~exists().where(IS_FROZEN)
    return select(oldest.c.id).where(runs).order_by(oldest.c.due_at, oldest.c.id).limit(_MOST)


@cache
def _oldest_free(kinds: tuple[str, ...]) -> Prepared:
    return Prepared(lambda _: oldest_free(kinds))


def _oldest_of(kind: str) -> Select[int, datetime]:
    of_kind = (
        select(OutboxJob.id, OutboxJob.due_at)
        .where(OutboxJob.kind == kind, _is_free(_NOW))
        .order_by(OutboxJob.due_at, OutboxJob.id)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    return select(of_kind.c.id, of_kind.c.due_at)


def settle_done(session: Session, job: Job, *, now: datetime) -> None:
    """Mark the job as done; raises ``LeaseLost`` when it is no longer ours."""
    _settle(session, job, state=JobState.DONE, finished_at=now, last_error="")


def settle_failed(
    session: Session,
    job: Job,
    *,
    now: datetime,
    reason: str,
    counts: bool,
    after: timedelta | None,
    give_up: bool,
) -> None:
    """Put the job back for later, or among the dead letters; raises ``LeaseLost``."""
    changes: dict[str, Any] = {
        "last_error": reason[:2000],
        "failures": job.failures + 1,
        "attempts": job.attempts + (1 if counts else 0),
    }
    if give_up:
        changes |= {"state": JobState.DEAD, "finished_at": now}
    else:
        changes["due_at"] = now + (after if after is not None else delay(job.failures))
    _settle(session, job, **changes)


def settle_put_back(session: Session, job: Job, *, due_at: datetime) -> None:
    """Give the job back untouched, due at ``due_at``; raises ``LeaseLost``."""
    _settle(session, job, due_at=due_at)


def _settle(session: Session, job: Job, **changes: Any) -> None:
    new = {_NEW + one: value for one, value in changes.items()}
    ours = {"job": job.id, "token": job.lease_token}
    if not _settling(tuple(changes)).rows(session, ours | new):
        raise LeaseLost(job.unique_key)


@cache
def _settling(changes: tuple[str, ...]) -> Prepared:
    """Return the statement that writes these columns of a job that is still ours."""
    new: dict[str, BindParameter[Any]] = {one: bindparam(_NEW + one) for one in changes}
    return Prepared(
        lambda _: (
            update(_JOB)
            .where(
                _JOB.c.id == bindparam("job"),
                _JOB.c.state == JobState.PENDING,
                _JOB.c.lease_token == bindparam("token"),
            )
            .values(lease_until=null(), lease_token="", **new)
            .returning(_JOB.c.id)
        )
    )
