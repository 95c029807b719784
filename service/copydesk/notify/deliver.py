"""Send one message: the job ``deliver``. At least once, with one Message-ID for life.

A mail server that does not answer is waited for as long as it takes. One that answers "later" about
this mail is believed for ``worker.give_up_hours``, and at least ``MAX_ATTEMPTS`` times: nobody may
have tried for days, and then the first "later" must not be the last.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.errata.history import SERVICE, record
from copydesk.notify.compose import ComposedMail, digest_mail, erratum_mail, thanks_mail
from copydesk.notify.digest import is_news, wants_mail
from copydesk.notify.envelope import address_mail, envelope_of
from copydesk.notify.facts import of_erratum, of_thanks
from copydesk.notify.headers import HeaderRefused
from copydesk.notify.plan import UNDELIVERABLE, UNSETTLED, hand_on, sign_off
from copydesk.notify.transports import DeliveryFailed, Transport, transport_for
from copydesk.outbox import Finish, GiveUp, Handler, Job, RetryLater, nothing_more
from copydesk.outbox.worker import MAX_ATTEMPTS
from copydesk.settings import Settings
from copydesk.store.database import Database
from copydesk.store.tables import Message, MessageState, Purpose
from copydesk.tokens import Signer

# An undeliverable message comes here again only by the desk's "try again".
_TO_SEND = frozenset({MessageState.PENDING, MessageState.UNDELIVERABLE})


class _NotNeeded(Exception):
    """Nothing is left to say: settled meanwhile, or nobody to say it to."""


def make_deliverer(
    database: Database,
    settings: Settings,
    signer: Signer,
    clock: Clock,
    transport: Transport | None = None,
) -> Handler:
    """Return the handler of ``deliver``; ``transport`` is what the settings name unless given."""
    return _Deliverer(database, settings, signer, clock, transport or transport_for(settings))


class _Deliverer:
    def __init__(
        self,
        database: Database,
        settings: Settings,
        signer: Signer,
        clock: Clock,
        transport: Transport,
    ) -> None:
        self._database = database
        self._settings = settings
        self._signer = signer
        self._clock = clock
        self._transport = transport

    def __call__(self, job: Job) -> Finish:
        """Compose from what is true now, send outside of any transaction, then write it down."""
        row_id = int(job.payload["message_id"])
        try:
            with self._database.reading() as session:
                message = session.get(Message, row_id)
                if message is None or message.state not in _TO_SEND:
                    return nothing_more
                sender, recipient, data = self._compose(session, message)
        except _NotNeeded:
            return self._withdraw(row_id)
        except HeaderRefused as refused:
            reason = str(refused)
            raise GiveUp(reason, finish=self._undeliverable(row_id, reason)) from refused
        try:
            self._transport.send(sender, recipient, data)
        except DeliveryFailed as failed:
            raise self._failure(job, row_id, failed) from failed
        return self._sent(row_id)

    def _compose(self, session: Session, message: Message) -> tuple[str, str, bytes]:
        recipient = message.recipient
        if message.purpose is Purpose.THANKS:
            # Erased or withdrawn meanwhile: then there is nobody to thank.
            recipient = message.report.reader_email if message.report else ""
        if not recipient or not wants_mail(message):
            raise _NotNeeded
        mail = self._write(session, message)
        return address_mail(mail, message, recipient, settings=self._settings, now=self._clock())

    def _write(self, session: Session, message: Message) -> ComposedMail:
        base_url = self._settings.server.base_url
        envelope = envelope_of(session, message, settings=self._settings, signer=self._signer)
        if message.purpose is Purpose.THANKS:
            return thanks_mail(of_thanks(session, message, base_url=base_url), envelope)
        if message.purpose is Purpose.DIGEST:
            rows = [row for row in _carried(session, message) if is_news(row)]
            if not rows:
                raise _NotNeeded
            items = [of_erratum(row, signer=self._signer, base_url=base_url) for row in rows]
            return digest_mail(items, envelope)
        if message.erratum is None or message.erratum.state not in UNSETTLED:
            raise _NotNeeded
        return erratum_mail(of_erratum(message, signer=self._signer, base_url=base_url), envelope)

    def _sent(self, row_id: int) -> Finish:
        def finish(session: Session) -> None:
            now = self._clock()
            for row in _with_carried(session, row_id):
                row.attempts += 1
                row.last_error = ""
                if row.id == row_id or is_news(row):
                    row.state = MessageState.SENT
                    row.sent_at = now
                else:
                    # Settled between the gathering and the sending: the digest left it out.
                    row.state = MessageState.NOT_NEEDED

        return finish

    def _withdraw(self, row_id: int) -> Finish:
        def finish(session: Session) -> None:
            now = self._clock()
            for row in _with_carried(session, row_id):
                if wants_mail(row):
                    row.state = MessageState.NOT_NEEDED
                else:
                    sign_off(session, row, now=now)

        return finish

    def _failure(self, job: Job, row_id: int, failed: DeliveryFailed) -> RetryLater | GiveUp:
        patience = timedelta(hours=self._settings.worker.give_up_hours)
        is_spent = (
            failed.answered
            and job.attempts + 1 >= MAX_ATTEMPTS
            and self._clock() - job.created_at >= patience
        )
        if failed.permanent or is_spent:
            return GiveUp(failed.reason, finish=self._undeliverable(row_id, failed.reason))

        def finish(session: Session) -> None:
            for row in _with_carried(session, row_id):
                row.attempts += 1 if failed.answered else 0
                row.last_error = failed.reason

        return RetryLater(failed.reason, counts=failed.answered, finish=finish)

    def _undeliverable(self, row_id: int, reason: str) -> Finish:
        def finish(session: Session) -> None:
            now = self._clock()
            for row in _with_carried(session, row_id):
                _mark_undeliverable(session, row, reason, now)

        return finish


def _mark_undeliverable(session: Session, row: Message, reason: str, now: datetime) -> None:
    row.state = MessageState.UNDELIVERABLE
    row.attempts += 1
    row.last_error = reason
    if row.erratum is None or row.purpose is not Purpose.ERRATUM:
        return
    name = row.recipient_name or row.recipient
    note = f"{name}: {reason}"
    record(session, row.erratum, who=SERVICE, what="undeliverable", now=now, note=note)
    # An author's full mailbox must not be where an error report ends.
    hand_on(session, row, UNDELIVERABLE, now=now)


def _carried(session: Session, digest: Message) -> list[Message]:
    query = select(Message).where(Message.digest_id == digest.id).order_by(Message.id)
    return list(session.scalars(query))


def _with_carried(session: Session, row_id: int) -> list[Message]:
    message = session.get_one(Message, row_id)
    return [message, *_carried(session, message)]
