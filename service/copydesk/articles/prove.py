"""The step after a report: does the article really say that, and who wrote it?

Nothing that a stranger typed is mailed to an author before the quote was found on the page.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from copydesk.articles.fetch import Fetcher
from copydesk.articles.recheck import reading_of, schedule_next
from copydesk.articles.reread import (
    CannotRead,
    Seen,
    find_target,
    keep_facts,
    keep_problem,
    look,
)
from copydesk.clock import Clock
from copydesk.errata.closing import apply_reading
from copydesk.errata.history import SERVICE, record
from copydesk.outbox import Finish, Handler, Job, RetryLater, enqueue, nothing_more
from copydesk.store.database import Database
from copydesk.store.tables import Erratum, Proof, State

# A site that restarts or sheds load is back within minutes; after that the desk should know.
WAITS = (timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=15))
LIVE = frozenset({State.OPEN, State.CONFIRMED})


def make_prover(database: Database, fetcher: Fetcher, clock: Clock) -> Handler:
    """Return the handler of ``read_article``."""

    def handle(job: Job) -> Finish:
        target = find_target(database, job.payload["erratum_id"])
        if target is None or target.state not in LIVE:
            return nothing_more
        try:
            seen = look(fetcher, target)
        except CannotRead as problem:
            reason = problem.reason
            if problem.is_final or job.failures >= len(WAITS):
                return lambda session: _unreadable(session, job, reason, clock)
            raise RetryLater(
                reason,
                after=WAITS[job.failures],
                finish=lambda session: keep_problem(session, target.erratum_id, reason),
            ) from problem
        return lambda session: _proved(session, job, seen, clock)

    return handle


def _proved(session: Session, job: Job, seen: Seen, clock: Clock) -> None:
    erratum, now = session.get_one(Erratum, job.payload["erratum_id"]), clock()
    keep_facts(session, erratum.article, seen, now=now)
    verdict = seen.verdict
    if verdict.kind == "there":
        erratum.proof = Proof.FOUND
        erratum.proof_note = ""
        erratum.before = verdict.sentence
        erratum.checked_at = now
        record(session, erratum, who=SERVICE, what="proved", now=now, note=verdict.sentence)
        _tell(session, job, clock)
        schedule_next(session, erratum, now=now)
    elif erratum.before and erratum.is_about_page:
        # Proved once, under an older headline; what is beside it is reported again all the same.
        _tell(session, job, clock)
    elif erratum.before:
        # It was proved once and reported again: perhaps by a reader with an old copy of the page.
        apply_reading(session, erratum, reading_of(verdict), now=now)
        schedule_next(session, erratum, now=now)
    else:
        erratum.proof = Proof.NOT_FOUND
        erratum.proof_note = verdict.reason
        erratum.checked_at = now
        record(session, erratum, who=SERVICE, what="not_found", now=now, note=verdict.reason)


def _unreadable(session: Session, job: Job, reason: str, clock: Clock) -> None:
    erratum, now = session.get_one(Erratum, job.payload["erratum_id"]), clock()
    erratum.article.last_read_problem = reason
    if not erratum.before:
        erratum.proof = Proof.UNREADABLE
        erratum.proof_note = reason
    record(session, erratum, who=SERVICE, what="unreadable", now=now, note=reason)
    _tell(session, job, clock)


def _tell(session: Session, job: Job, clock: Clock) -> None:
    erratum_id, report_id = job.payload["erratum_id"], job.payload["report_id"]
    enqueue(
        session,
        "notify",
        f"notify:{erratum_id}:{report_id}",
        {"erratum_id": erratum_id, "report_id": report_id},
        now=clock(),
    )
