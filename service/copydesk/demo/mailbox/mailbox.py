"""Caught mails, kept in memory."""

import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from functools import cached_property

from copydesk.clock import Clock, utc_now

LIMIT = 500
"""So many of the newest mails are kept."""

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class CaughtMail:
    """One mail as it came over the wire."""

    id: int
    received_at: datetime
    sender: str
    """Of the envelope."""
    recipients: tuple[str, ...]
    """Of the envelope."""
    raw: bytes

    @cached_property
    def message(self) -> Message:
        """The parsed mail.

        Parsed by the older rules on purpose: those of ``email.policy.default`` put spaces into
        Cyrillic words of a display name that is split over two encoded words.
        """
        return message_from_bytes(self.raw)

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in their order, unfolded and decoded."""
        return [(name, _decoded(str(value))) for name, value in self.message.items()]

    def header(self, name: str) -> str:
        """Return the first header of this name, decoded; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return self.header("Subject")

    @cached_property
    def readers(self) -> list[tuple[str, str]]:
        """Whom the mail addresses, as name (may be empty) and address."""
        return getaddresses([self.header("To")]) or [("", one) for one in self.recipients]

    @property
    def opening(self) -> str:
        """The first line of the plain part."""
        return next((line.strip() for line in self.text.split("\n") if line.strip()), "")

    @cached_property
    def text(self) -> str:
        """The plain part, empty when there is none."""
        return self._part("text/plain")

    @cached_property
    def html(self) -> str:
        """The HTML part, empty when there is none."""
        return self._part("text/html")

    @cached_property
    def links(self) -> list[str]:
        """Every address that stands in the plain part, in its order."""
        return [link.rstrip(".,;:") for link in _LINK.findall(self.text)]

    def _part(self, kind: str) -> str:
        for part in self.message.walk():
            if part.get_content_type() == kind:
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                charset = part.get_content_charset() or "utf-8"
                return payload.decode(charset, "replace").replace("\r\n", "\n")
        return ""


class Mailbox:
    """Keeps the newest mails, whoever they are for. Safe to use from several threads."""

    def __init__(self, *, limit: int = LIMIT, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._mails: deque[CaughtMail] = deque(maxlen=limit)
        self._count = 0
        self._arrived = threading.Condition()

    def add(self, *, sender: str, recipients: tuple[str, ...], raw: bytes) -> CaughtMail:
        """Keep a mail and wake whoever waits for it."""
        with self._arrived:
            self._count += 1
            mail = CaughtMail(self._count, self._clock(), sender, recipients, raw)
            self._mails.append(mail)
            self._arrived.notify_all()
            return mail

    def all(self) -> list[CaughtMail]:
        """Return the kept mails, the oldest first."""
        with self._arrived:
            return list(self._mails)

    def get(self, number: int) -> CaughtMail | None:
        """Return the mail with this id, None when it is not (or no longer) kept."""
        return next((mail for mail in self.all() if mail.id == number), None)

    def to(self, address: str) -> list[CaughtMail]:
        """Return the mails for this address, the oldest first."""
        return [mail for mail in self.all() if address in mail.recipients]

    def wait_for(
        self, predicate: Callable[[CaughtMail], bool], timeout: float = 10.0
    ) -> CaughtMail:
        """Return the first kept mail that fits, at the latest after ``timeout`` seconds.

        Raises ``TimeoutError`` that names the mails which came instead.
        """
        with self._arrived:
            self._arrived.wait_for(lambda: any(map(predicate, self._mails)), timeout)
            for mail in self._mails:
                if predicate(mail):
                    return mail
            came = "; ".join(f"{', '.join(m.recipients)}: {m.subject}" for m in self._mails)
        raise TimeoutError(f"no such mail within {timeout} s; came: {came or 'none'}")


def _decoded(value: str) -> str:
    return str(make_header(decode_header(_FOLD.sub("", value)))).strip()
