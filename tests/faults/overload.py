"""Ten times more readers than can be served, and senders who never finish."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.bench.load import load, report_request
from tests.bench.offer import PUT_OFF, offer
from tests.faults.figures import Figure, losses, seconds, told
from tests.faults.process import Service, running
from tests.faults.readers import Readers, seconds_to_heal
from tests.faults.scene import SITE, Scene

TIMES = 10
P99_MS = 2000.0
CAPACITY_SECONDS = 2.0
RATE = 20.0
LONGEST_DRIP_SECONDS = 120


def ten_times(scene: Scene, *, for_seconds: float) -> list[Figure]:
    """Offer ten times of what can be served for so long."""
    host = scene.press_url.removeprefix("http://")
    with running(scene, "--no-worker") as service:
        requests = [report_request(SITE, host, number, scheme="http") for number in range(6000)]
        calm = load(service.port, requests, connections=16, seconds=CAPACITY_SECONDS)
        rate = TIMES * calm.per_second
        outcome = offer(service.port, site=SITE, host=host, rate=rate, seconds=for_seconds)
        healed = seconds_to_heal(scene, service.port)
        accepted = outcome.statuses.pop(201, 0)
        put_off = sum(outcome.statuses.pop(status, 0) for status in PUT_OFF)
        stored = scene.stored()
        return [
            told("served when calm, a second", calm.per_second),
            told("offered a second", outcome.offered),
            told("accepted a second", accepted / outcome.seconds),
            told("put off (429, 503)", put_off),
            told("not let in", outcome.not_let_in),
            Figure("not told when to come again", outcome.without_time),
            Figure("sent and not answered", outcome.cut_off),
            Figure("lost", len(outcome.acknowledged - stored.keys())),
            Figure("stored twice", scene.rows() - len(stored)),
            Figure("other answers", sum(outcome.statuses.values())),
            Figure("died", int(not service.is_alive())),
            seconds("p99 of what is accepted, ms", outcome.quantile(0.99), P99_MS),
            seconds("seconds until healthy", healed, 5),
        ]


def slow_senders(scene: Scene, *, number: int) -> list[Figure]:
    """Let so many connections send a byte now and then while others report.

    Until the service has cut each of them off: a request has 20 s to arrive.
    """
    with (
        running(scene) as service,
        Readers(scene, service.port, rate=RATE) as readers,
        _dripping(service, number) as drip,
    ):
        drip.wait_until_cut()
        readers.end()
        return [
            *losses(scene, readers.book),
            told("slow senders", number),
            Figure("never cut off", drip.open),
            Figure("requests cut", readers.book.cut),
            Figure("died", int(not service.is_alive())),
            seconds("p99 of the others, ms", readers.book.quantile(0.99), P99_MS),
        ]


class _Drip:
    """Connections that send the head of a report, then a byte a second."""

    def __init__(self, links: list[socket.socket]) -> None:
        self._links = links
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._drip)
        self._thread.start()

    @property
    def open(self) -> int:
        """How many of them the service has not ended."""
        return len(self._links)

    def wait_until_cut(self) -> None:
        """Return when none is open any more, or after a long while."""
        self._thread.join(LONGEST_DRIP_SECONDS)

    def end(self) -> None:
        """Send no more."""
        self._ended.set()
        self._thread.join()

    def _drip(self) -> None:
        piece = b"POST /api/v1/reports HTTP/1.1\r\nHost: here\r\nContent-Length: 60000\r\n\r\n"
        while self._links and not self._ended.is_set():
            self._links = [link for link in self._links if _send(link, piece)]
            piece = b"x"
            self._ended.wait(1)


def _send(link: socket.socket, piece: bytes) -> bool:
    """Send it; False when the other side has ended the connection."""
    poll = select.poll()
    poll.register(link, select.POLLRDHUP)
    if poll.poll(0):
        return False
    try:
        link.sendall(piece)
    except OSError:
        return False
    return True


@contextmanager
def _dripping(service: Service, number: int) -> Iterator[_Drip]:
    with ExitStack() as stack:
        address = ("127.0.0.1", service.port)
        drip = _Drip(
            [stack.enter_context(socket.create_connection(address)) for _ in range(number)]
        )
        stack.callback(drip.end)
        yield drip
