"""A mail server on loopback for tests: catches, refuses or drips as a test asks."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What a mail server caught, and how it answers."""

    def __init__(self) -> None:
        self.port = 0
        self.caught: list[tuple[str, bytes]] = []
        self.answer_recipient = ""
        """Instead of accepting a recipient; empty accepts."""
        self.answer_data = ""
        """Instead of accepting a mail; empty accepts."""

    @property
    def url(self) -> str:
        """Its address as the settings write it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, parsed."""
        return [message_from_bytes(data, policy=policy.default) for _to, data in self.caught]

    @property
    def recipients(self) -> list[str]:
        """To whom they went."""
        return [recipient for recipient, _data in self.caught]

    def text(self, index: int = -1) -> str:
        """Return the plain text of a mail."""
        return self._body(index, "plain")

    def html(self, index: int = -1) -> str:
        """Return the HTML of a mail."""
        return self._body(index, "html")

    def _body(self, index: int, kind: str) -> str:
        part = self.mails[index].get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        del server, session, options
        if self.answer_recipient:
            return self.answer_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        if self.answer_data:
            return self.answer_data
        assert isinstance(envelope.content, bytes)
        self.caught += [(address, envelope.content) for address in envelope.rcpt_tos]
        return "250 OK"


@contextlib.contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """Run a real SMTP server on a free loopback port."""
    mailbox = Mailbox()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(mailbox, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_let_go(server))
        loop.close()


async def _let_go(server: asyncio.Server) -> None:
    """End what is still spoken and wait until every socket is closed."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await server.wait_closed()


@contextlib.contextmanager
def scripted_server(greeting: bytes, *, repeat: bytes = b"", pause: float = 0) -> Iterator[int]:
    """Run a server that greets once and then repeats bytes, slowly if asked, and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _address = listener.accept()
            with connection:
                connection.sendall(greeting)
                while not stop.wait(pause or 0.001):
                    if repeat:
                        connection.sendall(repeat)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        listener.close()
        thread.join(5)


def free_port() -> int:
    """Return a loopback port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
