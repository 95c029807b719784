"""A copy of the database must not send the original's mail again: its outbox stands still.

Whoever restores a backup has two outboxes that owe the same mails. So a copy that we make says so
itself, and a PostgreSQL dump that somebody else made is known by the number of the cluster and the
database it lives in. A frozen outbox takes reports and gives nothing out, until an operator says
that this copy is the one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, func, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from copydesk.i18n import N_
from copydesk.store.installation import ONLY
from copydesk.store.tables import (
    Erratum,
    Installation,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Proof,
)

# Work that ends in no mail which another copy may have sent. All other work is held: a new kind
# of work is held too, until somebody has thought about it.
SILENT = frozenset({"recheck", "merge_articles", "housekeeping"})
AT_ONCE = 500
"""Errata in one statement."""
HELD = "held: it was owed when this copy was made, and may have been done since"
UNREAD = N_("its page was left unread, for another copy may have read it")
RESTORED = "these rows were restored from another database"
IS_FROZEN = Installation.frozen_at.is_not(None)
"""The same as ``frozen``, for a statement that asks it along with something else."""


@dataclass(frozen=True)
class Frozen:
    """Since when the outbox stands still, and why."""

    since: datetime
    reason: str


@dataclass(frozen=True)
class Resumed:
    """How much old work and mail was held back."""

    jobs: int
    mails: int


def frozen(session: Session) -> Frozen | None:
    """Return why nothing is taken from the outbox; None when it runs."""
    row = session.execute(
        select(Installation.frozen_at, Installation.frozen_reason).where(IS_FROZEN)
    ).one_or_none()
    if row is None or row.frozen_at is None:
        return None
    return Frozen(row.frozen_at, row.frozen_reason)


def freeze(session: Session, reason: str, *, now: datetime, is_copy: bool) -> None:
    """Let nothing be taken from the outbox from this commit on.

    ``is_copy``: what it owes by now, another database owes as well.
    """
    only = _only(session)
    only.frozen_at = now
    only.frozen_reason = reason[:300]
    newest = session.scalar(select(func.max(OutboxJob.id))) or 0
    only.frozen_up_to = newest if is_copy else 0


def settle_in(session: Session, *, now: datetime) -> bool:
    """Note which database this is, or freeze the outbox when the rows come from another one.

    Returns False when it was frozen now. SQLite's files have no number that would tell.
    """
    home = _home(session)
    only = _only(session)
    if only.home == home:
        return True
    if only.home and only.frozen_at is None:
        freeze(session, RESTORED, now=now, is_copy=True)
        return False
    if not only.home:
        only.home = home
    return True


def resume(session: Session, *, now: datetime, is_old_sent: bool) -> Resumed:
    """Let the outbox run: this copy is the one.

    Old work goes to the dead letters, where the desk can have it done after all, because another
    copy may have done it since; with ``is_old_sent`` it is done as if nothing had happened.
    """
    only = _only(session)
    up_to = only.frozen_up_to
    only.home = _home(session)
    only.frozen_at, only.frozen_reason, only.frozen_up_to = None, "", 0
    if is_old_sent or not up_to:
        return Resumed(0, 0)
    is_held = (
        OutboxJob.state == JobState.PENDING,
        OutboxJob.id <= up_to,
        OutboxJob.kind.not_in(SILENT),
    )
    _leave_unread(session, is_held)
    jobs = _rows(
        session,
        update(OutboxJob)
        .where(*is_held)
        .values(
            state=JobState.DEAD,
            finished_at=now,
            last_error=HELD,
            lease_until=None,
            lease_token="",
        ),
    )
    # Only workers write mails, and none has worked since: all of these are old.
    mails = _rows(
        session,
        update(Message)
        .where(Message.state.in_((MessageState.PENDING, MessageState.WAITING)))
        .values(state=MessageState.UNDELIVERABLE, last_error=HELD),
    )
    return Resumed(jobs, mails)


def _leave_unread(session: Session, is_held: Sequence[ColumnElement[bool]]) -> None:
    """Take the errata whose reading is held out of the line.

    A reading that a new report of their page causes would serve them too, and mail their author.
    """
    held = session.scalars(
        select(OutboxJob.payload).where(*is_held, OutboxJob.kind == "read_article")
    )
    errata = sorted({payload["erratum_id"] for payload in held})
    for start in range(0, len(errata), AT_ONCE):
        session.execute(
            update(Erratum)
            .where(Erratum.id.in_(errata[start : start + AT_ONCE]), Erratum.proof == Proof.PENDING)
            .values(proof=Proof.UNREADABLE, proof_note=UNREAD)
            .execution_options(synchronize_session=False)
        )


def _only(session: Session) -> Installation:
    found = session.get(Installation, ONLY)
    if found is None:
        found = Installation(id=ONLY, frozen_reason="", frozen_up_to=0, home="")
        session.add(found)
    return found


def _home(session: Session) -> str:
    if session.get_bind().dialect.name != "postgresql":
        return ""
    database = session.scalar(
        text("SELECT oid FROM pg_database WHERE datname = current_database()")
    )
    try:
        with session.begin_nested():
            cluster = session.scalar(text("SELECT system_identifier FROM pg_control_system()"))
    except ProgrammingError:  # a host that keeps it to itself: the database's number must do
        cluster = "?"
    return f"{cluster}/{database}"


def _rows(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return int(result.rowcount)
