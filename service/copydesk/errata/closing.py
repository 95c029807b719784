"""Closing the loop: what a new reading of the page means for an erratum.

The state moves only on evidence: *changed* or *gone* together with somebody's word, or seen twice
without it. *Unsure* never closes anything by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from copydesk.errata.corrected import close_as_corrected, forget_claim
from copydesk.errata.history import SERVICE, record
from copydesk.errata.schedule import CLAIM_WAITS, CONFIRM_AFTER, LIVE, begin
from copydesk.errata.triage import is_waiting_for_recheck, reopen
from copydesk.outbox import enqueue
from copydesk.store.tables import Erratum, Evidence, State, VerdictKind


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


def apply_reading(session: Session, erratum: Erratum, reading: Reading, *, now: datetime) -> None:
    """Write the verdict and move the state if the evidence allows it.

    When readings of a page that somebody says is corrected tell nothing again and again, that
    person's word decides, and the history says so. An erratum about the page as a whole stays as it
    is: the headline may stand or change, the broken image beside it says nothing of that.
    """
    if erratum.is_about_page:
        return
    erratum.verdict = reading.kind
    erratum.verdict_note = reading.note
    erratum.verdict_score = reading.score
    erratum.checked_at = now
    if erratum.state in LIVE:
        if is_waiting_for_recheck(erratum):
            _answer_claim(session, erratum, reading, now)
        else:
            _follow_page(session, erratum, reading, now)
    elif erratum.state is State.CORRECTED and reading.kind is VerdictKind.THERE:
        reopen(session, erratum, who=SERVICE, now=now, note="back on the page")
        key = f"notify:{erratum.id}:back:{int(now.timestamp())}"
        enqueue(session, "notify", key, {"erratum_id": erratum.id, "report_id": None}, now=now)


def _answer_claim(session: Session, erratum: Erratum, reading: Reading, now: datetime) -> None:
    who = erratum.correction_claimed_by
    if reading.kind in {VerdictKind.CHANGED, VerdictKind.GONE}:
        _close(session, erratum, reading, who, Evidence.CLAIM, now)
    elif reading.kind is VerdictKind.THERE:
        forget_claim(erratum)
        erratum.unlike_since = None
        erratum.before = erratum.before or reading.sentence
        record(session, erratum, who=SERVICE, what="still_there", now=now, note=reading.sentence)
        # A cache may have answered, and the mended page is minutes away.
        begin(session, erratum, now=now)
    elif erratum.claim_readings >= len(CLAIM_WAITS):
        note = "the page could not be checked"
        close_as_corrected(session, erratum, who=who, now=now, evidence=Evidence.WORD, note=note)
    else:
        erratum.claim_readings += 1


def _follow_page(session: Session, erratum: Erratum, reading: Reading, now: datetime) -> None:
    if reading.kind not in {VerdictKind.CHANGED, VerdictKind.GONE}:
        if reading.kind is VerdictKind.THERE:
            erratum.unlike_since = None
        return
    if erratum.unlike_since is None:
        erratum.unlike_since = now
        record(session, erratum, who=SERVICE, what="seems_corrected", now=now, note=reading.found)
    elif now - erratum.unlike_since >= CONFIRM_AFTER:
        _close(session, erratum, reading, SERVICE, Evidence.PAGE, now)


def _close(
    session: Session,
    erratum: Erratum,
    reading: Reading,
    who: str,
    evidence: Evidence,
    now: datetime,
) -> None:
    close_as_corrected(
        session,
        erratum,
        who=who,
        now=now,
        evidence=evidence,
        note=reading.found,
        after=reading.sentence,
    )
