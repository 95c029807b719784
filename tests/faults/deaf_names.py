"""Copydesk on a machine whose name server never answers."""

import socket
import threading
from typing import Any

from copydesk.cli import main

SECONDS = 60.0
"""Longer than anybody in the service waits for a name."""

_ask = socket.getaddrinfo


def _ask_in_vain(*arguments: Any, **named: Any) -> Any:
    if threading.current_thread() is threading.main_thread():
        return _ask(*arguments, **named)  # where to listen, which is no question to anybody
    threading.Event().wait(SECONDS)
    raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")


if __name__ == "__main__":
    socket.getaddrinfo = _ask_in_vain
    main()
