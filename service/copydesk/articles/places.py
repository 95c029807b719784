"""Where in a page a window may stand now: candidates, best first. Pure."""

from collections import defaultdict
from dataclasses import dataclass

from copydesk.articles.window import MIDDLE, NEAR, Window, copies

GRAM = 8
"""Characters of a k-gram that votes for a place."""
COMMON_IN_PAGE = 64
COMMON_IN_WINDOW = 8
"""A k-gram that stands more often than this says nothing and would cost much."""
REACH = 400
"""Characters that may have been put in or taken out within one window."""
TIGHT = 48
MOST_PLACES = 6
MOST_HITS = 8


@dataclass(frozen=True)
class Candidate:
    """Runs whose shift (page offset minus window offset) is within ``spread`` of ``shift``."""

    shift: int
    spread: int


def candidates(page: str, window: Window) -> list[Candidate]:
    """Return places by the votes of k-grams and by exact hits of the inner window."""
    hits = [
        Candidate(at - begin, TIGHT)
        for begin, end in _inner(window)
        for at in copies(page, window.text[begin:end], MOST_HITS)
    ]
    voted = [Candidate(shift, REACH) for shift in _voted(page, window.text)]
    return list(dict.fromkeys(hits + voted))


def _inner(window: Window) -> list[tuple[int, int]]:
    """Return the window cut to 96 and to 32 characters each side, and to the quote's block.

    Hits are candidates like any other and never the answer: after a correction the same inner
    window may well stand in a copy elsewhere.
    """
    spans = []
    for size in (MIDDLE, NEAR):
        start, end = window.start - size, window.end + size
        spans.append((max(0, start), min(len(window.text), end)))
        spans.append((max(window.block_start, start), min(window.block_end, end)))
    return [span for span in dict.fromkeys(spans) if span[1] - span[0] >= GRAM]


def _voted(page: str, window: str) -> list[int]:
    size = min(GRAM, max(3, len(window) // 3))
    index: dict[str, list[int]] = defaultdict(list)
    for at in range(len(window) - size + 1):
        known = index[window[at : at + size]]
        if len(known) < COMMON_IN_WINDOW:
            known.append(at)
    seen: dict[str, list[int]] = defaultdict(list)
    for there in range(len(page) - size + 1):
        gram = page[there : there + size]
        if gram in index:
            found = seen[gram]
            if len(found) <= COMMON_IN_PAGE:
                found.append(there)
    votes: dict[int, float] = defaultdict(float)
    for gram, found in seen.items():
        if len(found) <= COMMON_IN_PAGE:
            weight = 1.0 / (len(found) * len(index[gram]))
            for there in found:
                for at in index[gram]:
                    votes[(there - at) // REACH] += weight
    return _peaks(votes)


def _peaks(votes: dict[int, float]) -> list[int]:
    """Return the middles of the strongest buckets, counting the stronger neighbour of each."""
    strength = {
        bucket: votes[bucket] + max(votes.get(bucket + 1, 0.0), votes.get(bucket - 1, 0.0))
        for bucket in list(votes)
    }
    best = sorted(strength, key=lambda bucket: (-strength[bucket], bucket))[:MOST_PLACES]
    return [bucket * REACH + REACH // 2 for bucket in best]
