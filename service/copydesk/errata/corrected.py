"""What follows when an erratum is closed as corrected, on the page's evidence or a word alone."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from copydesk.errata.history import move
from copydesk.errata.schedule import begin
from copydesk.errata.transitions import Verb
from copydesk.outbox import enqueue
from copydesk.store.tables import Correction, Erratum, Evidence, Report


def close_as_corrected(
    session: Session,
    erratum: Erratum,
    *,
    who: str,
    now: datetime,
    evidence: Evidence,
    note: str = "",
    after: str = "",
) -> None:
    """Move the state, keep the fact and owe the readers their thanks.

    ``after`` is the sentence as it stands now. Raises ``NotPossible``.
    """
    move(session, erratum, Verb.CORRECT, who=who, now=now, note=note)
    erratum.corrected_at = now
    erratum.after = after
    erratum.unlike_since = None
    forget_claim(erratum)
    session.add(
        Correction(
            site_id=erratum.site_id,
            erratum_id=erratum.id,
            reported_at=erratum.first_seen_at,
            corrected_at=now,
            took_seconds=max(0, int((now - erratum.first_seen_at).total_seconds())),
            evidence=evidence,
            before=erratum.before,
            after=after,
        )
    )
    begin(session, erratum, now=now)
    reports = session.scalars(
        select(Report).where(
            Report.erratum_id == erratum.id,
            Report.reader_email != "",
            Report.spam_reason == "",
            Report.thanked_at.is_(None),
        )
    )
    for report in reports:
        # The time is part of the key: if it was opened again before its turn came, nothing was
        # sent, and this correction owes the thanks anew. Whom it reached is thanked already.
        key = f"thank:{report.id}:{int(now.timestamp())}"
        enqueue(session, "thank", key, {"report_id": report.id}, now=now)


def left_the_page(session: Session, erratum: Erratum) -> bool:
    """Say whether the sentence of a corrected erratum was seen to be gone.

    Where no reading could tell, an empty ``after`` means only that nobody knows it.
    """
    if erratum.is_about_page or not erratum.before or erratum.after:
        return False
    evidence = session.scalar(
        select(Correction.evidence)
        .where(Correction.erratum_id == erratum.id, Correction.undone_at.is_(None))
        .order_by(Correction.id.desc())
        .limit(1)
    )
    return evidence in {Evidence.PAGE, Evidence.CLAIM}


def forget_claim(erratum: Erratum) -> None:
    """Let nobody's word wait for a reading any more."""
    erratum.correction_claimed_at = None
    erratum.correction_claimed_by = ""
    erratum.claim_readings = 0


def undo_correction(session: Session, erratum: Erratum, *, now: datetime) -> None:
    """Let statistics leave the correction out: the erratum is open again."""
    session.execute(
        update(Correction)
        .where(Correction.erratum_id == erratum.id, Correction.undone_at.is_(None))
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
