"""An open loop on loopback: so many new connections a second, whatever becomes of the others.

What a crowd does: nobody waits for somebody else's answer. From a process of its own, like
``load.py``, whose requests it takes.
"""

import errno
import multiprocessing
import resource
import selectors
import socket
import time
from dataclasses import dataclass
from typing import Any

from tests.bench.load import Outcome, answered, report_request

PATIENCE_SECONDS = 20.0
"""After so long without an answer a reader is gone."""
MOST_WAITING = 10_000
"""Who comes when so many wait already is not let in: a machine's own limit is near."""
_TURN_SECONDS = 0.002


@dataclass
class _Call:
    link: socket.socket
    request: bytes
    begun: float
    is_sent: bool = False
    received: bytes = b""


def offer(port: int, *, site: str, host: str, rate: float, seconds: float) -> Outcome:
    """Send new reports at this rate for so long; ``cut_off`` counts who got no answer in time."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_drive, args=(theirs, port, site, host, rate, seconds))
    child.start()
    theirs.close()  # or we would wait for ever for a child that has died
    outcome = ours.recv()
    child.join()
    assert isinstance(outcome, Outcome)
    return outcome


def _drive(pipe: Any, port: int, site: str, host: str, rate: float, seconds: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    requests = [
        report_request(site, host, number, scheme="http") for number in range(int(rate * seconds))
    ]
    crowd = _Crowd(port)
    begun = time.perf_counter()
    while requests or crowd.is_waiting():
        now = time.perf_counter()
        due = int((now - begun) * rate) - crowd.called
        for _ in range(min(due, len(requests))):
            crowd.call(requests.pop())
        crowd.turn()
    crowd.outcome.seconds = time.perf_counter() - begun
    pipe.send(crowd.outcome)


class _Crowd:
    """All who wait for an answer."""

    def __init__(self, port: int) -> None:
        self.outcome = Outcome()
        self.called = 0
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._next_look = 0.0

    def is_waiting(self) -> bool:
        """Say whether anybody waits."""
        return bool(self._selector.get_map())

    def call(self, request: bytes) -> None:
        """Let one more come."""
        self.called += 1
        if len(self._selector.get_map()) >= MOST_WAITING:
            self.outcome.cut_off += 1
            return
        link = socket.socket()
        link.settimeout(0)
        if link.connect_ex(("127.0.0.1", self._port)) not in {0, errno.EINPROGRESS}:
            link.close()
            self.outcome.cut_off += 1
            return
        self._selector.register(
            link, selectors.EVENT_WRITE, _Call(link, request, time.perf_counter())
        )

    def turn(self) -> None:
        """Hear who is answered; send those away whose patience has ended."""
        for key, _ in self._selector.select(_TURN_SECONDS):
            try:
                self._go_on(key.data)
            except OSError:
                self._end(key.data, None)
        now = time.perf_counter()
        if now > self._next_look:
            self._next_look = now + 1
            for key in list(self._selector.get_map().values()):
                if now - key.data.begun > PATIENCE_SECONDS:
                    self._end(key.data, None)

    def _go_on(self, call: _Call) -> None:
        if not call.is_sent:
            call.link.sendall(call.request)
            call.is_sent = True
            self._selector.modify(call.link, selectors.EVENT_READ, call)
            return
        piece = call.link.recv(65536)
        call.received += piece
        status = answered(call.received)
        if status is not None or not piece:
            self._end(call, status)

    def _end(self, call: _Call, status: int | None) -> None:
        self._selector.unregister(call.link)
        call.link.close()
        if status is None:
            self.outcome.cut_off += 1
            return
        self.outcome.statuses[status] = self.outcome.statuses.get(status, 0) + 1
        if status == 201:
            self.outcome.latencies.append(time.perf_counter() - call.begun)
