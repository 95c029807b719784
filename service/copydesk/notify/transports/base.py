"""What the rest of the room knows of a way to send mail."""

from typing import Protocol


class DeliveryFailed(Exception):
    """A mail did not leave; says whether trying again makes sense.

    ``permanent``: the server refused this very mail for good. ``answered``: it spoke about this
    mail at all; when nobody answered, the try says nothing about the mail and is not counted.
    ``reason`` is for the desk and the log: it holds no address and no words of a reader.
    """

    def __init__(self, reason: str, *, permanent: bool, answered: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.answered = answered


class Transport(Protocol):
    """A way to send mail."""

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Hand ``data`` (RFC 5322) over for one recipient; raises ``DeliveryFailed``.

        ``sender`` and ``recipient`` are plain ASCII addresses of the envelope.
        """

    def check(self) -> str:
        """Try everything but a mail and say in words what was found; raises ``DeliveryFailed``."""
