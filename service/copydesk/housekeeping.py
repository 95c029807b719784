"""What must not be kept for ever: salts, counters, old sign-ins, and what readers sent."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_
from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.outbox import Finish, Handler, Job, enqueue
from copydesk.privacy.purge import purge, purge_addresses
from copydesk.settings import Settings
from copydesk.store.counters import forget_expired
from copydesk.store.database import Database
from copydesk.store.tables import (
    DailySalt,
    JobState,
    LimitCounter,
    OutboxJob,
    SignInLink,
    SignInSession,
)
from copydesk.store.wiping import flush, overwrite_deleted

KIND = "housekeeping"
# A finished job is kept this long so that its unique key still stops a late repeat.
KEEP_DONE_JOBS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=14)


def make_housekeeper(database: Database, settings: Settings, clock: Clock) -> Handler:
    """Return the handler that tidies up and owes the next hour."""

    def handle(job: Job) -> Finish:
        # Never a time before the job was due: whoever claimed it may have read another clock, and
        # by one a moment behind the next hour would be this one, and nothing would follow it.
        now = max(clock(), job.created_at)
        # Before all else: one that ends among the dead letters must not be the last.
        database.write(lambda session: schedule(session, now=now))
        # In transactions of its own: a long purge must not hold up the readers. All of it reads
        # through the reports, so once a day is often enough.
        is_last_of_day = job.unique_key[:-2] != _key(_next_hour(now))[:-2]
        remove = purge if is_last_of_day else purge_addresses
        remove(database, settings.privacy, now=now)
        # What the last run deleted: too few rows for PostgreSQL to tidy up after by itself.
        flush(database, DailySalt, LimitCounter, SignInLink, SignInSession)
        return lambda session: tidy(session, now=clock())

    return handle


def schedule(session: Session, *, now: datetime) -> None:
    """Owe the tidying of the coming hour; asking twice changes nothing."""
    due = _next_hour(now)
    enqueue(session, KIND, _key(due), {}, now=now, due_at=due)


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _key(due: datetime) -> str:
    return f"{KIND}:{due:%Y-%m-%dT%H}"


def tidy(session: Session, *, now: datetime) -> None:
    """Delete what the service itself keeps only for a while."""
    overwrite_deleted(session)  # a salt that can be dug up is no salt destroyed
    yesterday = f"{now - timedelta(days=1):%Y-%m-%d}"
    session.execute(delete(DailySalt).where(DailySalt.day < yesterday))
    forget_expired(session, now)
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now))
    session.execute(delete(SignInSession).where(SignInSession.created_at < now - KEEP_SESSIONS))
    session.execute(
        delete(OutboxJob).where(
            OutboxJob.state == JobState.DONE,
            or_(
                OutboxJob.finished_at < now - KEEP_DONE_JOBS,
                # Its key names the hour, so nothing can repeat it.
                and_(OutboxJob.kind == KIND, OutboxJob.finished_at < now - timedelta(days=1)),
            ),
        )
    )
