"""Many errata, one mail: the job ``digest`` gathers what is over a recipient's budget."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from copydesk.clock import Clock
from copydesk.errata.triage import is_waiting_for_recheck
from copydesk.notify import budget
from copydesk.notify.plan import add, owe_delivery, sign_off
from copydesk.outbox import Finish, Handler, Job
from copydesk.settings import Settings
from copydesk.store.database import Database
from copydesk.store.tables import Message, MessageState, Purpose, State

# Mail programs cut a mail at about 100 kB; the rest goes into the next digest, oldest first.
MOST_IN_ONE = 30


def make_digester(database: Database, settings: Settings, clock: Clock) -> Handler:
    """Return the handler of ``digest``. Nothing waiting is fine: another digest took it."""
    del database

    def handle(job: Job) -> Finish:
        def finish(session: Session) -> None:
            address = job.payload["recipient"]
            gather(session, job.payload["site_id"], address, settings=settings, now=clock())

        return finish

    return handle


def gather(
    session: Session, site_id: int, address: str, *, settings: Settings, now: datetime
) -> None:
    """Put what is still owed to ``address`` into one mail, or into a later slot if it must wait."""
    budget.hold(session, address)
    owed = [row for row in _waiting(session, site_id, address) if _still_owed(session, row, now)]
    if not owed:
        return
    slot = budget.next_slot(session, address, settings=settings, now=now)
    if slot is None:
        batch, owed = owed[:MOST_IN_ONE], owed[MOST_IN_ONE:]
        _send_together(session, batch, settings, now)
        session.flush()
        slot = budget.next_slot(session, address, settings=settings, now=now)
    if owed:
        later = slot or now + budget.LOOK_AGAIN
        budget.owe_digest(session, site_id, address, later, now=now)


def is_news(message: Message) -> bool:
    """Say whether a digest should still speak of the message's erratum: nobody took it up yet."""
    erratum = message.erratum
    return (
        erratum is not None and erratum.state is State.OPEN and not is_waiting_for_recheck(erratum)
    )


def _waiting(session: Session, site_id: int, address: str) -> list[Message]:
    return list(
        session.scalars(
            select(Message)
            .where(
                Message.site_id == site_id,
                Message.recipient == address,
                Message.state == MessageState.WAITING,
                Message.digest_id.is_(None),
            )
            .order_by(Message.id)
            .options(joinedload(Message.erratum))
        )
    )


def _still_owed(session: Session, message: Message, now: datetime) -> bool:
    if not is_news(message):
        message.state = MessageState.NOT_NEEDED
        return False
    if not wants_mail(message):
        sign_off(session, message, now=now)
        return False
    return True


def wants_mail(message: Message) -> bool:
    """Say whether the recipient still takes these mails."""
    if message.author is not None:
        return message.author.is_notified
    return message.desk is None or message.desk.is_notified


def _send_together(
    session: Session, batch: list[Message], settings: Settings, now: datetime
) -> None:
    first = batch[0]
    if len(batch) == 1:
        # A digest of one is just the mail itself.
        first.state = MessageState.PENDING
        owe_delivery(session, first, now=now)
        return
    digest = Message(
        site_id=first.site_id,
        author_id=first.author_id,
        desk_id=first.desk_id,
        unique_key=f"digest:{first.id}",
        purpose=Purpose.DIGEST,
        recipient=first.recipient,
        recipient_name=first.recipient_name,
        language=first.language,
        reason=first.reason,
        created_at=now,
    )
    add(session, digest, settings)
    for message in batch:
        message.digest_id = digest.id
    owe_delivery(session, digest, now=now)
