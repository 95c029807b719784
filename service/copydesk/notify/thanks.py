"""Thank a reader once: the job ``thank``, owed when an erratum is closed as corrected.

The reader's address stays in one place, the report, so that erasing it there erases it: the
delivery log names no reader.
"""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.i18n import pick_language, translations
from copydesk.notify.plan import add, owe_delivery
from copydesk.outbox import Finish, Handler, Job, RetryLater
from copydesk.settings import Settings
from copydesk.store.counters import hit
from copydesk.store.database import Database
from copydesk.store.tables import Message, Purpose, Report, State
from copydesk.tokens import Signer

MOST_WAITS = 72
"""Waits of an hour at most, after which thanks are no news any more and let go: somebody typed one
address into hundreds of reports."""


def make_thanker(database: Database, settings: Settings, clock: Clock) -> Handler:
    """Return the handler of ``thank``: owes one mail per report for ever, one per address."""
    del database
    signer = Signer(settings.server.secret_keys)

    def handle(job: Job) -> Finish:
        def finish(session: Session) -> None:
            now = clock()
            report = session.get(Report, job.payload["report_id"], with_for_update=True)
            if report is None or not _deserves(report) or job.failures >= MOST_WAITS:
                return
            report.thanked_at = now
            if _thanked_already(session, report):
                return
            # Anybody can type anybody's address into a report: the same budget as for authors,
            # counted by a keyed hash so that the counter names nobody.
            key = signer.pseudonym("thanks", report.reader_email.casefold(), b"")
            limit, window = settings.limits.mails_per_recipient_hour, timedelta(hours=1)
            wait = hit(session, f"thanks:{key}", limit=limit, window=window, now=now)
            if wait is not None:
                raise RetryLater(
                    "this reader was thanked often enough for now",
                    after=timedelta(seconds=wait),
                    counts=False,
                )
            language = pick_language(report.language, report.site.language)
            _ = translations(pick_language(report.site.language)).gettext
            message = Message(
                site_id=report.site_id,
                erratum_id=report.erratum_id,
                report_id=report.id,
                unique_key=f"thanks:{report.id}",
                purpose=Purpose.THANKS,
                recipient="",
                recipient_name=_("the reader"),
                language=language,
                reason=_("asked to hear what became of the report"),
                created_at=now,
            )
            add(session, message, settings)
            owe_delivery(session, message, now=now)

        return finish

    return handle


def _deserves(report: Report) -> bool:
    return (
        report.reader_email != ""
        and report.spam_reason == ""
        and report.thanked_at is None
        and report.erratum.state is State.CORRECTED
    )


def _thanked_already(session: Session, report: Report) -> bool:
    """Say whether this address was thanked for this erratum by another report."""
    other = select(Report.id).where(
        Report.erratum_id == report.erratum_id,
        Report.id != report.id,
        Report.thanked_at.is_not(None),
        func.lower(Report.reader_email) == report.reader_email.lower(),
    )
    return session.scalar(other.limit(1)) is not None
