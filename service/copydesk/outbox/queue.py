"""Steps of work that are owed: written down in the transaction that causes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Executable, bindparam, case, func, select
from sqlalchemy.orm import Session

from copydesk.outbox.waking import CHANNEL
from copydesk.store.base import table_of
from copydesk.store.database import insert_for
from copydesk.store.prepared import Prepared
from copydesk.store.prepared_insert import PreparedInsert
from copydesk.store.tables import JobState, OutboxJob

_JOB = table_of(OutboxJob)
_ADD = PreparedInsert(_JOB, ignore=("unique_key",), calls=CHANNEL)


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
