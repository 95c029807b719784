"""Ten times more readers than can be served, and senders who never finish."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.bench.load import load, report_request
from tests.bench.offer import PUT_OFF, offer
from tests.faults.figures import Figure, seconds, told
from tests.faults.process import Service, running
from tests.faults.readers import seconds_to_heal
from tests.faults.scene import SITE, Scene

TIMES = 10
P99_MS = 2000.0
SLOW_SENDERS = 500
CAPACITY_SECONDS = 2.0


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
        stored = len(scene.stored()) - calm.statuses[201] - 1
        put_off = sum(outcome.statuses.pop(status, 0) for status in PUT_OFF)
        return [
            told("served when calm, a second", calm.per_second),
            told("offered a second", outcome.offered),
            told("accepted a second", accepted / outcome.seconds),
            told("put off (429, 503)", put_off),
            told("not let in", outcome.cut_off),
            Figure("lost", max(0, accepted - stored)),
            Figure("other answers", sum(outcome.statuses.values())),
            Figure("died", int(not service.is_alive())),
            seconds("p99 of what is accepted, ms", outcome.quantile(0.99), P99_MS),
            seconds("seconds until healthy", healed, 5),
        ]


def slow_senders(scene: Scene, *, number: int, reports: int) -> list[Figure]:
    """Let so many connections send a byte now and then while others report."""
    host = scene.press_url.removeprefix("http://")
    with running(scene, "--no-worker") as service, _dripping(service, number):
        requests = [report_request(SITE, host, number, scheme="http") for number in range(reports)]
        outcome = load(service.port, requests, connections=8, seconds=60)
        return [
            told("slow senders", number),
            Figure("not answered", reports - outcome.statuses.get(201, 0)),
            Figure("died", int(not service.is_alive())),
            seconds("p99 of the others, ms", outcome.quantile(0.99), P99_MS),
        ]


@contextmanager
def _dripping(service: Service, number: int) -> Iterator[None]:
    head = b"POST /api/v1/reports HTTP/1.1\r\nHost: here\r\nContent-Length: 60000\r\n\r\n"
    ended = threading.Event()
    with ExitStack() as stack:
        links = [
            stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            for _ in range(number)
        ]

        def drip() -> None:
            piece = head
            while not ended.is_set():
                for link in links:
                    try:
                        link.sendall(piece)
                    except OSError:  # cut, as it should be after a while
                        continue
                piece = b"x"
                ended.wait(1)

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
