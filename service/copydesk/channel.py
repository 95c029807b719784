"""A connection of the server: since when its request has been arriving, and how it ends."""

import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from copydesk.framing import StrictParser

REQUEST_SECONDS = 20.0
"""How long a request may take to arrive, head and body: 64 KiB at 26 kbit/s."""
_BODY = (
    b'{"type":"about:blank","title":"Temporarily unavailable","status":503,'
    b'"detail":"Too many requests wait; try again.","errors":[]}'
)
# Pages of other hosts may read it, or a reader's widget would not know when to come again.
TURNED_AWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n"
    b"Cache-Control: no-store\r\nContent-Type: application/problem+json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class Task(WSGITask):
    """Tells the client that the connection ends with this answer once the server is to stop."""

    def build_response_header(self) -> bytes:
        """Write the head of the answer."""
        server: Any = self.channel.server
        if server.ends:
            self.set_close_on_finish()
        header: bytes = super().build_response_header()
        return header


class Channel(HTTPChannel):
    """Knows since when the request that is arriving has been arriving.

    The package's own time limit is for silence: a byte now and then keeps a connection for ever.
    """

    task_class = Task
    parser_class = StrictParser
    arriving_since: float | None = None
    waiting_since = 0.0

    def __repr__(self) -> str:
        """Name it for the log of a crash without the sender's address."""
        return f"<{type(self).__name__} at {id(self):#x}>"

    __str__ = __repr__

    def service(self) -> None:
        """Answer the request, and count it."""
        super().service()
        server: Any = self.server
        server.served += 1

    def received(self, data: bytes) -> bool:
        """Take what has arrived, and note since when the request it belongs to has."""
        if self.request is None:
            self.arriving_since = time.monotonic()
        taken: bool = super().received(data)
        if self.request is None:
            self.arriving_since = None
        return taken

    def is_late(self, now: float) -> bool:
        """Say whether a request has been arriving for too long."""
        return self.arriving_since is not None and now - self.arriving_since > REQUEST_SECONDS

    def turn_away(self) -> None:
        """Answer 503 without asking the application.

        For whoever holds the lock of the requests: the loop, or the thread that has answered the
        one before.
        """
        self.write_soon(TURNED_AWAY)
        self.close_when_flushed = True
        for request in self.requests:
            request.close()
        self.requests = []

    def is_busy(self) -> bool:
        """Say whether a request is arriving, being answered, or its answer on its way."""
        return bool(self.requests or self.total_outbufs_len or self.request is not None)
