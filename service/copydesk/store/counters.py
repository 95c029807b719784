"""Counters behind the limits: one row per key and window, right on both databases.

They live in the database because a counter in memory is wrong with more than one process.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from copydesk.store.database import insert_into
from copydesk.store.tables import LimitCounter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hit(session: Session, key: str, *, limit: int, window: timedelta, now: datetime) -> int | None:
    """Count one event and return None, or the seconds to wait when it is over ``limit``.

    Windows are fixed and aligned to the epoch: simple and cheap, at the price that a burst across
    a border may pass twice the limit. The caller's rollback takes the count back.
    """
    start = now - (now - _EPOCH) % window
    statement = insert_into(session, LimitCounter).values(
        key=key[:200], window_start=start, count=1, expires_at=start + 2 * window
    )
    counted = statement.on_conflict_do_update(
        index_elements=["key", "window_start"], set_={"count": LimitCounter.count + 1}
    ).returning(LimitCounter.count)
    count = session.execute(counted).scalar_one()
    if count <= limit:
        return None
    return max(1, int((start + window - now).total_seconds()) + 1)


def forget_expired(session: Session, now: datetime) -> None:
    """Delete counters whose window is long over."""
    session.execute(delete(LimitCounter).where(LimitCounter.expires_at <= now))
