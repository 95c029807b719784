"""What the standard library's socket lacks: a listener that lets nobody in any more, but stays."""

import contextlib
import ctypes
import socket
import struct
import sys

_SO_ATTACH_FILTER = 26
_DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)  # one instruction: return 0, keep nothing


def let_nobody_in(listener: socket.socket) -> None:
    """Let the system drop whatever asks to be connected to ``listener`` from now on.

    Who is connected and waits to be accepted stays so. Without it, whoever comes between the last
    ``accept`` and the closing has a connection, sends his request and is reset: at an upgrade under
    load, one in ten stops lost a request. Now he asks again after a second, by himself, and finds
    the next process or nobody. Linux alone (socket(7), SO_ATTACH_FILTER); elsewhere nothing is
    done.
    """
    if not sys.platform.startswith("linux"):
        return
    program = ctypes.create_string_buffer(_DROP_ALL)
    # struct sock_fprog: how many instructions, and where they are.
    described = struct.pack("HP", 1, ctypes.addressof(program))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
