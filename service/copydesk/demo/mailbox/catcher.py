"""The SMTP side: real conversations on a loopback port."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from copydesk.demo.mailbox.mailbox import Mailbox
from copydesk.demo.servers import LOOPBACK, free_port

MAX_MAIL_BYTES = 5 * 1024 * 1024


class _Keep:
    """What aiosmtpd calls once a mail is complete."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail; the name is aiosmtpd's."""
        del server, session
        self._mailbox.add(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            raw=envelope.original_content,
        )
        return "250 Kept"


@contextmanager
def catching_mail(mailbox: Mailbox, port: int = 0) -> Iterator[str]:
    """Take mail on loopback into ``mailbox`` and yield the ``smtp://host:port`` to send it to.

    aiosmtpd can't take port 0, so a free one is chosen here. Raises ``OSError`` when ``port`` is
    taken.
    """
    chosen = port or free_port()
    controller = Controller(
        _Keep(mailbox), hostname=LOOPBACK, port=chosen, data_size_limit=MAX_MAIL_BYTES
    )
    controller.start()
    try:
        yield f"smtp://{LOOPBACK}:{chosen}"
    finally:
        controller.stop()
