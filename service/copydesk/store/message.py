"""Mail that we owe or have sent: the delivery log the desk shows."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from copydesk.store.base import Base, Choice
from copydesk.store.erratum import Erratum, Report
from copydesk.store.people import Author, Desk
from copydesk.store.site import Site


class Purpose(StrEnum):
    """Why a mail is written."""

    ERRATUM = "erratum"
    DIGEST = "digest"
    THANKS = "thanks"


class MessageState(StrEnum):
    """How far a mail has come."""

    PENDING = "pending"
    WAITING = "waiting"
    """Over the recipient's budget: a digest carries it (``digest_id`` once it is in one)."""
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    NOT_NEEDED = "not_needed"
    """The erratum was settled, or the recipient signed off, before its turn came."""


class Message(Base):
    """One mail to one recipient. ``unique_key`` keeps us from owing the same mail twice."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("unique_key"),
        Index(None, "site_id", "id"),
        Index(None, "erratum_id"),
        Index(None, "recipient", "state", "sent_at"),
        Index(None, "digest_id"),
        Index(
            None,
            "report_id",
            sqlite_where=text("report_id IS NOT NULL"),
            postgresql_where=text("report_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    erratum_id: Mapped[int | None] = mapped_column(ForeignKey("erratum.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The digest that carries it; such a row is no mail of its own, but its links answer."""
    unique_key: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[Purpose] = mapped_column(Choice(Purpose))
    transport: Mapped[str] = mapped_column(String(32), default="mail")
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(16), default="en")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why this recipient was chosen, in words for the desk."""
    state: Mapped[MessageState] = mapped_column(Choice(MessageState), default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[str] = mapped_column(String(200), default="")
    """The Message-ID header: one for life, so that a rare second copy is recognisable."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    is_revoked: Mapped[bool] = mapped_column(default=False)
    """Its answer links no longer work."""

    site: Mapped[Site] = relationship()
    erratum: Mapped[Erratum | None] = relationship()
    report: Mapped[Report | None] = relationship()
    author: Mapped[Author | None] = relationship()
    desk: Mapped[Desk | None] = relationship()
