"""What must not be kept for ever: salts, counters, old sign-ins, readers' addresses."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.outbox import Finish, Handler, Job, enqueue
from copydesk.settings import Settings
from copydesk.store.counters import forget_expired
from copydesk.store.database import Database
from copydesk.store.tables import (
    DailySalt,
    JobState,
    OutboxJob,
    Report,
    SignInLink,
    SignInSession,
)

KIND = "housekeeping"
# A finished job is kept this long so that its unique key still stops a late repeat.
KEEP_DONE_JOBS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=14)


def make_housekeeper(database: Database, settings: Settings, clock: Clock) -> Handler:
    """Return the handler that tidies up and owes itself the next hour."""
    del database
    keep_addresses = timedelta(days=settings.privacy.reader_email_days)

    def handle(job: Job) -> Finish:
        del job

        def finish(session: Session) -> None:
            now = clock()
            tidy(session, now=now, keep_addresses=keep_addresses)
            schedule(session, now=now)

        return finish

    return handle


def schedule(session: Session, *, now: datetime) -> None:
    """Owe the tidying of the coming hour; asking twice changes nothing."""
    due = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    enqueue(session, KIND, f"{KIND}:{due:%Y-%m-%dT%H}", {}, now=now, due_at=due)


def tidy(session: Session, *, now: datetime, keep_addresses: timedelta) -> None:
    """Delete or blank what has outlived its purpose."""
    yesterday = f"{now - timedelta(days=1):%Y-%m-%d}"
    session.execute(delete(DailySalt).where(DailySalt.day < yesterday))
    forget_expired(session, now)
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now))
    session.execute(delete(SignInSession).where(SignInSession.created_at < now - KEEP_SESSIONS))
    session.execute(
        update(Report)
        .where(Report.reader_email != "", Report.received_at < now - keep_addresses)
        .values(reader_email="")
    )
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
