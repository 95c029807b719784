"""Counters behind the limits: one row per key and window, right on both databases.

They live in the database because a counter in memory is wrong with more than one process. Windows
are fixed and aligned to the epoch: simple and cheap, at the price that a burst across a border may
pass twice the limit.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    cast,
    delete,
    func,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from copydesk.store.base import table_of
from copydesk.store.database import insert_for
from copydesk.store.prepared import Prepared
from copydesk.store.tables import LimitCounter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_KEY = 200
_COUNTER = table_of(LimitCounter)
_START = bindparam("start", type_=_COUNTER.c.window_start.type)
_END = bindparam("end", type_=_COUNTER.c.expires_at.type)
_TAKE_BACK = Prepared(
    lambda _: (
        update(_COUNTER)
        .where(_COUNTER.c.key == bindparam("counted"), _COUNTER.c.window_start == _START)
        .values(count=_COUNTER.c["count"] - bindparam("less"))
    )
)


def _count(dialect: str) -> Any:
    """Return the statement that adds ``events`` (a JSON object) and says what there then is."""
    text: ColumnElement[Any] = bindparam("events", type_=Text())
    # SQLite has no type for JSON: a cast to it would make a number of the text.
    is_postgresql = dialect == "postgresql"
    parts = func.json_each_text(cast(text, JSON)) if is_postgresql else func.json_each(text)
    events = parts.table_valued("key", "value")
    rows = select(events.c.key, _START, cast(events.c.value, Integer), _END).where(true())
    names = ["key", "window_start", "count", "expires_at"]
    statement = insert_for(dialect, LimitCounter).from_select(names, rows)
    return statement.on_conflict_do_update(
        index_elements=["key", "window_start"],
        set_={"count": _COUNTER.c["count"] + statement.excluded["count"]},
    ).returning(_COUNTER.c.key, _COUNTER.c["count"])


_COUNT = Prepared(_count)


def hit(session: Session, key: str, *, limit: int, window: timedelta, now: datetime) -> int | None:
    """Count one event and return None, or the seconds to wait when it is over ``limit``.

    The caller's rollback takes the count back.
    """
    before = count_all(session, Counter([key]), window=window, now=now)[key]
    if before < limit:
        return None
    return max(1, int((window_end(window, now) - now).total_seconds()) + 1)


def count_all(
    session: Session, events: Mapping[str, int], *, window: timedelta, now: datetime
) -> dict[str, int]:
    """Count so many events under each key and return how many each had before."""
    start = window_end(window, now) - window
    # In one order, or two transactions with the same keys would wait for each other.
    counted = {key[:_LONGEST_KEY]: events[key] for key in sorted(events)}
    values = {"events": json.dumps(counted), "start": start, "end": start + 2 * window}
    totals = dict(_COUNT.rows(session, values))
    return {key: totals[key[:_LONGEST_KEY]] - number for key, number in events.items()}


def take_back(
    session: Session, events: Mapping[str, int], *, window: timedelta, now: datetime
) -> None:
    """Uncount events that were counted in this transaction."""
    if not events:
        return
    start = window_end(window, now) - window
    rows = [
        {"counted": key[:_LONGEST_KEY], "start": start, "less": events[key]}
        for key in sorted(events)
    ]
    _TAKE_BACK.run(session, rows)


def window_end(window: timedelta, now: datetime) -> datetime:
    """Return when the window that holds ``now`` ends."""
    return now - (now - _EPOCH) % window + window


def forget_expired(session: Session, now: datetime) -> None:
    """Delete counters whose window is long over."""
    session.execute(delete(LimitCounter).where(LimitCounter.expires_at <= now))
