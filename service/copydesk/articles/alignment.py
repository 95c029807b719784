"""Lay a short text over the place in a long one where it most likely stood. Pure.

Long runs that both share carry the alignment, as anchors; between two runs the shortest edit
decides. The road not taken is one shortest edit of everything: it scatters the letters of a deleted
sentence over whatever stands near.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from copydesk.articles.places import Candidate
from copydesk.articles.window import Window

RUN = 5
"""Characters that two texts must share in a row to be an anchor."""
MOST_RUNS = 64
MOST_HITS = 64
# In characters of agreement. A jump must earn what it costs: rows of a table are alike, and a chain
# that jumps to the next row for a few letters more would find the words of another row.
BREAK_PRICE = 3.0
SHIFT_PRICE = 0.5
MOST_SHIFT_PRICE = 30.0


@dataclass(frozen=True)
class Run:
    """``length`` characters that are equal, from ``at`` in the window and ``there`` in the page."""

    at: int
    there: int
    length: int

    @property
    def at_end(self) -> int:
        """Where it ends in the window."""
        return self.at + self.length

    @property
    def there_end(self) -> int:
        """Where it ends in the page."""
        return self.there + self.length

    def part(self, begin: int, end: int) -> "Run":
        """Return the run between two of its own offsets."""
        return Run(self.at + begin, self.there + begin, end - begin)


def align(page: str, window: Window, candidate: Candidate) -> list[Run]:
    """Return equal pieces in order, without overlaps, as the window lies over the candidate.

    Where a change may as well lie in the quote as beside it ("in in the house" lost one "in"), it
    is taken to lie in the quote: that is what somebody said was wrong.
    """
    runs = sorted(_runs(page, window.text, candidate), key=lambda run: (run.at, run.there))
    pieces: list[Run] = []
    for run in _chain(runs):
        rest = run
        if pieces:
            left = pieces[-1]
            overlap = max(0, left.at_end - run.at, left.there_end - run.there)
            if overlap:
                cut = _cut(left, run, overlap, window)
                pieces[-1] = left.part(0, left.length - overlap + cut)
                rest = run.part(cut, run.length)
        pieces.append(rest)
    return list(_filled(pieces, page, window))


def _runs(page: str, window: str, candidate: Candidate) -> list[Run]:
    """Return the longest maximal common runs of the candidate's shifts."""
    low, high = candidate.shift - candidate.spread, candidate.shift + candidate.spread
    index: dict[str, list[int]] = defaultdict(list)
    for at in range(len(window) - RUN + 1):
        index[window[at : at + RUN]].append(at)
    found: list[Run] = []
    reached: dict[int, int] = {}
    for there in range(max(0, low), min(len(page), high + len(window)) - RUN + 1):
        for at in index.get(page[there : there + RUN], ())[:MOST_HITS]:
            shift = there - at
            if low <= shift <= high and reached.get(shift, -1) <= there:
                length = _common(page, there, window, at)
                reached[shift] = there + length
                found.append(Run(at, there, length))
    found.sort(key=lambda run: -run.length)
    return found[:MOST_RUNS]


def _common(page: str, there: int, window: str, at: int) -> int:
    length, most = RUN, min(len(page) - there, len(window) - at)
    while length < most and page[there + length] == window[at + length]:
        length += 1
    return length


def _chain(runs: list[Run]) -> list[Run]:
    """Choose the runs in order that cover most, with a price for each break.

    Numbers in local names, not attributes of runs: this loop is where finding spends its time.
    """
    plain = [(run.at, run.there, run.length) for run in runs]
    best: list[float] = []
    before: list[int | None] = []
    for at, there, length in plain:
        score, previous = float(length), None
        for number, so_far in enumerate(best):
            if so_far + length - BREAK_PRICE <= score:
                continue
            left_at, left_there, left_length = plain[number]
            overlap = max(0, left_at + left_length - at, left_there + left_length - there)
            if left_there >= there or overlap >= length or overlap >= left_length:
                continue
            price = abs(there - at - left_there + left_at) * SHIFT_PRICE
            candidate = so_far + length - overlap - BREAK_PRICE - min(MOST_SHIFT_PRICE, price)
            if candidate > score:
                score, previous = candidate, number
        best.append(score)
        before.append(previous)
    chain: list[Run] = []
    current = max(range(len(runs)), key=lambda number: best[number]) if runs else None
    while current is not None:
        chain.append(runs[current])
        current = before[current]
    return chain[::-1]


def _cut(left: Run, right: Run, overlap: int, window: Window) -> int:
    """Say how many of the overlapping characters stay with the left run."""
    start, end = window.start, window.end

    def in_quote(cut: int) -> int:
        lost_from, lost_to = left.at_end - overlap + cut, right.at + cut
        if lost_from == lost_to:  # text was put in at this point of the window
            return int(start < lost_from < end)
        return min(end, lost_to) - max(start, lost_from)

    return max(range(overlap + 1), key=lambda cut: (in_quote(cut), cut))


def _filled(pieces: list[Run], page: str, window: Window) -> Iterator[Run]:
    """Yield the pieces and, in the gaps that touch the quote, what the shortest edit keeps."""
    for number, piece in enumerate(pieces):
        yield piece
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        if following is None or piece.at_end > window.end or following.at < window.start:
            continue
        lost = window.text[piece.at_end : following.at]
        there = page[piece.there_end : following.there]
        for code in Levenshtein.opcodes(lost, there):
            if code.tag == "equal":
                length = code.src_end - code.src_start
                yield Run(piece.at_end + code.src_start, piece.there_end + code.dest_start, length)
