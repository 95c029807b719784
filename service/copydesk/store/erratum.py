"""Errata, the reports that make them up, and their history."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Computed, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from copydesk.store.base import Base, Choice
from copydesk.store.people import Editor
from copydesk.store.site import Article, Site


class Kind(StrEnum):
    """What a reader says is wrong."""

    LANGUAGE = "language"
    FACT = "fact"
    OTHER = "other"


class State(StrEnum):
    """Triage state of an erratum; the allowed moves are in ``errata/transitions.py``."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DECLINED = "declined"
    SPAM = "spam"
    MERGED = "merged"


class Proof(StrEnum):
    """Whether the service itself found the quote in the article."""

    PENDING = "pending"
    FOUND = "found"
    NOT_FOUND = "not_found"
    UNREADABLE = "unreadable"


class Shelf(StrEnum):
    """Where the desk finds an erratum: its state, and whether an open one was believed."""

    OPEN = "open"
    UNVERIFIED = "unverified"
    """Open, but the page does not hold the words, or could not be read."""
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DECLINED = "declined"
    SPAM = "spam"
    MERGED = "merged"


class VerdictKind(StrEnum):
    """What a later reading of the page says of the quote."""

    THERE = "there"
    CHANGED = "changed"
    GONE = "gone"
    UNSURE = "unsure"


PAGE_RULES_FROM = 1001
"""Fingerprint versions from here on are rules for reports about a page as a whole; the lower ones
are rules for words. So an erratum's version says which of the two it is, in the key itself."""


class Erratum(Base):
    """One alleged error in one article: what all reports of it have in common."""

    __tablename__ = "erratum"
    __table_args__ = (
        UniqueConstraint("article_id", "fingerprint_version", "fingerprint"),
        Index(None, "site_id", "shelf", "last_seen_at", "id"),
        Index(None, "site_id", "kind", "shelf", "last_seen_at", "id"),
        Index(None, "site_id", "last_seen_at", "id"),
        Index(
            None,
            "snoozed_until",
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
        Index(
            None,
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    """Names it in addresses: 128 random bits, so that it can't be guessed."""
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    fingerprint_version: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    quote: Mapped[str] = mapped_column(String(1000))
    prefix: Mapped[str] = mapped_column(String(300), default="")
    suffix: Mapped[str] = mapped_column(String(300), default="")
    start: Mapped[int | None]
    nth: Mapped[int | None]
    of: Mapped[int | None]
    suggestion: Mapped[str] = mapped_column(String(2000), default="")
    """The first reader's proposal that was not empty; the others stand in their reports."""
    kind: Mapped[Kind] = mapped_column(Choice(Kind), default=Kind.LANGUAGE)
    state: Mapped[State] = mapped_column(Choice(State), default=State.OPEN)
    snoozed_until: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("editor.id"))
    report_count: Mapped[int] = mapped_column(default=0)
    """Readers' reports, without those marked as spam."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    declined_reason: Mapped[str] = mapped_column(Text, default="")
    """The desk's words to readers."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("erratum.id"))

    proof: Mapped[Proof] = mapped_column(Choice(Proof), default=Proof.PENDING)
    proof_note: Mapped[str] = mapped_column(Text, default="")
    verdict: Mapped[VerdictKind | None] = mapped_column(Choice(VerdictKind))
    verdict_note: Mapped[str] = mapped_column(Text, default="")
    verdict_score: Mapped[float | None]
    checked_at: Mapped[datetime | None]
    recheck_count: Mapped[int] = mapped_column(default=0)
    """Readings since it was opened or corrected: the next one comes later each time."""
    recheck_due_at: Mapped[datetime | None]
    """When its page is to be read for it again; None when it is not watched."""
    unlike_since: Mapped[datetime | None]
    """When a reading nobody asked for first said changed or gone; a second one confirms it."""

    correction_claimed_at: Mapped[datetime | None]
    """Somebody said "corrected" and the page has not been read since."""
    correction_claimed_by: Mapped[str] = mapped_column(String(300), default="")
    claim_readings: Mapped[int] = mapped_column(default=0, server_default="0")
    """Readings since somebody said "corrected" that told nothing: after a few the word decides."""
    before: Mapped[str] = mapped_column(Text, default="")
    """The sentence as it was when the error was proved."""
    after: Mapped[str] = mapped_column(Text, default="")
    """The sentence as it stands since the correction; empty when it is gone."""
    corrected_at: Mapped[datetime | None]

    shelf: Mapped[Shelf] = mapped_column(
        Choice(Shelf),
        Computed(
            "CASE WHEN state = 'open' AND proof IN ('not_found', 'unreadable') "
            "THEN 'unverified' ELSE state END"
        ),
        nullable=True,  # of which SQLite can add no other computed column
        deferred=True,
    )
    """The database works it out from state and proof: what the lists of the desk are sorted by."""

    # Nobody needs the shelf right after a row was written.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - SQLAlchemy reads it

    site: Mapped[Site] = relationship()
    article: Mapped[Article] = relationship()
    assignee: Mapped[Editor | None] = relationship()
    merged_into: Mapped["Erratum | None"] = relationship(remote_side=[id])
    reports: Mapped[list["Report"]] = relationship(back_populates="erratum", order_by="Report.id")
    history: Mapped[list["HistoryEntry"]] = relationship(
        back_populates="erratum", order_by="HistoryEntry.id"
    )

    @property
    def is_about_page(self) -> bool:
        """Whether it is about the page as a whole and not about words.

        The quote is only the headline then: it proves the page and says nothing of what is wrong.
        """
        return self.fingerprint_version >= PAGE_RULES_FROM


class ErratumWord(Base):
    """A word in error, hashed: finds the errata that a new report of the article may belong to."""

    __tablename__ = "erratum_word"
    __table_args__ = (Index(None, "erratum_id"),)

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(String(16), primary_key=True)
    erratum_id: Mapped[int] = mapped_column(
        ForeignKey("erratum.id", ondelete="CASCADE"), primary_key=True
    )


class Report(Base):
    """What one reader sent, kept as sent."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("site_id", "client_id"),
        Index(None, "erratum_id", "id"),
        # What the purge and an erasure look for; most reports have no address.
        Index(
            None,
            "received_at",
            sqlite_where=text("reader_email <> ''"),
            postgresql_where=text("reader_email <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    erratum_id: Mapped[int] = mapped_column(ForeignKey("erratum.id"))
    client_id: Mapped[str] = mapped_column(String(36))
    """The widget's UUID: the idempotency key, unique within a site."""
    body_hash: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """Opens the reader's own page ``/r/<token>``; it shows nothing but what became of it."""
    received_at: Mapped[datetime]
    url: Mapped[str] = mapped_column(String(2048))
    canonical_url: Mapped[str] = mapped_column(String(2048), default="")
    title: Mapped[str] = mapped_column(String(500), default="")
    byline: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    quote: Mapped[str] = mapped_column(String(1000))
    prefix: Mapped[str] = mapped_column(String(300), default="")
    suffix: Mapped[str] = mapped_column(String(300), default="")
    start: Mapped[int | None]
    end: Mapped[int | None]
    nth: Mapped[int | None]
    of: Mapped[int | None]
    suggestion: Mapped[str] = mapped_column(String(2000), default="")
    kind: Mapped[Kind] = mapped_column(Choice(Kind), default=Kind.LANGUAGE)
    comment: Mapped[str] = mapped_column(String(2000), default="")
    reader_email: Mapped[str] = mapped_column(String(254), default="")
    reader_key: Mapped[str] = mapped_column(String(64), default="")
    """Keyed hash of the address with a salt of the day that is destroyed: no way back."""
    elapsed_ms: Mapped[int | None]
    spam_reason: Mapped[str] = mapped_column(String(64), default="")
    thanked_at: Mapped[datetime | None]

    erratum: Mapped[Erratum] = relationship(back_populates="reports")
    site: Mapped[Site] = relationship()


class HistoryEntry(Base):
    """One thing that happened to an erratum: who, from where, to where, and why."""

    __tablename__ = "history_entry"
    __table_args__ = (Index(None, "erratum_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    erratum_id: Mapped[int] = mapped_column(ForeignKey("erratum.id"))
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(300))
    """An editor's or author's name, or ``service`` and ``reader`` for those two."""
    what: Mapped[str] = mapped_column(String(32))
    """The verb: received, proved, confirm, correct, decline, reopen, merge, notified, checked …"""
    from_state: Mapped[State | None] = mapped_column(Choice(State))
    to_state: Mapped[State | None] = mapped_column(Choice(State))
    note: Mapped[str] = mapped_column(Text, default="")

    erratum: Mapped[Erratum] = relationship(back_populates="history")
