"""A WSGI server that stops without dropping a request in flight."""

import contextlib
import time
from typing import Any

from waitress.server import create_server

GRACE_SECONDS = 10
_TICK_SECONDS = 0.2


class Listening:
    """A bound server: ``run`` serves until ``stop`` is called from a signal or another thread."""

    def __init__(self, server: Any, url: str) -> None:
        self._server = server
        self._stopping = False
        self.url = url

    def run(self) -> None:
        """Serve; after ``stop``, take no new connection and finish what has begun."""
        while not self._stopping:
            self._turn(timeout=5.0)
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
        end = time.monotonic() + GRACE_SECONDS
        while self._is_busy() and time.monotonic() < end:
            self._turn(timeout=_TICK_SECONDS)
        self._server.task_dispatcher.shutdown()
        # Idle keep-alive connections and the pipe that wakes the loop.
        self._server.asyncore.close_all(self._server._map)  # noqa: SLF001

    def stop(self) -> None:
        """Ask ``run`` to end; safe in a signal handler."""
        self._stopping = True
        # select() resumes after a signal (PEP 475): the trigger is what wakes it. The loop may have
        # turned on its own since the line above, ended, and closed the trigger.
        with contextlib.suppress(OSError):
            self._server.trigger.pull_trigger()

    def _turn(self, *, timeout: float) -> None:
        server = self._server
        server.asyncore.loop(timeout=timeout, map=server._map, use_poll=True, count=1)  # noqa: SLF001

    def _is_busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def listen(app: Any, bind: str, *, threads: int = 8, behind_proxy: bool = False) -> Listening:
    """Bind ``host:port`` (port 0: any free one) and return the server, not yet running."""
    server: Any = create_server(
        app,
        listen=bind,
        threads=threads,
        ident=None,
        # The app reads the proxy's headers itself and only when told how many proxies there are;
        # from anybody else they are thrown away here.
        clear_untrusted_proxy_headers=not behind_proxy,
        max_request_body_size=1024 * 1024,
        channel_timeout=30,
    )
    return Listening(server, f"http://{server.effective_host}:{server.effective_port}")
