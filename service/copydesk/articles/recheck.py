"""Read the page again: at once when somebody says "corrected", else on a decaying schedule."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from copydesk.articles.fetch import Fetcher
from copydesk.articles.locate import Verdict
from copydesk.articles.reread import CannotRead, Seen, find_target, keep_facts, look
from copydesk.clock import Clock
from copydesk.errata.closing import CONFIRM_AFTER, Reading, apply_reading
from copydesk.errata.triage import is_waiting_for_recheck
from copydesk.outbox import Finish, Handler, Job, RetryLater, enqueue, nothing_more
from copydesk.store.database import Database
from copydesk.store.tables import Erratum, State, VerdictKind

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
WATCH_CORRECTED = timedelta(days=7)
"""How long a corrected page is watched for the error to come back."""
CLAIM_WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))


def make_rechecker(database: Database, fetcher: Fetcher, clock: Clock) -> Handler:
    """Return the handler of ``recheck``."""

    def handle(job: Job) -> Finish:
        is_claimed = bool(job.payload["claimed"])
        target = find_target(database, job.payload["erratum_id"])
        if target is None or target.state not in {State.OPEN, State.CONFIRMED, State.CORRECTED}:
            return nothing_more
        is_last_try = job.failures >= len(CLAIM_WAITS)
        try:
            seen = look(fetcher, target)
            reading = reading_of(seen.verdict)
        except CannotRead as problem:
            seen = None
            reading = Reading(VerdictKind.UNSURE, note=problem.reason)
        if is_claimed and reading.kind is VerdictKind.UNSURE and not is_last_try:
            raise RetryLater(reading.note, after=CLAIM_WAITS[job.failures])
        return lambda session: _apply(session, job, seen, reading, clock())

    return handle


def reading_of(verdict: Verdict) -> Reading:
    """Return a verdict in the words of ``errata``."""
    return Reading(
        kind=VerdictKind(verdict.kind),
        found=verdict.found,
        sentence=verdict.sentence,
        score=verdict.score,
        # The others speak for themselves, by what stands on the page.
        note=verdict.reason if verdict.kind == "unsure" else "",
    )


def schedule_next(session: Session, erratum: Erratum, *, now: datetime) -> None:
    """Owe the next reading of an erratum's page, unless it has been read for long enough.

    Never for an erratum about the page as a whole: no reading says anything of it.
    """
    if erratum.is_about_page:
        return
    wait = SCHEDULE[min(erratum.recheck_count, len(SCHEDULE) - 1)]
    if erratum.unlike_since is not None:
        # The page seems to be mended: look again soon, not in a week.
        wait = CONFIRM_AFTER + timedelta(minutes=1)
    due = now + wait
    if erratum.state is State.CORRECTED:
        end = (erratum.corrected_at or now) + WATCH_CORRECTED
    else:
        end = erratum.last_seen_at + GIVE_UP
    if due > end:
        return
    key = f"recheck:{erratum.id}:{int(due.timestamp())}"
    payload = {"erratum_id": erratum.id, "claimed": False}
    enqueue(session, "recheck", key, payload, now=now, due_at=due)


def _apply(session: Session, job: Job, seen: Seen | None, reading: Reading, now: datetime) -> None:
    erratum = session.get_one(Erratum, job.payload["erratum_id"])
    is_claimed = bool(job.payload["claimed"])
    if seen is not None:
        keep_facts(session, erratum.article, seen, now=now)
    else:
        erratum.article.last_read_problem = reading.note
    if is_claimed and not is_waiting_for_recheck(erratum):
        return  # withdrawn meanwhile
    apply_reading(session, erratum, reading, now=now, last_try=is_claimed)
    if not is_claimed:
        erratum.recheck_count += 1
        schedule_next(session, erratum, now=now)
