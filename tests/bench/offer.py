"""An open loop on loopback: so many new connections a second, whatever becomes of the others.

What a crowd does: nobody waits for somebody else's answer. From a process of its own, like
``load.py``, whose requests it takes. It shares the machine with what it loads: ``offered`` says how
many it did bring.
"""

import errno
import resource
import select
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.bench.load import Outcome, answered, from_child, report_id, report_request

PATIENCE_SECONDS = 20.0
"""After so long without an answer a reader is gone."""
MOST_WAITING = 10_000
"""Who comes when so many wait already is not let in: a machine's own limit is near."""
AT_ONCE = 64
"""So many come before those who wait are heard: a crowd that listens late measures itself."""
PUT_OFF = frozenset({429, 503})
_TURN_SECONDS = 0.002
_NOT_YET = frozenset({errno.EAGAIN, errno.ENOTCONN})


@dataclass
class Offered(Outcome):
    """What came of a crowd."""

    offered: float = 0.0
    """Readers a second who came."""
    acknowledged: set[str] = field(default_factory=set)
    """The ids of the reports that were answered 201."""
    not_let_in: int = 0
    """Readers whose report was not even sent."""
    without_time: int = 0
    """Readers who were put off and not told when to come again (``Retry-After``)."""


@dataclass
class _Call:
    link: socket.socket
    request: bytes
    begun: float
    is_sent: bool = False
    received: bytes = b""


def offer(port: int, *, site: str, host: str, rate: float, seconds: float) -> Offered:
    """Send new reports at this rate for so long; ``cut_off``: who sent one and got no answer."""
    outcome = from_child(_drive, port, site, host, rate, seconds)
    assert isinstance(outcome, Offered)
    return outcome


def _drive(pipe: Any, port: int, site: str, host: str, rate: float, seconds: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # A third of all: whoever is put off comes again with the same, as the widget does.
    enough = int(rate * seconds / 3) + MOST_WAITING
    crowd = _Crowd(
        port, [report_request(site, host, number, scheme="http") for number in range(enough)]
    )
    begun = time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        for _ in range(min(AT_ONCE, int(passed * rate) - crowd.called)):
            crowd.call()
        crowd.turn()
    crowd.outcome.offered = crowd.called / passed
    while crowd.is_waiting():
        crowd.turn()
    crowd.outcome.seconds = time.perf_counter() - begun
    pipe.send(crowd.end())


class _Crowd:
    """All who wait for an answer."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.outcome = Offered()
        self.called = 0
        self._port = port
        self._requests = deque(requests)
        self._accepted: list[bytes] = []
        self._waiting: dict[int, _Call] = {}
        self._poll = select.epoll()
        self._next_look = 0.0

    def end(self) -> Offered:
        """Return what came of it."""
        self.outcome.acknowledged = {report_id(request) for request in self._accepted}
        return self.outcome

    def is_waiting(self) -> bool:
        """Say whether anybody waits."""
        return bool(self._waiting)

    def call(self) -> None:
        """Let one more come."""
        self.called += 1
        if len(self._waiting) >= MOST_WAITING:
            self.outcome.not_let_in += 1
            return
        link = socket.socket()
        link.settimeout(0)
        if link.connect_ex(("127.0.0.1", self._port)) not in {0, errno.EINPROGRESS}:
            link.close()
            self.outcome.not_let_in += 1
            return
        call = _Call(link, self._requests.popleft(), time.perf_counter())
        self._waiting[link.fileno()] = call
        try:
            self._send(call)  # on loopback it is let in by now, unless the door is full
        except OSError as error:
            if error.errno not in _NOT_YET:
                self._end(call, None)
                return
        self._poll.register(link, select.EPOLLIN if call.is_sent else select.EPOLLOUT)

    def turn(self) -> None:
        """Hear who is answered; send those away whose patience has ended."""
        for file, _ in self._poll.poll(_TURN_SECONDS):
            call = self._waiting[file]
            try:
                self._go_on(call)
            except OSError:
                self._end(call, None)
        now = time.perf_counter()
        if now > self._next_look:
            self._next_look = now + 1
            for call in list(self._waiting.values()):
                if now - call.begun > PATIENCE_SECONDS:
                    self._end(call, None)

    def _send(self, call: _Call) -> None:
        call.link.sendall(call.request)
        call.is_sent = True

    def _go_on(self, call: _Call) -> None:
        if not call.is_sent:
            self._send(call)
            self._poll.modify(call.link, select.EPOLLIN)
            return
        piece = call.link.recv(65536)
        call.received += piece
        status = answered(call.received)
        if status is not None or not piece:
            self._end(call, status)

    def _end(self, call: _Call, status: int | None) -> None:
        del self._waiting[call.link.fileno()]
        call.link.close()  # and the poll forgets it
        if status is None:
            self.outcome.cut_off += call.is_sent
            self.outcome.not_let_in += not call.is_sent
            return
        if status in PUT_OFF:
            self._requests.append(call.request)
            self.outcome.without_time += b"\r\nretry-after: " not in call.received.lower()
        self.outcome.statuses[status] = self.outcome.statuses.get(status, 0) + 1
        if status == 201:
            self.outcome.latencies.append(time.perf_counter() - call.begun)
            self._accepted.append(call.request)
