"""WSGI apps on loopback ports, each in a thread, with a clean stop."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from copydesk.serving import listen

LOOPBACK = "127.0.0.1"
THREADS = 4
STOP_SECONDS = 15
"""A little more than a server's own grace for requests in flight."""
PORTS_TO_TRY = 100


@contextmanager
def serving(app: Any, port: int = 0, *, threads: int = THREADS) -> Iterator[str]:
    """Serve ``app`` on loopback and yield its address, such as ``http://127.0.0.1:8001``.

    Port 0 takes any free one. Raises ``OSError`` when the port is taken.
    """
    server = listen(app, f"{LOOPBACK}:{port}", threads=threads)
    thread = threading.Thread(target=server.run, name=f"serving {server.url}")
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join(STOP_SECONDS)


def free_port(wanted: int = 0, *, besides: frozenset[int] = frozenset()) -> int:
    """Return ``wanted`` if nobody listens there, else the next free port above it; 0: any.

    For servers that can't take port 0 themselves, or whose address must be known before they
    start. Somebody else may take the port in between: then the start fails and says so. Raises
    ``OSError`` when ``PORTS_TO_TRY`` ports in a row are taken.
    """
    if wanted == 0:
        return _bound(0)
    for port in range(wanted, min(wanted + PORTS_TO_TRY, 65536)):
        if port in besides:
            continue
        try:
            return _bound(port)
        except OSError:
            continue
    raise OSError(f"no free port from {wanted} on")


def _bound(port: int) -> int:
    with socket.socket() as probe:
        # As the servers themselves do: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOOPBACK, port))
        return int(probe.getsockname()[1])
