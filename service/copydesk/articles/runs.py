"""Equal stretches of a short text and a long one. Pure."""

from collections import defaultdict
from typing import NamedTuple

MOST_RUNS = 64
MOST_HITS = 64
"""Places of one k-gram, in either text, that are looked at: one that stands more often says little
and would cost much."""


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
    """Return at most 64 maximal runs of ``size`` or more characters, the longest first."""
    index: dict[str, list[int]] = defaultdict(list)
    for at in range(len(window) - size + 1):
        known = index[window[at : at + size]]
        if len(known) < MOST_HITS:
            known.append(at)
    if not index:
        return []
    found: list[Run] = []
    reached: dict[int, int] = {}
    seen: dict[str, int] = defaultdict(int)
    # Nearly all of a page is not in the window: a comprehension leaves that out the fastest.
    hits = [at for at in range(len(page) - size + 1) if page[at : at + size] in index]
    for there in hits:
        gram = page[there : there + size]
        seen[gram] += 1
        if seen[gram] > MOST_HITS:
            continue
        for at in index[gram]:
            shift = there - at
            if reached.get(shift, -1) <= there:
                length = _common(page, there, window, at, size)
                reached[shift] = there + length
                found.append(Run(at, there, length))
    found.sort(key=lambda run: -run.length)
    return found[:MOST_RUNS]


def _common(page: str, there: int, window: str, at: int, length: int) -> int:
    most = min(len(page) - there, len(window) - at)
    while length < most and page[there + length] == window[at + length]:
        length += 1
    return length
