"""Hosts whose pages are read: whose turn it is, and when the next one may come."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from copydesk.store.base import Base


class ReadHost(Base):
    """One host (``host:port`` as in addresses), asked by one reader at a time.

    A row and not a lock in memory: readers are threads of several processes and machines.
    """

    __tablename__ = "read_host"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    free_at: Mapped[datetime]
    """Nobody asks it for a page before."""
    booked_until: Mapped[datetime]
    """Up to here, those who wait have been given a time each."""
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str] = mapped_column(String(32), default="")
    refusals: Mapped[int] = mapped_column(default=0)
    """Times in a row that it was overloaded or did not answer: what the pause doubles by."""
    problem: Mapped[str] = mapped_column(Text, default="")
    """What it answered the last of these times."""
