"""The list over real sockets, in a network namespace in which every address is this machine.

Run as ``unshare --net --map-root-user python -m tests.attacks.namespace``; prints JSON: how many
cases, how many of them reached a socket at all, and every address and port that was connected to.
Outside such a namespace it would knock at real doors, so it wants loopback alone.
"""

import json
import selectors
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from unittest.mock import patch

from copydesk.articles.fetch import Fetcher, FetchFailed, FetchRefused
from tests.attacks.case import PUBLIC, PUBLIC_V6, Case
from tests.attacks.everything import cases, controls
from tests.attacks.internet import Answering, Internet
from tests.attacks.parsers import ODD_PORTS

CONTROLS = [
    *controls(),
    Case("a literal public IPv6 address", f"http://[{PUBLIC_V6}]/", is_read=True),
]
COMMAND = ("unshare", "--net", "--map-root-user")


class Doors:
    """Listeners on every port of the list, at every address there is."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self.knocks: list[tuple[str, int]] = []
        for port in (80, 443, *sorted(set(ODD_PORTS) - {0})):
            # One for both families.
            listener = socket.create_server(
                ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64
            )
            listener.settimeout(0)
            self._selector.register(listener, selectors.EVENT_READ)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            self._take(None)

    def _take(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            assert isinstance(key.fileobj, socket.socket)
            with self._lock, suppress(BlockingIOError):
                connection, _ = key.fileobj.accept()
                address, port = connection.getsockname()[:2]
                self.knocks.append((address.removeprefix("::ffff:"), port))
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(65536)
                if not piece:
                    return
                request += piece
            self._answering(connection, request)

    def close(self) -> None:
        """Take what is still in the queue: a connect is complete before it is accepted."""
        for _ in range(100):
            self._take(0)


def main() -> int:
    """Run all cases and print what happened."""
    links = subprocess.run(["ip", "-o", "link"], check=True, capture_output=True, text=True).stdout
    if len(links.splitlines()) != 1:
        sys.stderr.write("This is no empty network namespace.\n")
        return 2
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
    ):
        subprocess.run(command.split(), check=True)
    answering, net = Answering(), Internet(0)
    doors = Doors(answering)
    with patch("socket.getaddrinfo", net.lookup):
        reached = sum(_reaches(doors, net, answering, case) for case in cases())
        read = sum(_reaches(doors, net, answering, case) for case in CONTROLS)
    doors.close()
    result = {
        "cases": len(cases()),
        "reached": reached,
        "controls": [read, len(CONTROLS)],
        "knocks": sorted(set(doors.knocks)),
    }
    sys.stdout.write(json.dumps(result))
    return 0


def _reaches(doors: Doors, net: Internet, answering: Answering, case: Case) -> bool:
    answering.begin(case)
    net.begin(case.names or ((PUBLIC,),))
    before = len(doors.knocks)
    with suppress(FetchFailed, FetchRefused):
        Fetcher(deadline=5).fetch(case.url)
    return len(doors.knocks) > before


if __name__ == "__main__":
    sys.exit(main())
