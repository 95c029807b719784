"""Equal stretches of a short text and a long one. Pure."""

from typing import NamedTuple

from copydesk.articles.window import copies

MOST_RUNS = 64
MOST_HITS = 64
"""Places of one piece in the page that are looked at: one that stands more often says little."""


class Run(NamedTuple):
    """``length`` characters that are equal, from ``at`` in the window and ``there`` in the page."""

    at: int
    there: int
    length: int

    @property
    def shift(self) -> int:
        """How much further it stands in the page than in the window."""
        return self.there - self.at


def longest_runs(page: str, window: str, size: int) -> list[Run]:
    """Return at most 64 maximal runs that both share, the longest first.

    A run is met by one of the pieces of ``size`` characters that stand at every ``size // 2``-th
    place of the window, so none is missed that is half as long again. The road not taken is to
    look at every place of the page: a search for a few dozen pieces passes over most of them.
    """
    found: list[Run] = []
    reached: dict[int, int] = {}
    step = max(1, size // 2)
    for at in range(0, len(window) - size + 1, step):
        for there in copies(page, window[at : at + size], MOST_HITS):
            shift = there - at
            if reached.get(shift, -1) <= at:
                before = _common_before(page, there, window, at)
                length = common(page, there, window, at, size)
                reached[shift] = at + length
                found.append(Run(at - before, there - before, before + length))
    found.sort(key=lambda run: (-run.length, run.there, run.at))
    return found[:MOST_RUNS]


def common(page: str, there: int, window: str, at: int, length: int) -> int:
    """Return how many characters are equal from two places on; the first ``length`` are."""
    most = min(len(page) - there, len(window) - at)
    while length < most and page[there + length] == window[at + length]:
        length += 1
    return length


def _common_before(page: str, there: int, window: str, at: int) -> int:
    most = min(there, at)
    length = 0
    while length < most and page[there - length - 1] == window[at - length - 1]:
        length += 1
    return length
