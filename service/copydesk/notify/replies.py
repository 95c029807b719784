"""What a recipient can answer, and what the answer does. The pages are in ``answers``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata.history import record
from copydesk.errata.locking import lock_erratum
from copydesk.errata.transitions import Verb, allowed_verbs
from copydesk.errata.triage import (
    claim_corrected,
    decline,
    is_waiting_for_recheck,
    reopen,
    withdraw_claim,
)
from copydesk.errors import Invalid
from copydesk.i18n import pick_language, translations
from copydesk.notify.plan import NOT_MINE, hand_on, sign_off
from copydesk.store.tables import (
    Erratum,
    HistoryEntry,
    Message,
    MessageState,
    Purpose,
    State,
)

UNDO_WITHIN = timedelta(minutes=10)
CORRECTED, DECLINED, NOTMINE, UNDO = "corrected", "declined", "notmine", "undo"
MAIL_WISHES = frozenset({"unsubscribe", "subscribe"})


@dataclass(frozen=True)
class Standing:
    """How an erratum stands towards one recipient: what was said, what can still be said."""

    possible: tuple[str, ...]
    """The answers that would still change something, in the order of the buttons."""
    is_waiting: bool
    """Somebody said "corrected" and the page is being read."""
    is_passed: bool
    """This recipient said that it is not theirs."""
    can_undo: bool
    said_by_you: bool
    """The present state is this recipient's own answer."""


def reply(session: Session, message: Message, wish: str, *, reason: str, now: datetime) -> None:
    """Do what the recipient asks for; a wish that is fulfilled already changes nothing.

    Raises ``Invalid`` on an unknown wish. A wish that came too late (settled by somebody else) is
    no error: the page tells how it stands.
    """
    if wish in MAIL_WISHES:
        _set_mail(session, message, is_on=wish == "subscribe", now=now)
        return
    if message.erratum is None or wish not in {CORRECTED, DECLINED, NOTMINE, UNDO}:
        raise Invalid("That is none of the answers.")
    # One answer at a time: two presses must not both find the old state.
    erratum = lock_erratum(session, erratum_of(message))
    if erratum is None:
        return
    standing = look(session, message, erratum, now=now)
    who = name_of(message)
    if wish == CORRECTED and CORRECTED in standing.possible:
        claim_corrected(session, erratum, who=who, now=now)
    elif wish == DECLINED and DECLINED in standing.possible:
        decline(session, erratum, who=who, reason=reason or _default_reason(message), now=now)
    elif wish == NOTMINE and NOTMINE in standing.possible:
        record(session, erratum, who=who, what=NOT_MINE, now=now, note=reason)
        hand_on(session, message, NOT_MINE, now=now)
    elif wish == UNDO and standing.can_undo:
        if is_waiting_for_recheck(erratum):
            withdraw_claim(session, erratum, who=who, now=now)
        else:
            reopen(session, erratum, who=who, now=now)


def look(session: Session, message: Message, erratum: Erratum, *, now: datetime) -> Standing:
    """Return how ``erratum`` stands towards the message's recipient."""
    verbs = allowed_verbs(erratum.state)
    waiting = is_waiting_for_recheck(erratum)
    who = name_of(message)
    passed = session.scalar(
        select(HistoryEntry.id)
        .where(
            HistoryEntry.erratum_id == erratum.id,
            HistoryEntry.what == NOT_MINE,
            HistoryEntry.who == who,
        )
        .limit(1)
    )
    wishes = (
        (CORRECTED, Verb.CORRECT in verbs and not waiting),
        (DECLINED, Verb.DECLINE in verbs),
        (NOTMINE, Verb.CORRECT in verbs and passed is None),
    )
    last = _last_move(session, erratum)
    own = last is not None and last.who == who
    # A correction that the page proved is not taken back; one that a word alone made can be.
    by_word = erratum.is_about_page and erratum.state is State.CORRECTED
    undoable = waiting or by_word or erratum.state is State.DECLINED
    return Standing(
        possible=tuple(wish for wish, is_possible in wishes if is_possible),
        is_waiting=waiting,
        is_passed=passed is not None,
        can_undo=own and undoable and last is not None and now - last.at <= UNDO_WITHIN,
        said_by_you=own and undoable,
    )


def erratum_of(message: Message) -> Erratum:
    """Return the erratum a message is about, or the one it was merged into."""
    assert message.erratum is not None, "asked for messages about an erratum only"
    return message.erratum.merged_into or message.erratum


def takes_mail(message: Message) -> bool:
    """Say whether the recipient takes these mails at present."""
    person = message.author or message.desk
    return person is not None and person.is_notified


def name_of(message: Message) -> str:
    """Return who answers, as the history shows it."""
    return (message.recipient_name or message.recipient)[:300]


def _last_move(session: Session, erratum: Erratum) -> HistoryEntry | None:
    """Return the last thing somebody did to the state; readings and mails are none."""
    return session.scalar(
        select(HistoryEntry)
        .where(
            HistoryEntry.erratum_id == erratum.id,
            HistoryEntry.what.in_([*Verb, "claimed", "claim_withdrawn", "still_there"]),
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )


def _default_reason(message: Message) -> str:
    """Return what readers are told when nobody gave a reason, in the site's language."""
    _ = translations(pick_language(message.site.language)).gettext
    if message.author_id is None:
        return _("The desk has looked at it and finds it right as it is.")
    return _("The author has looked at it and finds it right as it is.")


def _set_mail(session: Session, message: Message, *, is_on: bool, now: datetime) -> None:
    person = message.author or message.desk
    if person is None or person.is_notified is is_on:
        return
    person.is_notified = is_on
    if is_on:
        return
    # What has not left yet goes to the desk instead: signing off must not lose an error.
    unsent = select(Message).where(
        Message.author_id == message.author_id,
        Message.desk_id == message.desk_id,
        Message.site_id == message.site_id,
        Message.purpose == Purpose.ERRATUM,
        Message.state.in_([MessageState.PENDING, MessageState.WAITING]),
    )
    for row in session.scalars(unsent.order_by(Message.id)):
        sign_off(session, row, now=now)
