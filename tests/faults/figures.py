"""What a fault showed, in figures that have a bar each: tests ask whether they hold, benches print.

Times are printed and never asked by a test: the machine decides them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.readers import Book
from tests.faults.scene import Scene

LONGEST_WAIT_SECONDS = 12.0
"""Until a report is put off: it waits 5 s for those before it, and 5 s itself."""


@dataclass(frozen=True)
class Figure:
    """One number; it holds when it does not exceed ``most`` (None: it only informs)."""

    name: str
    value: float
    most: float | None = 0
    is_time: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bar is kept."""
        return self.most is None or self.value <= self.most


def told(name: str, value: float) -> Figure:
    """Return a number without a bar."""
    return Figure(name, value, None)


def seconds(name: str, value: float, most: float | None) -> Figure:
    """Return a time."""
    return Figure(name, value, most, is_time=True)


def broken(figures: Sequence[Figure]) -> list[Figure]:
    """Return what a test finds wrong."""
    return [figure for figure in figures if not figure.holds and not figure.is_time]


def losses(scene: Scene, book: Book) -> list[Figure]:
    """Return what each fault is asked: is what was acknowledged there, was every answer a good one.

    Waits until the outbox is empty and looks for the mail of each report as well.
    """
    left = scene.wait_until_idle()
    return [
        told("acknowledged", len(book.acknowledged)),
        Figure("lost", book.lost(scene)),
        Figure("stored twice", scene.rows() - len(scene.stored())),
        Figure("mails lost", scene.without_mail()),
        Figure("mails under another id", scene.unowed_mails()),
        Figure("steps left over", left),
        Figure("wrong answers", len(book.wrong)),
        Figure("given up", book.given_up),
        told("503", book.statuses[503]),
        seconds("longest wait for a 503, s", max(book.put_off, default=0), LONGEST_WAIT_SECONDS),
    ]
