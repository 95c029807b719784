"""Counters behind the limits: one row per key and window, right on both databases.

They live in the database because a counter in memory is wrong with more than one process. Windows
are fixed and aligned to the epoch: simple and cheap, at the price that a burst across a border may
pass twice the limit.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from copydesk.store.base import table_of
from copydesk.store.database import insert_for
from copydesk.store.prepared import Prepared, among
from copydesk.store.tables import LimitCounter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_KEY = 200
_COUNTER = table_of(LimitCounter)
_START = bindparam("start", type_=_COUNTER.c.window_start.type)
_TOTALS = Prepared(
    lambda dialect: select(_COUNTER.c.key, _COUNTER.c["count"]).where(
        among(_COUNTER.c.key, "keys", dialect), _COUNTER.c.window_start == _START
    )
)
_TAKE_BACK = Prepared(
    lambda _: (
        update(_COUNTER)
        .where(_COUNTER.c.key == bindparam("counted"), _COUNTER.c.window_start == _START)
        .values(count=_COUNTER.c["count"] - bindparam("less"))
    )
)


def _upsert(dialect: str) -> Any:
    columns = {column.name: bindparam(column.name, type_=column.type) for column in _COUNTER.c}
    statement = insert_for(dialect, LimitCounter).values(columns)
    return statement.on_conflict_do_update(
        index_elements=["key", "window_start"],
        set_={"count": _COUNTER.c["count"] + statement.excluded["count"]},
    )


_COUNT = Prepared(_upsert)


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
    rows = [
        {
            "key": key[:_LONGEST_KEY],
            "window_start": start,
            "count": events[key],
            "expires_at": start + 2 * window,
        }
        for key in sorted(events)
    ]
    _COUNT.run(session, rows)
    keys = [row["key"] for row in rows]
    totals = dict(_TOTALS.rows(session, {"keys": keys, "start": start}))
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
