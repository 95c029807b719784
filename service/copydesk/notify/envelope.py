"""Whom a mail is from, for and why: what its headers and its footer say."""

from datetime import datetime
from email.utils import format_datetime, parseaddr

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.i18n import pick_language
from copydesk.notify.compose import ComposedMail, Envelope
from copydesk.notify.headers import build, mailbox, plain_address
from copydesk.notify.links import answer_link, list_id, message_id, thread_id
from copydesk.notify.wording import line
from copydesk.settings import Settings
from copydesk.store.tables import Desk, Message, Purpose
from copydesk.tokens import Signer


def envelope_of(
    session: Session, message: Message, *, settings: Settings, signer: Signer
) -> Envelope:
    """Read what all mails of a kind carry; needs the message's session open."""
    base_url = settings.server.base_url
    site, erratum = message.site, message.erratum
    is_thanks = message.purpose is Purpose.THANKS
    same_language = message.language == pick_language(site.language)
    unsubscribe = f"{answer_link(signer, message.id, base_url)}?do=unsubscribe"
    return Envelope(
        language=message.language,
        site_name=line(site.name, 120),
        site_key=site.key,
        kind=_kind(message),
        recipient_kind="reader" if is_thanks else "author" if message.author_id else "desk",
        reason=line(message.reason, 200) if same_language else "",
        list_id=list_id(site, base_url),
        message_id=message.message_id or message_id(message, base_url),
        thread_id=(
            thread_id(erratum.article, base_url)
            if erratum is not None and message.purpose is Purpose.ERRATUM
            else ""
        ),
        # Thanks are sent once: there is nothing to leave.
        unsubscribe="" if is_thanks else unsubscribe,
        reply_to=_reply_to(session, message),
    )


def address_mail(
    mail: ComposedMail, message: Message, recipient: str, *, settings: Settings, now: datetime
) -> tuple[str, str, bytes]:
    """Return sender, recipient and the finished bytes; raises ``HeaderRefused``."""
    name, sender = parseaddr(settings.mail.sender)
    to_name = "" if message.purpose is Purpose.THANKS else message.recipient_name
    headers = {
        "From": mailbox(name, sender),
        "To": mailbox(to_name, recipient),
        "Subject": mail.subject,
        "Date": format_datetime(now),
        **mail.headers,
    }
    return plain_address(sender), plain_address(recipient), build(headers, mail.text, mail.html)


def _kind(message: Message) -> str:
    if message.purpose is Purpose.ERRATUM and message.erratum is not None:
        return str(message.erratum.kind)
    return str(message.purpose)


def _reply_to(session: Session, message: Message) -> str:
    """Return the desk's address, so that an answer reaches a person; empty if that is us."""
    desks = session.scalars(select(Desk).where(Desk.site_id == message.site_id).order_by(Desk.id))
    for desk in desks:
        if not desk.section_patterns and desk.id != message.desk_id:
            return plain_address(desk.address)
    return ""
