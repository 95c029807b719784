"""What the database knows of how we are doing: right with any number of processes and machines."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.errors import CopydeskError
from copydesk.outbox.freezing import frozen
from copydesk.store.database import Database
from copydesk.store.tables import JobState, OutboxJob, Report
from copydesk.store.tally import counts
from copydesk.store.write_probe import WriteProbe


class DatabaseCollector(Collector):
    """Reads a few indexed sums at each scrape: never the reports or errata themselves."""

    def __init__(self, database: Database, clock: Clock, probe: WriteProbe) -> None:
        self._database = database
        self._clock = clock
        self._probe = probe

    def collect(self) -> Iterator[Metric]:
        """Yield whether the database takes writes, what room there is, and all that it knows."""
        try:
            with self._database.reading() as session:
                found = [*_outbox(session, self._clock()), _reports(session), _errata(session)]
        except (SQLAlchemyError, CopydeskError):
            found = []
        # One that does not even answer is not asked again: each asking may take its 5 s.
        is_up = bool(found) and self._probe.takes_writes()
        yield GaugeMetricFamily(
            "copydesk_database_up", "Whether the database takes writes", value=int(is_up)
        )
        yield _room(self._database)
        yield from found


def _room(database: Database) -> Metric:
    room = GaugeMetricFamily(
        "copydesk_disk_free_bytes", "Room on the disk that the SQLite file lies on"
    )
    path = database.engine.url.database
    if database.is_sqlite and path:  # PostgreSQL's disk is not to be seen from here
        with contextlib.suppress(OSError):
            room.add_metric([], shutil.disk_usage(Path(path).resolve().parent).free)
    return room


def _outbox(session: Session, now: datetime) -> Iterator[Metric]:
    unfinished = (JobState.PENDING, JobState.DEAD)
    jobs = GaugeMetricFamily(
        "copydesk_outbox_jobs",
        "Jobs in the outbox that are not done: waiting for their time, or given up",
        labels=["kind", "state"],
    )
    for kind, state, count in session.execute(
        select(OutboxJob.kind, OutboxJob.state, func.count())
        .where(OutboxJob.state.in_(unfinished))
        .group_by(OutboxJob.kind, OutboxJob.state)
    ):
        jobs.add_metric([kind, state], count)
    yield jobs

    due = GaugeMetricFamily(
        "copydesk_outbox_due_jobs", "Jobs that wait for a worker", labels=["kind"]
    )
    oldest = GaugeMetricFamily(
        "copydesk_outbox_oldest_due_seconds",
        "How long the oldest of these has waited",
        labels=["kind"],
    )
    for kind, count, since in session.execute(
        select(OutboxJob.kind, func.count(), func.min(OutboxJob.due_at))
        .where(
            OutboxJob.state == JobState.PENDING,
            OutboxJob.due_at <= now,
            or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= now),
        )
        .group_by(OutboxJob.kind)
    ):
        due.add_metric([kind], count)
        oldest.add_metric([kind], (now - since).total_seconds())
    yield due
    yield oldest

    owed_since = session.scalar(
        select(func.min(OutboxJob.created_at)).where(
            OutboxJob.state == JobState.PENDING, OutboxJob.kind == "deliver"
        )
    )
    yield GaugeMetricFamily(
        "copydesk_outbox_oldest_mail_seconds",
        "How long the oldest mail has been owed that has not left, tried or not; 0: none is owed",
        value=max(0.0, (now - owed_since).total_seconds()) if owed_since is not None else 0,
    )

    yield GaugeMetricFamily(
        "copydesk_outbox_frozen",
        "1 while nothing is taken from the outbox, because this is a restored copy",
        value=int(frozen(session) is not None),
    )


def _reports(session: Session) -> Metric:
    # The last number given out: counting a million rows at each scrape would tell hardly more.
    newest = session.scalar(select(func.max(Report.id))) or 0
    return CounterMetricFamily("copydesk_reports", "Reports ever taken", value=newest)


def _errata(session: Session) -> Metric:
    errata = GaugeMetricFamily("copydesk_errata", "Errata by shelf of the desk", labels=["shelf"])
    for shelf, count in counts(session, None, None).items():
        errata.add_metric([shelf], count)
    return errata
