"""What follows when an erratum is closed as corrected, on the page's evidence or a word alone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata.history import move
from copydesk.errata.transitions import Verb
from copydesk.outbox import enqueue
from copydesk.store.tables import Erratum, Report


def close_as_corrected(
    session: Session, erratum: Erratum, *, who: str, now: datetime, note: str = "", after: str = ""
) -> None:
    """Move the state and owe the readers their thanks; ``after`` is the sentence as it stands now.

    Raises ``NotPossible``.
    """
    move(session, erratum, Verb.CORRECT, who=who, now=now, note=note)
    erratum.corrected_at = now
    erratum.after = after
    erratum.unlike_since = None
    forget_claim(erratum)
    reports = session.scalars(
        select(Report).where(
            Report.erratum_id == erratum.id,
            Report.reader_email != "",
            Report.spam_reason == "",
            Report.thanked_at.is_(None),
        )
    )
    for report in reports:
        enqueue(session, "thank", f"thank:{report.id}", {"report_id": report.id}, now=now)


def forget_claim(erratum: Erratum) -> None:
    """Let nobody's word wait for a reading any more."""
    erratum.correction_claimed_at = None
    erratum.correction_claimed_by = ""
