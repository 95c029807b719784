"""A small internet inside this process: its name server lies, and every connect is written down.

It stands in for the network and for nothing else: ``socket.getaddrinfo`` answers what a case says,
and a socket that connects anywhere ends at one server on loopback. So the same list runs through
any library, needs no rights, and no packet leaves the machine when a guard fails.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from unittest.mock import patch

from tests.attacks.case import OUTSIDE, PORTS, PUBLIC, Answers, Case
from tests.page_server import OK, PAGE, Script, serving

Page = TypeVar("Page")

HELD = 3.0
"""Seconds a connection waits for a host that does not answer, if it knows no limit itself."""

_real_lookup = socket.getaddrinfo
_Socket = socket.socket


class Internet:
    """What was looked up and connected to since ``begin``."""

    def __init__(self, port: int) -> None:
        self.connects: list[tuple[str, int]] = []
        self.is_silent = False
        """Whether no host answers a connect."""
        self.slow_names = threading.Event()
        self.slow_names.set()
        """Cleared: the name server does not answer."""
        self._port = port
        self._open: list[socket.socket] = []
        self._names: Answers = ((PUBLIC,),)
        self._asked = 0

    def begin(self, names: Answers = ((PUBLIC,),)) -> None:
        """Forget the last case; ``names`` as in ``Case``."""
        self.connects = []
        self._names = names
        self._asked = 0

    @property
    def inside(self) -> list[tuple[str, int]]:
        """Connects to an address that is not public."""
        return [found for found in self.connects if found[0] not in OUTSIDE]

    @property
    def odd_ports(self) -> list[tuple[str, int]]:
        """Connects to a port that no newspaper is read at."""
        return [found for found in self.connects if found[1] not in PORTS]

    def lookup(self, host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        """Stand in for ``socket.getaddrinfo``: numbers as the C library reads them, else a lie."""
        self.slow_names.wait(HELD)
        try:
            return _real_lookup(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            pass
        if str(host).lower().rstrip(".").endswith("localhost"):
            return [_entry("127.0.0.1", int(port or 0))]
        answer = self._names[min(self._asked, len(self._names) - 1)]
        self._asked += 1
        return [_entry(address, int(port or 0)) for address in answer]

    def connect(self, connection: socket.socket, address: tuple[Any, ...]) -> None:
        """Stand in for the network: note where it goes, and lead it to our server."""
        self.connects.append((str(address[0]), int(address[1])))
        if self.is_silent:
            threading.Event().wait(min(connection.gettimeout() or HELD, HELD))
            raise TimeoutError("the host does not answer")
        if connection.family != socket.AF_INET:
            raise ConnectionRefusedError("this internet answers over IPv4 only")
        _Socket.connect(connection, ("127.0.0.1", self._port))
        self._open.append(connection.dup())

    def hang_up(self) -> None:
        """End all connections, for readers that would wait for ever."""
        while self._open:
            with self._open.pop() as connection, suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _entry(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        where: tuple[Any, ...] = (address, port, 0, 0)
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", where)
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@contextmanager
def internet(script: Script) -> Iterator[Internet]:
    """Put the small internet in the place of the real one; its only server runs ``script``."""
    with serving(script) as server:
        net = Internet(server.port)

        class Wired(_Socket):
            def connect(self, address: Any) -> None:
                net.connect(self, address)
                self.wanted = address

            def getpeername(self) -> Any:  # some look again where they are
                return getattr(self, "wanted", None) or super().getpeername()

        with patch("socket.getaddrinfo", net.lookup), patch("socket.socket", Wired):
            yield net
            net.hang_up()


class Answering:
    """A script that sends a case's hops and then a page."""

    def __init__(self) -> None:
        self._hops: tuple[str, ...] = ()
        self._number = 0

    def begin(self, case: Case) -> None:
        """Answer the next requests as ``case`` says."""
        self._hops = case.hops
        self._number = 0

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        """Send the next answer."""
        del request
        number = self._number
        self._number += 1
        hop = self._hops[number] if number < len(self._hops) else ""
        connection.sendall(_answer(hop))


def _answer(hop: str) -> bytes:
    length = b"Content-Length: %d\r\n\r\n" % len(PAGE)
    if not hop:
        return OK + length + PAGE
    status, _, rest = hop.partition(" ")
    if not status.isdecimal():
        status, rest = "302", hop
    header = rest if status == "200" and ": " in rest else f"Location: {rest}"
    head = OK.replace(b"200 OK", f"{status} Answer".encode())
    return head + header.encode() + b"\r\n" + length + PAGE


def run(net: Internet, answering: Answering, case: Case, fetch: Callable[[str], Page]) -> Page:
    """Let ``fetch`` read the case's address; whatever it raises is the caller's."""
    answering.begin(case)
    net.begin(case.names)
    return fetch(case.url)
