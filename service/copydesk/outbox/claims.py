"""A step in somebody's hands: claimed by lease, and settled by whoever still has it.

A claim is a compare-and-swap: the UPDATE repeats the condition under which the row was chosen, and
the rows it gives tell who won. That is right on any database; SKIP LOCKED on PostgreSQL only saves
claimers from waiting for each other (SQLite takes one writer at a time anyway).
"""

import secrets
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Interval,
    Select,
    and_,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from copydesk.outbox.backoff import delay
from copydesk.outbox.freezing import IS_FROZEN
from copydesk.outbox.work import Job
from copydesk.store.base import table_of
from copydesk.store.prepared import Prepared
from copydesk.store.tables import JobState, OutboxJob

_JOB = table_of(OutboxJob)
_NOW = bindparam("now", type_=_JOB.c.due_at.type)
_MOST = bindparam("most", type_=Integer())
_NEW = "new_"
"""Begins the names of what is written: SQLAlchemy keeps the columns' own names to itself."""


class LeaseLost(Exception):
    """Somebody else has the job by now: this result must not be written."""


def claim(
    session: Session,
    *,
    now: datetime | None,
    lease: timedelta,
    kinds: Sequence[str],
    limit: int = 1,
) -> list[Job]:
    """Take up to ``limit`` due jobs of these kinds for ``lease``, oldest due first.

    One statement, so that an idle worker asks the database one thing. ``now``: None is the
    database's own time, on PostgreSQL. A job whose lease has run out is due again: whoever had it
    crashed or hangs. None are given out while the outbox is frozen.
    """
    asked = {
        "now": now,
        "lease": lease,
        "until": now and now + lease,
        "token": secrets.token_hex(8),
        "most": limit,
    }
    taken = _taking(tuple(kinds)).rows(session, asked)
    return [Job(*row) for *row, _due_at in sorted(taken, key=itemgetter(-1, 0))]


@cache
def _taking(kinds: tuple[str, ...]) -> Prepared:
    # Workers look all the time, and building such a statement takes longer than running it.
    return Prepared(lambda dialect: taking(kinds, dialect))


def taking(kinds: Sequence[str], dialect: str) -> ReturningUpdate[Any]:
    """Return the statement that takes the ``most`` oldest jobs of these kinds that are free.

    Each kind by itself, by the index: when thousands of mails wait for a server that is away, a
    look for the next page to read would go through all of them. On PostgreSQL a row of each kind is
    locked for the moment of the claim; who meets only such rows looks again at the next poll.
    """
    now: ColumnElement[datetime] = _NOW
    until: ColumnElement[datetime] = bindparam("until", type_=_JOB.c.lease_until.type)
    if dialect == "postgresql":
        # Not the transaction's beginning: a lease counts from when it is taken.
        now = func.coalesce(_NOW, func.statement_timestamp())
        until = now + bindparam("lease", type_=Interval())
    oldest = union_all(*(_oldest_of(kind, now) for kind in kinds)).subquery()
    runs = ~exists().where(IS_FROZEN)
    chosen = select(oldest.c.id).where(runs).order_by(oldest.c.due_at, oldest.c.id).limit(_MOST)
    # Once, whatever the plan is: each time it is looked through it locks rows.
    once = chosen.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
    return (
        update(_JOB)
        .where(_JOB.c.id.in_(select(once.c.id)), _is_free(now))
        .values(lease_until=until, lease_token=bindparam("token"))
        .returning(*(_JOB.c[field.name] for field in fields(Job)), _JOB.c.due_at)
    )


def _is_free(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(
        _JOB.c.state == JobState.PENDING,
        _JOB.c.due_at <= now,
        or_(_JOB.c.lease_until.is_(None), _JOB.c.lease_until <= now),
    )


def _oldest_of(kind: str, now: ColumnElement[datetime]) -> Select[int, datetime]:
    of_kind = (
        select(_JOB.c.id, _JOB.c.due_at)
        .where(_JOB.c.kind == kind, _is_free(now))
        .order_by(_JOB.c.due_at, _JOB.c.id)
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
