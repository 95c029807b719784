"""Mail for a developer's terminal: shown, not sent."""

import sys
from email import message_from_bytes, policy
from typing import TextIO


class ConsoleTransport:
    """Writes the plain text of each mail to a stream."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Show the mail; never fails for the mail's sake."""
        del sender
        message = message_from_bytes(data, policy=policy.default)
        body = message.get_body(("plain",))
        lines = [
            "-" * 72,
            f"To: {recipient}",
            f"Subject: {message['Subject']}",
            "",
            str(body.get_content()) if body is not None else "",
            "-" * 72,
        ]
        # Readers' text must not be able to steer a terminal with escape sequences.
        text = "".join(
            character if character.isprintable() or character == "\n" else " "
            for character in "\n".join(lines)
        )
        stream = self._stream or sys.stdout
        stream.write(text + "\n")
        stream.flush()

    def check(self) -> str:
        """Say that nothing is sent."""
        return "mail is shown on the terminal and not sent"
