"""From a proved erratum to the mails that are owed for it: the job ``notify``."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.errata.history import SERVICE, record
from copydesk.i18n import pick_language, translations
from copydesk.notify import budget
from copydesk.notify.links import message_id
from copydesk.notify.recipients import Choice, Instead, Recipient, choose, in_words
from copydesk.outbox import Finish, Handler, Job, enqueue
from copydesk.settings import Settings
from copydesk.store.database import Database
from copydesk.store.tables import (
    Erratum,
    HistoryEntry,
    Message,
    MessageState,
    Purpose,
    State,
)

UNSETTLED = frozenset({State.OPEN, State.CONFIRMED})
NOT_MINE = "not_mine"
UNDELIVERABLE = "undeliverable"
SIGNED_OFF = "signed_off"


def make_notifier(database: Database, settings: Settings, clock: Clock) -> Handler:
    """Return the handler of ``notify``: choose who is told and owe the mails."""
    del database

    def handle(job: Job) -> Finish:
        def finish(session: Session) -> None:
            erratum = session.get(Erratum, job.payload["erratum_id"])
            if erratum is not None and erratum.merged_into is not None:
                erratum = erratum.merged_into
            if erratum is None or erratum.state not in UNSETTLED:
                return
            instead = _instead(session, job.payload)
            plan(session, erratum, settings=settings, now=clock(), instead=instead)

        return finish

    return handle


def plan(
    session: Session,
    erratum: Erratum,
    *,
    settings: Settings,
    now: datetime,
    instead: Instead | None = None,
) -> Choice:
    """Owe one mail to everybody who must know and was not told since the erratum was opened."""
    choice = choose(session, erratum, now=now, instead=instead)
    opening = _openings(session, erratum)
    owed = [
        owe(session, erratum, one, opening=opening, settings=settings, now=now)
        # In an order that all workers share: each holds an address while it goes for the next.
        for one in sorted(choice.chosen, key=lambda one: one.address)
    ]
    note = in_words(choice, translations(pick_language(erratum.site.language)))
    if any(owed) or not _said_before(session, erratum, note):
        record(session, erratum, who=SERVICE, what="notified", now=now, note=note)
    return choice


def owe(
    session: Session,
    erratum: Erratum,
    recipient: Recipient,
    *,
    opening: int,
    settings: Settings,
    now: datetime,
) -> bool:
    """Owe one mail, now or in the next digest; False when it was owed before."""
    who = f"author:{recipient.author_id}" if recipient.author_id else f"desk:{recipient.desk_id}"
    key = f"erratum:{erratum.id}:{opening}:{who}"
    budget.hold(session, recipient.address)
    if session.scalar(select(Message.id).where(Message.unique_key == key)) is not None:
        return False
    slot = budget.next_slot(session, recipient.address, settings=settings, now=now)
    message = Message(
        site_id=erratum.site_id,
        erratum_id=erratum.id,
        author_id=recipient.author_id,
        desk_id=recipient.desk_id,
        unique_key=key,
        purpose=Purpose.ERRATUM,
        recipient=recipient.address,
        recipient_name=recipient.name,
        language=recipient.language,
        reason=recipient.reason,
        state=MessageState.PENDING if slot is None else MessageState.WAITING,
        created_at=now,
    )
    add(session, message, settings)
    if slot is None:
        owe_delivery(session, message, now=now)
    else:
        budget.owe_digest(session, erratum.site_id, recipient.address, slot, now=now)
    return True


def add(session: Session, message: Message, settings: Settings) -> None:
    """Add a message and give it its Message-ID, one for life."""
    session.add(message)
    session.flush()
    message.message_id = message_id(message, settings.server.base_url)


def owe_delivery(session: Session, message: Message, *, now: datetime) -> None:
    """Owe the sending of a message."""
    key = f"deliver:{message.id}"
    enqueue(session, "deliver", key, {"message_id": message.id}, now=now)


def hand_on(session: Session, message: Message, why: str, *, now: datetime) -> None:
    """Have the erratum of a message told to the desk instead (``why``: one of our constants)."""
    if message.erratum_id is None or message.purpose is not Purpose.ERRATUM:
        return
    enqueue(
        session,
        "notify",
        f"notify:{message.erratum_id}:{why}:{message.id}",
        {"erratum_id": message.erratum_id, "instead_of": message.id, "why": why},
        now=now,
    )


def sign_off(session: Session, message: Message, *, now: datetime) -> None:
    """Withdraw an unsent message whose recipient wants no mail; the desk is told instead."""
    message.state = MessageState.NOT_NEEDED
    hand_on(session, message, SIGNED_OFF, now=now)


def _instead(session: Session, payload: dict[str, Any]) -> Instead | None:
    message = session.get(Message, payload.get("instead_of") or 0)
    if message is None:
        return None
    _ = translations(pick_language(message.site.language)).gettext
    reasons = {
        NOT_MINE: _("says that it is not theirs"),
        UNDELIVERABLE: _("the mail could not be delivered"),
        SIGNED_OFF: _("has switched these mails off"),
    }
    reason = reasons.get(str(payload.get("why")), "")
    return Instead(message.recipient_name or message.recipient, reason, message.desk_id)


def _openings(session: Session, erratum: Erratum) -> int:
    """Count how often it came back after a correction: then it is news again."""
    return (
        session.scalar(
            select(func.count())
            .select_from(HistoryEntry)
            .where(
                HistoryEntry.erratum_id == erratum.id,
                HistoryEntry.from_state == State.CORRECTED,
                HistoryEntry.to_state == State.OPEN,
            )
        )
        or 0
    )


def _said_before(session: Session, erratum: Erratum, note: str) -> bool:
    said = select(HistoryEntry.id).where(
        HistoryEntry.erratum_id == erratum.id,
        HistoryEntry.what == "notified",
        HistoryEntry.note == note,
    )
    return session.scalar(said.limit(1)) is not None
