"""The work behind the desk: how late it is, and for which site each job works."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from copydesk.desk.access import Access
from copydesk.store.tables import Article, Erratum, JobState, Message, OutboxJob, Report, Role, Site

LATE = timedelta(minutes=5)
"""A due job that waits longer than this means that no worker runs."""

MOST_DEAD = 100
"""Dead letters that are counted for the foot of a page: whoever has more knows it."""


@dataclass(frozen=True)
class WorkState:
    """How the work behind the desk goes, for the foot of each page."""

    waiting: timedelta
    """How long the oldest due job has waited for a worker."""
    dead: int
    """Jobs of the member's sites that were given up."""

    @property
    def is_late(self) -> bool:
        """Whether somebody should look at the worker."""
        return self.waiting > LATE


def work_state(session: Session, access: Access, now: datetime) -> WorkState:
    """Return how late the work is, and how many jobs of the member's sites were given up."""
    oldest = session.scalar(
        select(func.min(OutboxJob.due_at)).where(
            OutboxJob.state == JobState.PENDING,
            or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= now),
        )
    )
    waiting = max(timedelta(0), now - oldest) if oldest is not None else timedelta(0)
    dead = session.scalars(
        select(OutboxJob).where(OutboxJob.state == JobState.DEAD).limit(MOST_DEAD)
    )
    mine = sum(access.may(Role.EDITOR, site_of(session, job)[0]) for job in dead)
    return WorkState(waiting, mine)


def site_of(session: Session, job: OutboxJob) -> tuple[int | None, Erratum | None]:
    """Return the site a job works for, by what its payload names; None: for all of them."""
    payload = job.payload
    if "site_id" in payload:
        site = session.get(Site, payload["site_id"])
        return (site.id if site else None), None
    if "article_id" in payload:
        article = session.get(Article, payload["article_id"])
        return (article.site_id if article else None), None
    if "message_id" in payload:
        message = session.get(Message, payload["message_id"])
        return (message.site_id, message.erratum) if message else (None, None)
    if "erratum_id" in payload:
        erratum = session.get(Erratum, payload["erratum_id"])
        return (erratum.site_id, erratum) if erratum else (None, None)
    if "report_id" in payload:
        report = session.get(Report, payload["report_id"])
        return (report.site_id, report.erratum) if report else (None, None)
    return None, None
