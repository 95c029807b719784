"""Corrections as facts: what statistics count, kept apart from the erratum's present state."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from copydesk.store.base import Base, Choice
from copydesk.store.erratum import Erratum


class Evidence(StrEnum):
    """Why an erratum counts as corrected."""

    PAGE = "page"
    """Two readings of the page, and nobody's word."""
    CLAIM = "claim"
    """Somebody's word and a reading that agrees."""
    WORD = "word"
    """Somebody's word alone: no reading could tell."""


class Correction(Base):
    """One published change that settled an erratum; an erratum that came back has several."""

    __tablename__ = "correction"
    __table_args__ = (
        Index(None, "erratum_id"),
        Index(None, "site_id", "corrected_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    erratum_id: Mapped[int | None] = mapped_column(ForeignKey("erratum.id", ondelete="SET NULL"))
    """None once the erratum was removed: the fact outlives what readers wrote."""
    reported_at: Mapped[datetime]
    """The erratum's first report."""
    corrected_at: Mapped[datetime]
    """When the service held it to be corrected: the page may have changed a reading earlier."""
    took_seconds: Mapped[int]
    """From the first report to the correction. A column, because the databases subtract times each
    in its own words."""
    evidence: Mapped[Evidence] = mapped_column(Choice(Evidence))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[datetime | None]
    """When the erratum was opened again; statistics leave such a row out."""

    erratum: Mapped[Erratum | None] = relationship()
