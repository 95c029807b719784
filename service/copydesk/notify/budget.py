"""How many mails one person may get, and when the next may leave.

Counted from the delivery log itself: what was sent within the last hour and day, and everything
that still waits for the mail server. So a mail server that was away half a day can't release more
at once than the budget, and no second set of counters can disagree with the log.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from copydesk.outbox import enqueue
from copydesk.settings import Settings
from copydesk.store.tables import (
    Author,
    Desk,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Purpose,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# When only unsent mails fill the budget: look again after a while.
LOOK_AGAIN = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hold(session: Session, address: str) -> None:
    """Let nobody else plan mail to ``address`` until this transaction ends.

    On PostgreSQL two workers could otherwise both find the last free place. On SQLite the
    transaction is alone anyway. Foreign keys may still point at the rows (no key update).
    """
    for table in (Author, Desk):
        session.execute(
            select(table.id)
            .where(table.address == address)
            .order_by(table.id)
            .with_for_update(key_share=True)
        )


def next_slot(
    session: Session, address: str, *, settings: Settings, now: datetime
) -> datetime | None:
    """Return when the next mail to ``address`` may leave; None means now."""
    own = (
        Message.recipient == address,
        Message.digest_id.is_(None),
        Message.purpose != Purpose.THANKS,
    )
    # Not one whose sending crashed: until the desk looks at it, it would hold its place for good.
    is_tried = exists().where(
        OutboxJob.unique_key == literal("deliver:") + cast(Message.id, String),
        OutboxJob.state == JobState.PENDING,
    )
    unsent = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(*own, Message.state == MessageState.PENDING, is_tried)
    )
    limits = settings.limits
    slots = [
        _free_at(session, own, unsent or 0, limit, span, now)
        for limit, span in (
            (limits.mails_per_recipient_hour, HOUR),
            (limits.mails_per_recipient_day, DAY),
        )
    ]
    return max((slot for slot in slots if slot is not None), default=None)


def owe_digest(
    session: Session, site_id: int, address: str, slot: datetime, *, now: datetime
) -> None:
    """Owe one digest at ``slot``; everything that is over the budget by then joins it."""
    enqueue(
        session,
        "digest",
        # The address may be as long as the key's column; the slot must not be cut off.
        f"digest:{site_id}:{int(slot.timestamp())}:{address}"[:200],
        {"site_id": site_id, "recipient": address},
        now=now,
        due_at=slot,
    )


def _free_at(
    session: Session,
    own: Sequence[ColumnElement[bool]],
    unsent: int,
    limit: int,
    span: timedelta,
    now: datetime,
) -> datetime | None:
    """Return when one more may leave with at most ``limit`` within ``span``; None means now."""
    if unsent >= limit:
        return _after(now, LOOK_AGAIN)
    # With so many after it there is no place before this one is a span old.
    oldest = session.scalar(
        select(Message.sent_at)
        .where(*own, Message.state == MessageState.SENT, Message.sent_at > now - span)
        .order_by(Message.sent_at.desc())
        .offset(limit - unsent - 1)
        .limit(1)
    )
    return None if oldest is None else _after(oldest + span, timedelta(minutes=1))


def _after(moment: datetime, grid: timedelta) -> datetime:
    """Return the next full step of ``grid``: equal slots make equal keys, so one digest."""
    return moment - (moment - _EPOCH) % grid + grid
