"""Work that follows a commit, and the counters and salts behind the limits."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from copydesk.store.base import Base, Choice


class JobState(StrEnum):
    """Life of a job. A claimed job stays ``pending``: its lease says that somebody has it."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class OutboxJob(Base):
    """One step of work, written in the same transaction as what caused it."""

    __tablename__ = "outbox_job"
    __table_args__ = (
        Index(None, "state", "due_at", "id"),
        Index(None, "state", "kind", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    unique_key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(Choice(JobState), default=JobState.PENDING)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str] = mapped_column(String(32), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    """Tries that told something about this job; a server that did not answer does not count."""
    failures: Mapped[int] = mapped_column(default=0)
    """All tries that did not succeed: what the back-off grows by."""
    last_error: Mapped[str] = mapped_column(Text, default="")
    finished_at: Mapped[datetime | None]


class LimitCounter(Base):
    """How often something happened in one window of time."""

    __tablename__ = "limit_counter"
    __table_args__ = (Index(None, "expires_at"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]


class DailySalt(Base):
    """The salt of one day; once deleted, that day's pseudonyms lead nowhere."""

    __tablename__ = "daily_salt"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
