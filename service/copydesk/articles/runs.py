"""Equal stretches of a short text and a long one. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

MOST_RUNS = 64
MOST_HITS = 64
"""Places of one k-gram, in either text, that are looked at: one that stands more often says little
and would cost much."""
PIECE = 1 << 13
"""Places of the page that are tried before the k-grams that are used up are left out."""


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
    """Return at most 64 maximal runs of ``size`` or more characters, the longest first.

    Meant for whole pages: what the window has in common with one costs little to find, and nearly
    all of a page is passed over.
    """
    index = {gram: places[:MOST_HITS] for gram, places in grams(window, size).items()}
    seen = dict.fromkeys(index, 0)
    found: list[Run] = []
    reached: dict[int, int] = {}
    for there in _hits(page, index, size):
        gram = page[there : there + size]
        places = index.get(gram, ())
        seen[gram] += 1
        if seen[gram] == MOST_HITS:
            del index[gram]
        for at in places:
            shift = there - at
            if reached.get(shift, -1) <= there:
                length = common(page, there, window, at, size)
                reached[shift] = there + length
                found.append(Run(at, there, length))
    found.sort(key=lambda run: -run.length)
    return found[:MOST_RUNS]


def grams(text: str, size: int) -> dict[str, list[int]]:
    """Return each k-gram of a text with its places."""
    index: dict[str, list[int]] = defaultdict(list)
    for at in range(len(text) - size + 1):
        index[text[at : at + size]].append(at)
    return dict(index)


def common(page: str, there: int, window: str, at: int, length: int) -> int:
    """Return how many characters are equal from two places on; the first ``length`` are."""
    most = min(len(page) - there, len(window) - at)
    while length < most and page[there + length] == window[at + length]:
        length += 1
    return length


def _hits(page: str, index: dict[str, list[int]], size: int) -> Iterator[int]:
    """Yield where k-grams of the index stand in the page; what is taken out of it comes no more.

    Whoever stands on every ``step``-th place meets the same shorter part of each k-gram, so that
    only those places are looked at first.
    """
    step = size - size // 2
    part = size - step + 1
    last = len(page) - size + 1
    parts: set[str] = set()
    known = -1
    for begin in range(0, last, PIECE * step):
        if known != len(index):
            known = len(index)
            parts = {gram[at : at + part] for gram in index for at in range(step)}
        stop = min(last, begin + PIECE * step) + step - 1
        met = [at for at in range(begin + step - 1, stop, step) if page[at : at + part] in parts]
        yield from [
            there
            for at in met
            for there in range(at - step + 1, at + 1)
            if page[there : there + size] in index
        ]
