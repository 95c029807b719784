"""When the page of an erratum is read again, and the work that is owed for it.

Each erratum has its own due time; the work is owed per article, because one reading of the page
serves all errata on it. Whoever sets a due time owes a job no later than that; a job that finds
nothing due (another one was quicker) ends without a request: too many jobs do no harm.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copydesk.outbox import enqueue
from copydesk.store.tables import Erratum, State, VerdictKind

KIND = "recheck"
SCHEDULE = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""The waits between readings; the last one repeats until ``GIVE_UP``."""
GIVE_UP = timedelta(days=60)
"""After the last report."""
WATCH_CORRECTED = timedelta(days=7)
"""How long a corrected page is watched for the error to come back."""
CLAIM_WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""The waits after readings that told nothing of a page that somebody says is corrected."""
CONFIRM_AFTER = timedelta(minutes=5)
"""Two readings closer than this may both have met one half-published or cached page."""
LOOK_AGAIN = CONFIRM_AFTER + timedelta(minutes=1)

LIVE = frozenset({State.OPEN, State.CONFIRMED})
WATCHED = LIVE | {State.CORRECTED}


def begin(session: Session, *errata: Erratum, now: datetime) -> None:
    """Watch the page from the first wait on: they were proved, corrected or opened again.

    Never for an erratum about the page as a whole, of which no reading says anything, nor for words
    that were never found on it: that they are missing would prove nothing.
    """
    due = now + SCHEDULE[0]
    watched = set()
    for erratum in errata:
        if erratum.is_about_page or not erratum.before:
            erratum.recheck_due_at = None
            continue
        erratum.recheck_count = 0
        erratum.recheck_due_at = due
        watched.add(erratum.article_id)
    for article_id in sorted(watched):
        owe(session, article_id, due, now=now)


def read_now(session: Session, erratum: Erratum, *, now: datetime, wish: str) -> bool:
    """Have the page read at once; ``wish`` names who wants it, a wish is granted once.

    Returns False, and changes nothing, for a wish that was granted already.
    """
    key = f"{KIND}:{erratum.article_id}:{wish}"
    if not enqueue(session, KIND, key, {"article_id": erratum.article_id}, now=now):
        return False
    erratum.recheck_due_at = now
    return True


def set_next(erratum: Erratum, *, now: datetime) -> None:
    """Set when the page is due again after a reading; the caller owes the work for it.

    A reading that another erratum caused long before this one was due leaves it as it is.
    """
    if erratum.correction_claimed_at is not None:
        tries = min(max(erratum.claim_readings, 1), len(CLAIM_WAITS))
        erratum.recheck_due_at = now + CLAIM_WAITS[tries - 1]
        return
    if erratum.recheck_due_at is None:
        return
    if _seems_corrected(erratum):
        # Look again soon, not in a week.
        erratum.recheck_due_at = now + LOOK_AGAIN
        return
    if erratum.recheck_due_at - now > _wait(erratum) / 2:
        return
    erratum.recheck_count += 1
    due = now + _wait(erratum)
    erratum.recheck_due_at = due if due <= _end(erratum, now) else None


def owe(session: Session, article_id: int, due: datetime, *, now: datetime, mark: str = "") -> None:
    """Owe a reading of the article's pages at ``due``.

    ``mark`` tells apart what is owed for a time that has passed: a job of that time may be done
    already. For a time that is to come none can be, and one is enough.
    """
    time = mark if mark and due <= now else str(int(due.timestamp() * 1000))
    key = f"{KIND}:{article_id}:{time}"
    enqueue(session, KIND, key, {"article_id": article_id}, now=now, due_at=due)


def owe_next(session: Session, article_id: int, *, now: datetime, mark: str) -> None:
    """Owe the reading that is due first of all that the article's errata wait for."""
    due = session.scalar(
        select(func.min(Erratum.recheck_due_at)).where(
            Erratum.article_id == article_id, Erratum.state.in_(WATCHED)
        )
    )
    if due is not None:
        owe(session, article_id, due, now=now, mark=mark)


def _wait(erratum: Erratum) -> timedelta:
    return SCHEDULE[min(erratum.recheck_count, len(SCHEDULE) - 1)]


def _end(erratum: Erratum, now: datetime) -> datetime:
    if erratum.state is State.CORRECTED:
        return (erratum.corrected_at or now) + WATCH_CORRECTED
    return erratum.last_seen_at + GIVE_UP


def _seems_corrected(erratum: Erratum) -> bool:
    return (
        erratum.state in LIVE
        and erratum.unlike_since is not None
        and erratum.verdict in {VerdictKind.CHANGED, VerdictKind.GONE}
    )
