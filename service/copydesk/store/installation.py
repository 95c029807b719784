"""Which database this is: the one that works, or a copy of it that must not send its mail again."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from copydesk.store.base import Base

ONLY = 1
"""The number of its one row."""


class Installation(Base):
    """One row, made by the first `copydesk migrate`."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    home: Mapped[str] = mapped_column(String(200), default="")
    """Where the rows lived when the outbox was last let run: PostgreSQL's own number of the cluster
    and of the database. A dump that is restored elsewhere brings the old one along. Empty on
    SQLite, where a file has no number that survives a move to another disk."""
    frozen_at: Mapped[datetime | None]
    """Since when nothing is taken from the outbox; None: it runs."""
    frozen_reason: Mapped[str] = mapped_column(String(300), default="")
    frozen_up_to: Mapped[int] = mapped_column(default=0)
    """The outbox's last job at that moment: up to it, work is old, and another copy may have done
    it."""
