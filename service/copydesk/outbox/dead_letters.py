"""What was given up: people look at it, and have it tried again or let it go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from copydesk.store.tables import JobState, Message, MessageState, OutboxJob


def count_dead(session: Session) -> dict[str, int]:
    """Return how many jobs of each kind were given up."""
    kinds = (
        select(OutboxJob.kind, func.count())
        .where(OutboxJob.state == JobState.DEAD)
        .group_by(OutboxJob.kind)
        .order_by(OutboxJob.kind)
    )
    return dict(iter(session.execute(kinds)))


def requeue(session: Session, job_id: int, *, now: datetime) -> bool:
    """Give a dead letter a fresh start; False when there is no such dead letter."""
    changes = {
        "state": JobState.PENDING,
        "due_at": now,
        # It begins to wait anew.
        "created_at": now,
        "attempts": 0,
        "failures": 0,
        "finished_at": None,
    }
    return _change(session, [job_id], changes) == 1


def discard(session: Session, job_ids: Sequence[int], *, now: datetime) -> int:
    """Let dead letters go for good and return how many there were.

    They stay as done for a while, so that the same work is not owed again by a late repeat. A mail
    that waits for a job whose sending crashed is undeliverable from now on.
    """
    sent_by = select(OutboxJob).where(
        OutboxJob.id.in_(job_ids), OutboxJob.state == JobState.DEAD, OutboxJob.kind == "deliver"
    )
    mails = [job.payload.get("message_id") for job in session.scalars(sent_by)]
    if mails:
        session.execute(
            update(Message)
            .where(
                or_(Message.id.in_(mails), Message.digest_id.in_(mails)),
                Message.state.in_((MessageState.PENDING, MessageState.WAITING)),
            )
            .values(state=MessageState.UNDELIVERABLE)
            .execution_options(synchronize_session=False)
        )
    return _change(session, job_ids, {"state": JobState.DONE, "finished_at": now})


def _change(session: Session, job_ids: Sequence[int], changes: dict[str, Any]) -> int:
    done = session.execute(
        update(OutboxJob)
        .where(OutboxJob.id.in_(job_ids), OutboxJob.state == JobState.DEAD)
        .values(changes)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return int(done.rowcount)
