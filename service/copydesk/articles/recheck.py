"""Read the pages of an article again: at once when somebody says "corrected", else by a schedule.

The work ``recheck``: one fetch, for all errata of the article on that page.
"""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from copydesk.articles.fetch import Fetcher
from copydesk.articles.findings import write_findings
from copydesk.articles.reread import CannotRead, PageReading, keep_page, read_for
from copydesk.articles.turns import Hurry, Resting, Turn, Turns
from copydesk.articles.wanted import WantedPage, page_that_is_due
from copydesk.clock import Clock
from copydesk.errata.locking import lock_article
from copydesk.outbox import Finish, Handler, Job, PutBack, nothing_more
from copydesk.store.database import Database
from copydesk.store.tables import Erratum


def make_rechecker(database: Database, fetcher: Fetcher, clock: Clock, turns: Turns) -> Handler:
    """Return the handler of ``recheck``."""
    return _Rechecker(database, fetcher, clock, turns)


class _Rechecker:
    def __init__(self, database: Database, fetcher: Fetcher, clock: Clock, turns: Turns) -> None:
        self._database = database
        self._fetcher = fetcher
        self._clock = clock
        self._turns = turns

    def __call__(self, job: Job) -> Finish:
        """Read the page that is due, if the host's turn has come."""
        wanted = self._wanted(job)
        if wanted is None:
            return nothing_more
        begun = self._now(job)
        try:
            hurry = Hurry.CLAIM if wanted.is_claimed else Hurry.NONE
            turn = self._turns.take(wanted.url, hurry)
        except Resting as rest:
            if not wanted.is_claimed:
                raise PutBack(rest.until) from rest
            # Whoever waits for an answer gets it in time: this was one of the tries.
            problem = CannotRead(rest.problem, is_final=False)
            return self._finish(job, PageReading(wanted, problem=problem), begun, None)
        with self._turns.given_back_on_error(turn):
            # Another job may have read it while this one waited for the turn.
            wanted = self._wanted(job)
            if wanted is None:
                return partial(self._turns.give_back, turn=turn)
            reading = read_for(self._fetcher, wanted)
        return self._finish(job, reading, begun, turn)

    def _wanted(self, job: Job) -> WantedPage | None:
        with self._database.reading() as session:
            article_id, also = job.payload.get("article_id"), job.payload.get("erratum_id")
            if article_id is None:
                # Owed by a release that read a page for each erratum by itself.
                erratum = session.get(Erratum, also)
                if erratum is None:
                    return None
                article_id = erratum.article_id
            return page_that_is_due(session, article_id, now=self._now(job), also=also)

    def _now(self, job: Job) -> datetime:
        """Return the present, and never a time before the job was due.

        Whoever claimed it may have read another clock: by one a moment behind, nothing would be due
        yet, the job would end, and nothing would ever be read again.
        """
        return max(self._clock(), job.created_at)

    def _finish(self, job: Job, reading: PageReading, begun: datetime, turn: Turn | None) -> Finish:
        def finish(session: Session) -> None:
            now = self._now(job)
            if turn is not None:
                failure = reading.problem.failure if reading.problem else None
                self._turns.give_back(session, turn, failure)
            article = lock_article(session, reading.wanted.article_id)
            if article is not None:
                keep_page(session, article, reading, now=now)
            write_findings(session, reading, begun=begun, now=now, mark=f"after:{job.id}")

        return finish
