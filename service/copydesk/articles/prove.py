"""The step after a report: does the article really say that, and who wrote it?

Nothing that a stranger typed is mailed to an author before the quote was found on the page. The
work ``read_article``; other errata of the page that wait for their proof are served by the same
reading, so ten readers of one page cost its server one request.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from copydesk.articles.fetch import Fetcher
from copydesk.articles.findings import reading_of, write_findings
from copydesk.articles.locate import Verdict
from copydesk.articles.reread import CannotRead, PageReading, keep_page, keep_problem, read_for
from copydesk.articles.turns import LEAST_WAIT, Hurry, Resting, Turn, Turns
from copydesk.articles.wanted import UNPROVED, WantedPage, page_of
from copydesk.clock import Clock
from copydesk.errata.closing import apply_reading
from copydesk.errata.history import SERVICE, record
from copydesk.errata.locking import lock_article, lock_errata
from copydesk.errata.schedule import LIVE, begin, set_next
from copydesk.outbox import Finish, Handler, Job, PutBack, RetryLater, enqueue_all, nothing_more
from copydesk.store.database import Database
from copydesk.store.prepared import one_of
from copydesk.store.tables import Article, Erratum, JobState, OutboxJob, Proof, Report

# A site that restarts or sheds load is back within minutes; after that the desk should know.
WAITS = (timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=15))


def make_prover(database: Database, fetcher: Fetcher, clock: Clock, turns: Turns) -> Handler:
    """Return the handler of ``read_article``."""
    return _Prover(database, fetcher, clock, turns)


class _Prover:
    def __init__(self, database: Database, fetcher: Fetcher, clock: Clock, turns: Turns) -> None:
        self._database = database
        self._fetcher = fetcher
        self._clock = clock
        self._turns = turns

    def __call__(self, job: Job) -> Finish:
        """Read the page, if the host's turn has come and no other reading has served the report."""
        found = self._address(job)
        if found is None:
            return nothing_more
        article_id, url = found
        try:
            turn = self._turns.take(url, Hurry.REPORT)
        except Resting as rest:
            problem = CannotRead(rest.problem, is_final=False)
            return self._not_read(job, article_id, problem, None)
        with self._turns.given_back_on_error(turn):
            begun = self._clock()
            wanted = self._wanted(job)
            if wanted is None:
                return lambda session: self._turns.give_back(session, turn)
            reading = read_for(self._fetcher, wanted)
        if reading.problem is not None:
            return self._not_read(job, wanted.article_id, reading.problem, turn)
        return lambda session: self._judged(session, job, reading, turn, begun)

    def _address(self, job: Job) -> tuple[int, str] | None:
        """Return the article and its address, None when nothing is left to do.

        Further pages are on the same host. What is to be read is looked at when its turn has come:
        when a server hangs, hundreds of jobs ask for turns and get none. Raises ``PutBack`` while
        an older job is about to read the page for both.
        """
        now = self._clock()
        with self._database.reading() as session:
            if _was_served(session, job):
                return None
            older_due = _older_due(session, job)
            if older_due is not None:
                # On a server that hangs, hundreds would ask each second whether it is over.
                wait = max(LEAST_WAIT, (now - job.created_at) / 4)
                raise PutBack(max(older_due, now) + wait)
            article = (
                select(Article.id, Article.canonical_url)
                .join(Erratum, Erratum.article_id == Article.id)
                .where(Erratum.id == job.payload["erratum_id"], Erratum.state.in_(LIVE))
            )
            row = session.execute(article).one_or_none()
            return None if row is None else (row.id, row.canonical_url)

    def _wanted(self, job: Job) -> WantedPage | None:
        """Return what to read, None when another reading has just served the report."""
        with self._database.reading() as session:
            if _was_served(session, job):
                return None
            return page_of(session, job.payload["erratum_id"], now=self._clock())

    def _not_read(
        self, job: Job, article_id: int, problem: CannotRead, turn: Turn | None
    ) -> Finish:
        def note(session: Session) -> None:
            if turn is not None:
                self._turns.give_back(session, turn, problem.failure)
            article = session.get(Article, article_id)
            if article is not None:
                keep_problem(article, problem.reason)

        def tell(session: Session) -> None:
            note(session)
            now = self._clock()
            for erratum in lock_errata(session, [job.payload["erratum_id"]]):
                _unreadable(session, erratum, problem.reason, now)
                _tell(session, [(erratum.id, job.payload["report_id"])], now)

        if problem.is_final or job.failures >= len(WAITS):
            return tell
        raise RetryLater(problem.reason, after=WAITS[job.failures], finish=note) from problem

    def _judged(
        self, session: Session, job: Job, reading: PageReading, turn: Turn, begun: datetime
    ) -> None:
        now, own = self._clock(), job.payload["erratum_id"]
        unproved = [target.erratum_id for target in reading.wanted.targets if target.is_unproved]
        proved = {own, *unproved}
        # Before the article is locked: new reports of it wait for that.
        reports = _first_reports(session, unproved) | {own: job.payload["report_id"]}
        self._turns.give_back(session, turn)
        article = lock_article(session, reading.wanted.article_id)
        if article is not None:
            keep_page(session, article, reading, now=now)
        there: list[Erratum] = []
        told: list[tuple[int, int]] = []
        for erratum in lock_errata(session, proved):
            found = (reading.said or {})[erratum.id]
            is_own = erratum.id == own
            report_id = reports.get(erratum.id)
            still_waits = erratum.proof is Proof.PENDING and not erratum.before
            if erratum.state not in LIVE or report_id is None or not (is_own or still_waits):
                continue
            if _conclude(session, erratum, found, now):
                told.append((erratum.id, report_id))
            if isinstance(found, Verdict) and found.kind == "there":
                there.append(erratum)
        _tell(session, told, now)
        begin(session, *there, now=now)
        session.flush()
        mark = f"after:{job.id}"
        write_findings(session, reading, begun=begun, now=now, mark=mark, besides=proved)


def _conclude(
    session: Session, erratum: Erratum, found: Verdict | CannotRead, now: datetime
) -> bool:
    """Write down what was found of an erratum; say whether people are told of it."""
    if isinstance(found, CannotRead):
        # Other words stand on the wall, these are behind it.
        _unreadable(session, erratum, found.reason, now)
        return True
    if found.kind == "there":
        erratum.proof = Proof.FOUND
        erratum.proof_note = ""
        erratum.before = found.sentence
        erratum.checked_at = now
        record(session, erratum, who=SERVICE, what="proved", now=now, note=found.sentence)
        return True
    if erratum.before and erratum.is_about_page:
        # Proved once, under an older headline; what is beside it is reported again all the same.
        return True
    if erratum.before:
        # It was proved once and reported again: perhaps by a reader with an old copy of the page.
        begin(session, erratum, now=now)
        apply_reading(session, erratum, reading_of(found), now=now)
        set_next(erratum, now=now)
        return False
    erratum.proof = Proof.NOT_FOUND
    erratum.proof_note = found.reason
    erratum.checked_at = now
    record(session, erratum, who=SERVICE, what="not_found", now=now, note=found.reason)
    return False


def _unreadable(session: Session, erratum: Erratum, reason: str, now: datetime) -> None:
    if not erratum.before:
        erratum.proof = Proof.UNREADABLE
        erratum.proof_note = reason
    record(session, erratum, who=SERVICE, what="unreadable", now=now, note=reason)


def _tell(session: Session, errata: list[tuple[int, int]], now: datetime) -> None:
    """Owe a notice of each erratum, given with the report that caused it.

    In one statement: new reports of the article wait for its end.
    """
    notices: list[tuple[str, dict[str, Any]]] = [
        (_notice(erratum_id, report_id), {"erratum_id": erratum_id, "report_id": report_id})
        for erratum_id, report_id in errata
    ]
    enqueue_all(session, "notify", notices, now=now)


def _notice(erratum_id: int, report_id: int) -> str:
    return f"notify:{erratum_id}:{report_id}"


def _was_served(session: Session, job: Job) -> bool:
    """Say whether a reading that another report caused has judged this one too."""
    erratum_id, report_id = job.payload["erratum_id"], job.payload["report_id"]
    told = select(OutboxJob.id).where(
        OutboxJob.unique_key == _notice(erratum_id, report_id),
        # An older one told the desk that the page could not be read: somebody wants it tried again.
        OutboxJob.created_at >= job.created_at,
    )
    judged = select(Erratum.id).where(
        Erratum.id == erratum_id,
        Erratum.proof == Proof.NOT_FOUND,
        Erratum.checked_at >= job.created_at,
    )
    return session.scalar(union_all(told, judged).limit(1)) is not None


def _older_due(session: Session, job: Job) -> datetime | None:
    """Return when an older job is due that waits to read the same article; None: there is none.

    So a page with a hundred new reports stands in its host's line once, and not a hundred times
    before the reports of other pages. One that has failed is not waited for: it comes again later
    and later. Further pages of a long article wait as well, as long as a reading takes: to tell
    them apart takes more than most jobs here have to do.
    """
    own = job.payload["erratum_id"]
    article = select(Erratum.article_id).where(Erratum.id == own).scalar_subquery()
    first = session.scalar(
        select(func.min(Erratum.id)).where(
            Erratum.article_id == article, Erratum.id < own, *UNPROVED
        )
    )
    if first is None:
        return None
    key = f"read:{first}:{_first_reports(session, [first]).get(first)}"
    return session.scalar(
        select(OutboxJob.due_at).where(
            OutboxJob.unique_key == key,
            OutboxJob.state == JobState.PENDING,
            OutboxJob.failures == 0,
            OutboxJob.id < job.id,
        )
    )


def _first_reports(session: Session, erratum_ids: list[int]) -> dict[int, int]:
    """Return by erratum the first report that is no spam; those without one are left out."""
    first = select(Report.erratum_id, func.min(Report.id)).where(
        one_of(session, Report.erratum_id, erratum_ids), Report.spam_reason == ""
    )
    return {row[0]: row[1] for row in session.execute(first.group_by(Report.erratum_id))}
