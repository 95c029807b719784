"""The newspaper and the mail server say nothing at all: readers notice none of it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.figures import Figure, seconds, told
from tests.faults.process import running
from tests.faults.readers import Book, Readers
from tests.faults.scene import Scene

RATE = 20.0
MOST_TIMES = 1.2


def others_hang(scene: Scene, *, reports: int) -> list[Figure]:
    """Compare what readers wait while all is well, and while all that is done for them hangs."""
    well = _read(scene, reports, {})
    with _deaf() as mail:
        scene.press_answers.clear()
        ill = _read(scene, reports, {"COPYDESK_MAIL__URL": f"smtp://{mail}"})
        scene.press_answers.set()
    return [
        told("acknowledged", len(well.acknowledged) + len(ill.acknowledged)),
        Figure("wrong answers", len(ill.wrong) + len(well.wrong)),
        Figure("put off", ill.statuses[503]),
        Figure("lost", ill.lost(scene)),
        told("p99 when all is well, ms", well.quantile(0.99)),
        told("p99 while they hang, ms", ill.quantile(0.99)),
        seconds("times", ill.quantile(0.99) / well.quantile(0.99), MOST_TIMES),
    ]


def _read(scene: Scene, reports: int, settings: dict[str, str]) -> Book:
    with (
        running(scene, settings=settings) as service,
        Readers(scene, service.port, rate=RATE) as readers,
    ):
        readers.wait_for(reports)
    return readers.book


@contextmanager
def _deaf() -> Iterator[str]:
    """Listen, and never answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
