"""The outbox: is the work being done?"""

from datetime import timedelta

from sqlalchemy import func, or_, select

from copydesk.cli.doctor.finding import Finding, Named, Patient
from copydesk.clock import rfc3339
from copydesk.outbox.freezing import frozen
from copydesk.store.tables import JobState, OutboxJob

LATE = timedelta(minutes=5)
VERY_LATE = timedelta(hours=1)


def outbox(patient: Patient) -> Finding:
    """Ask how long the oldest due job has waited for a worker."""
    now = patient.services.clock()
    with patient.services.database.reading() as session:
        oldest = session.scalar(
            select(func.min(OutboxJob.due_at)).where(
                OutboxJob.state == JobState.PENDING,
                or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= now),
            )
        )
    late = max(timedelta(0), now - oldest) if oldest else timedelta(0)
    if late < LATE:
        return Finding("ok", "nothing waits")
    words = f"the oldest job is due since {_in_words(late)}: does a worker run?"
    return Finding("failure" if late >= VERY_LATE else "warning", words)


def frozen_outbox(patient: Patient) -> Finding:
    """Ask whether the outbox stands still: a restored copy does, until somebody says otherwise."""
    with patient.services.database.reading() as session:
        found = frozen(session)
    if found is None:
        return Finding("ok", "the outbox runs")
    return Finding(
        "failure",
        f"no mail leaves since {rfc3339(found.since)} ({found.reason}); when this copy is the one: "
        "`copydesk outbox resume`",
    )


def dead_letters(patient: Patient) -> Finding:
    """Count what was given up."""
    with patient.services.database.reading() as session:
        count = session.scalar(
            select(func.count()).select_from(OutboxJob).where(OutboxJob.state == JobState.DEAD)
        )
    if count:
        return Finding("warning", f"{count}: see Deliveries on the desk")
    return Finding("ok", "none")


def leases(patient: Patient) -> Finding:
    """Compare the lease with what a job may take: too short, and two workers do one job."""
    settings = patient.settings
    longest = max(settings.mail.deadline_seconds, settings.fetch.deadline_seconds)
    if settings.worker.lease_seconds <= longest:
        return Finding(
            "failure",
            f"worker.lease_seconds must be longer than {longest:g}, the deadline of mail or fetch",
        )
    return Finding("ok", f"{settings.worker.lease_seconds} s, longer than any deadline")


def _in_words(late: timedelta) -> str:
    minutes = int(late.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


EXAMINATIONS: Named = (
    ("outbox", outbox),
    ("copy", frozen_outbox),
    ("dead letters", dead_letters),
    ("leases", leases),
)
