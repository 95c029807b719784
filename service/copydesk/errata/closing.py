"""Closing the loop: what a new reading of the page means for an erratum.

The state moves only on evidence: *changed* or *gone* together with somebody's word, or seen twice
without it. *Unsure* never closes anything by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata.history import SERVICE, move, record
from copydesk.errata.transitions import Verb
from copydesk.errata.triage import is_waiting_for_recheck, reopen
from copydesk.outbox import enqueue
from copydesk.store.tables import Erratum, Report, State, VerdictKind

# Two readings closer than this may both have met one half-published or cached page.
CONFIRM_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Reading:
    """What one reading of the page says of one erratum."""

    kind: VerdictKind
    found: str = ""
    """What stands at the place now; empty when gone or unsure."""
    sentence: str = ""
    """The sentence at the place now."""
    score: float | None = None
    note: str = ""


def apply_reading(
    session: Session,
    erratum: Erratum,
    reading: Reading,
    *,
    now: datetime,
    last_try: bool = False,
) -> None:
    """Write the verdict and move the state if the evidence allows it.

    ``last_try``: a page that somebody says is corrected could not be read again and again; then
    that person's word decides, and the history says so.
    """
    erratum.verdict = reading.kind
    erratum.verdict_note = reading.note
    erratum.verdict_score = reading.score
    erratum.checked_at = now
    if erratum.state in {State.OPEN, State.CONFIRMED}:
        if is_waiting_for_recheck(erratum):
            _answer_claim(session, erratum, reading, now, last_try)
        else:
            _follow_page(session, erratum, reading, now)
    elif erratum.state is State.CORRECTED and reading.kind is VerdictKind.THERE:
        reopen(session, erratum, who=SERVICE, now=now, note="back on the page")
        key = f"notify:{erratum.id}:back:{int(now.timestamp())}"
        enqueue(session, "notify", key, {"erratum_id": erratum.id, "report_id": None}, now=now)


def _answer_claim(
    session: Session, erratum: Erratum, reading: Reading, now: datetime, last_try: bool
) -> None:
    who = erratum.correction_claimed_by
    if reading.kind in {VerdictKind.CHANGED, VerdictKind.GONE}:
        _close(session, erratum, reading, who, now, note=reading.found)
    elif reading.kind is VerdictKind.THERE:
        _clear_claim(erratum)
        record(session, erratum, who=SERVICE, what="still_there", now=now, note=reading.sentence)
    elif last_try:
        _close(session, erratum, reading, who, now, note="the page could not be checked")


def _follow_page(session: Session, erratum: Erratum, reading: Reading, now: datetime) -> None:
    if reading.kind not in {VerdictKind.CHANGED, VerdictKind.GONE}:
        if reading.kind is VerdictKind.THERE:
            erratum.unlike_since = None
        return
    if erratum.unlike_since is None:
        erratum.unlike_since = now
        record(session, erratum, who=SERVICE, what="seems_corrected", now=now, note=reading.found)
    elif now - erratum.unlike_since >= CONFIRM_AFTER:
        _close(session, erratum, reading, SERVICE, now, note=reading.found)


def _close(
    session: Session, erratum: Erratum, reading: Reading, who: str, now: datetime, *, note: str
) -> None:
    move(session, erratum, Verb.CORRECT, who=who, now=now, note=note)
    erratum.corrected_at = now
    erratum.after = reading.sentence
    erratum.unlike_since = None
    _clear_claim(erratum)
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


def _clear_claim(erratum: Erratum) -> None:
    erratum.correction_claimed_at = None
    erratum.correction_claimed_by = ""
