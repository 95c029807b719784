"""What a machine asks: is the process up, can it do its work, and how is it doing."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from copydesk.errors import Unavailable
from copydesk.store.migrate import is_current
from copydesk.store.tables import JobState, OutboxJob
from copydesk.web import WebServices, services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def process_up() -> Response:
    """Answer 200 as long as the process answers at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer 200 when the database takes writes and the migrations are current, else 503."""
    database = services().database
    try:
        database.check()
        if not is_current(database):
            raise Unavailable("The migrations are not current.", retry_after=30)
    except SQLAlchemyError as error:
        raise Unavailable("The database does not take writes.", retry_after=5) from error
    return jsonify(status="ok")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in Prometheus' text format, read from the database: right with many processes."""
    registry = CollectorRegistry()
    registry.register(_OutboxCollector(services()))
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4; charset=utf-8")


class _OutboxCollector(Collector):
    def __init__(self, web_services: WebServices) -> None:
        self._services = web_services

    def collect(self) -> list[GaugeMetricFamily]:
        """Count the jobs by kind and state, and tell how late the oldest due one is."""
        jobs = GaugeMetricFamily(
            "copydesk_outbox_jobs", "Jobs in the outbox", labels=["kind", "state"]
        )
        lateness = GaugeMetricFamily(
            "copydesk_outbox_oldest_due_seconds", "How long the oldest due job has waited"
        )
        now = self._services.clock()
        with self._services.database.reading() as session:
            rows = session.execute(
                select(OutboxJob.kind, OutboxJob.state, func.count()).group_by(
                    OutboxJob.kind, OutboxJob.state
                )
            )
            for kind, state, count in rows:
                jobs.add_metric([kind, state], count)
            oldest = session.scalar(
                select(func.min(OutboxJob.due_at)).where(OutboxJob.state == JobState.PENDING)
            )
        late = max(timedelta(0), now - oldest) if oldest else timedelta(0)
        lateness.add_metric([], late.total_seconds())
        return [jobs, lateness]
