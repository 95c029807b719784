"""The work behind the desk: how late it is, and for which site each job works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from copydesk.desk.access import Access
from copydesk.store.tables import (
    Article,
    Base,
    Erratum,
    JobState,
    Message,
    OutboxJob,
    Report,
    Role,
    Site,
)

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
    return WorkState(waiting, _dead_of(session, access))


def _dead_of(session: Session, access: Access) -> int:
    dead = select(OutboxJob).where(OutboxJob.state == JobState.DEAD).limit(MOST_DEAD)
    if access.may(Role.EDITOR):
        return session.scalars(select(func.count()).select_from(dead.subquery())).one()
    if not access.may_somewhere(Role.EDITOR):
        return 0
    jobs = session.scalars(dead).all()
    named = load_named(session, jobs)
    mine = sum(access.may(Role.EDITOR, site_of(session, job)[0]) for job in jobs)
    del named
    return mine


def load_named(session: Session, jobs: Sequence[OutboxJob]) -> list[Base]:
    """Load what the payloads of ``jobs`` name, a query for each kind of thing instead of each job.

    ``site_of`` finds it in the session as long as the caller keeps what is returned.
    """
    found: list[Base] = []
    for key, table in _NAMED.items():
        ids = {job.payload[key] for job in jobs if job.payload.get(key) is not None}
        if ids:
            found += session.scalars(select(table).where(table.id.in_(ids)))
    # What the others lead to comes last, and is partly there by now.
    errata = {one.erratum_id for one in found if isinstance(one, Message | Report)} - {None}
    found += session.scalars(select(Erratum).where(Erratum.id.in_(errata))) if errata else []
    return found


_NAMED: dict[str, type[Site | Article | Message | Erratum | Report]] = {
    "site_id": Site,
    "article_id": Article,
    "message_id": Message,
    "erratum_id": Erratum,
    "report_id": Report,
}


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
