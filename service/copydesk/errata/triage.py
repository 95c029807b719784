"""What people do to an erratum. Each function is one use case in the caller's transaction."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from copydesk.errata.corrected import close_as_corrected, forget_claim, undo_correction
from copydesk.errata.history import move, record
from copydesk.errata.schedule import begin, read_now
from copydesk.errata.transitions import NotPossible, Verb, next_state
from copydesk.store.tables import Editor, Erratum, Evidence, Report, State

TAKEN_AT_WORD = "taken at their word: a reading of the text says nothing of the rest of the page"
"""The note of a correction that no reading of the page can confirm."""


def confirm(session: Session, erratum: Erratum, *, who: str, now: datetime, note: str = "") -> None:
    """Agree that it is an error; it waits for its correction. Raises ``NotPossible``."""
    move(session, erratum, Verb.CONFIRM, who=who, now=now, note=note)


def claim_corrected(session: Session, erratum: Erratum, *, who: str, now: datetime) -> None:
    """Take somebody's word that the page is mended and have it read at once.

    An erratum about the page as a whole is closed by the word alone: no reading sees an image.

    The state follows the verdict of that reading (``closing.apply_reading``), not the word: a page
    that was not published yet would otherwise thank readers for nothing. Saying it twice before the
    reading changes nothing. Raises ``NotPossible``.
    """
    next_state(erratum.state, Verb.CORRECT)
    if erratum.is_about_page:
        close_as_corrected(
            session, erratum, who=who, now=now, evidence=Evidence.WORD, note=TAKEN_AT_WORD
        )
        return
    if is_waiting_for_recheck(erratum):
        return
    erratum.correction_claimed_at = now
    erratum.correction_claimed_by = who[:300]
    record(session, erratum, who=who, what="claimed", now=now)
    read_now(session, erratum, now=now, wish=f"claim:{erratum.id}:{int(now.timestamp() * 1000)}")


def withdraw_claim(session: Session, erratum: Erratum, *, who: str, now: datetime) -> None:
    """Take "corrected" back while the page was not read since; afterwards nothing changes."""
    if is_waiting_for_recheck(erratum):
        forget_claim(erratum)
        record(session, erratum, who=who, what="claim_withdrawn", now=now)
        begin(session, erratum, now=now)


def is_waiting_for_recheck(erratum: Erratum) -> bool:
    """Say whether somebody said "corrected" and the page has not been read since."""
    return erratum.correction_claimed_at is not None


def decline(session: Session, erratum: Erratum, *, who: str, reason: str, now: datetime) -> None:
    """Say that it is not an error; readers who report it again are told ``reason``."""
    move(session, erratum, Verb.DECLINE, who=who, now=now, note=reason)
    erratum.declined_reason = reason
    forget_claim(erratum)


def reopen(session: Session, erratum: Erratum, *, who: str, now: datetime, note: str = "") -> None:
    """Take it up again. Raises ``NotPossible``."""
    move(session, erratum, Verb.REOPEN, who=who, now=now, note=note)
    erratum.declined_reason = ""
    erratum.corrected_at = None
    erratum.after = ""
    erratum.unlike_since = None
    forget_claim(erratum)
    undo_correction(session, erratum, now=now)
    begin(session, erratum, now=now)


def mark_spam(session: Session, erratum: Erratum, *, who: str, now: datetime) -> None:
    """Fold it away; it is never mailed and never counted, but nothing is deleted."""
    move(session, erratum, Verb.SPAM, who=who, now=now)
    forget_claim(erratum)


def merge(session: Session, erratum: Erratum, into: Erratum, *, who: str, now: datetime) -> None:
    """Make the reports of ``erratum`` reports of ``into``; both must be of one article.

    The merged erratum stays as a signpost: a later report with its fingerprint goes on to ``into``.
    """
    if erratum.id == into.id or erratum.article_id != into.article_id:
        raise NotPossible("Only two errata of one article can become one.")
    if into.state is State.MERGED:
        raise NotPossible("That erratum has been merged itself.")
    if into.is_about_page is not erratum.is_about_page:
        raise NotPossible("One of them is about words, the other about the page as a whole.")
    move(session, erratum, Verb.MERGE, who=who, now=now, note=into.public_id)
    session.execute(
        update(Report).where(Report.erratum_id == erratum.id).values(erratum_id=into.id)
    )
    session.expire(erratum, ["reports"])
    session.expire(into, ["reports"])
    # Signposts that pointed here point on, so that following one is always a single step.
    session.execute(
        update(Erratum).where(Erratum.merged_into_id == erratum.id).values(merged_into_id=into.id)
    )
    erratum.merged_into_id = into.id
    into.report_count += erratum.report_count
    erratum.report_count = 0
    into.first_seen_at = min(into.first_seen_at, erratum.first_seen_at)
    into.last_seen_at = max(into.last_seen_at, erratum.last_seen_at)
    into.suggestion = into.suggestion or erratum.suggestion
    record(session, into, who=who, what="absorbed", now=now, note=erratum.public_id)
    forget_claim(erratum)


def assign(
    session: Session, erratum: Erratum, editor: Editor | None, *, who: str, now: datetime
) -> None:
    """Give it to an editor, or to nobody."""
    erratum.assignee_id = editor.id if editor else None
    name = (editor.name or editor.address) if editor else ""
    record(session, erratum, who=who, what="assign" if editor else "unassign", now=now, note=name)


def snooze(
    session: Session, erratum: Erratum, until: datetime | None, *, who: str, now: datetime
) -> None:
    """Hide it from the open tab until then; None wakes it."""
    erratum.snoozed_until = until
    record(session, erratum, who=who, what="snooze" if until else "wake", now=now)


def note(session: Session, erratum: Erratum, *, who: str, text: str, now: datetime) -> None:
    """Leave a remark for colleagues."""
    record(session, erratum, who=who, what="note", now=now, note=text)
