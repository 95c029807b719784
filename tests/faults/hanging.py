"""The newspaper, the mail server, the name server say nothing at all: readers notice none of it."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tests.faults.figures import Figure, seconds, told
from tests.faults.process import COPYDESK, running
from tests.faults.readers import Book, Readers
from tests.faults.scene import Scene

RATE = 20.0
MOST_TIMES = 1.2
DEAF_NAMES = ("-m", "tests.faults.deaf_names")


def others_hang(scene: Scene, *, reports: int) -> list[Figure]:
    """Compare what readers wait while all is well, and while what is done for them hangs.

    And while nothing is done for them at all: what the service costs them by itself.
    """
    well = _read(scene, reports)
    with _deaf() as mail:
        books = {"mail": _read(scene, reports, mail_url=mail.url)}
        asked = scene.press.asked
        scene.press.answers.clear()
        books["mail and pages"] = _read(scene, reports, mail_url=mail.url)
        scene.press.answers.set()
        knocks, asked = mail.knocks(), scene.press.asked - asked
        books["names"] = _read(scene, reports, mail_url=mail.url, program=DEAF_NAMES)
        knocks_without_names = mail.knocks()
    quiet = _read(scene, reports, options=("--no-worker",))
    every = Book()
    for book in (well, quiet, *books.values()):
        every.add(book)
    return [
        told("acknowledged", len(every.acknowledged)),
        Figure("lost", every.lost(scene)),
        Figure("wrong answers", len(every.wrong)),
        Figure("put off", every.statuses[503]),
        Figure("cut", every.cut),
        Figure("not provoked", (not knocks) + (not asked) + bool(knocks_without_names)),
        told("p99 when nothing is done, ms", quiet.quantile(0.99)),
        told("p99 when all is well, ms", well.quantile(0.99)),
        *(
            figure
            for name, book in books.items()
            for figure in (
                told(f"p99 while {name} hang, ms", book.quantile(0.99)),
                seconds(f"times, {name}", book.quantile(0.99) / well.quantile(0.99), MOST_TIMES),
            )
        ),
    ]


def _read(
    scene: Scene,
    reports: int,
    *,
    mail_url: str = "",
    program: Sequence[str] = COPYDESK,
    options: Sequence[str] = (),
) -> Book:
    settings = {"COPYDESK_MAIL__URL": mail_url} if mail_url else {}
    with (
        running(scene, *options, program=program, settings=settings) as service,
        Readers(scene, service.port, rate=RATE) as readers,
    ):
        readers.wait_for(reports)
    return readers.book


class _Deaf:
    """Listens, and never answers."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        listener.settimeout(0)
        self.url = f"smtp://127.0.0.1:{listener.getsockname()[1]}"

    def knocks(self) -> int:
        """Return how many have come since this was asked last."""
        number = 0
        with suppress(BlockingIOError):
            while True:
                self._listener.accept()[0].close()
                number += 1
        return number


@contextmanager
def _deaf() -> Iterator[_Deaf]:
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listener:
        yield _Deaf(listener)
