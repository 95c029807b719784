"""Read a quote at one place of a page: does it stand there, and what stands there now? Pure."""

from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from copydesk.articles.alignment import Run, align
from copydesk.articles.places import Candidate
from copydesk.articles.window import MIDDLE, NEAR, Page, Window, is_inside_word

Kind = Literal["there", "changed", "gone", "unsure"]

FLOOR = 0.3
"""Share of the weighted context that must be found before a place counts at all."""
BESIDE = 0.5
"""Share of the 32 characters beside the quote that makes a side well known."""
LONGER = 48
"""Characters by which rewritten text may outgrow the quote and still be what stands there now."""
ALIKE = 60.0
"""Similarity in per cent from which other words still answer to the quote."""
SHORTEST_ALIKE = 4
BOTH = 2
MOVED = 0.9
MOVED_LEAST = 24


@dataclass(frozen=True)
class Place:
    """What one place of the page says; ``start`` and ``end`` are offsets there."""

    kind: Kind
    start: int
    end: int
    score: float
    reason: str
    sides: int
    """How many sides of the quote (0 to 2) are well known there; a missing side is."""
    whole_block: bool
    """Whether the quote's block is there as it was, as far as the context tells."""
    is_wide: bool
    """Whether more is found than the closest words: a quotation elsewhere brings only those."""


@dataclass(frozen=True)
class _Evidence:
    pieces: list[Run]
    score: float
    left: int | None
    """Where in the page the context before the quote ends; None when none of it is found."""
    right: int | None
    sides: int
    whole_block: bool
    is_wide: bool

    def place(self, kind: Kind, start: int, end: int, reason: str) -> Place:
        return Place(
            kind, start, end, self.score, reason, self.sides, self.whole_block, self.is_wide
        )


def read_place(page: Page, window: Window, candidate: Candidate) -> Place | None:
    """Read the quote at one candidate; None when too little of the context is there."""
    whole = window.to_word_borders()
    evidence = _evidence(window, whole, align(page.text, whole, candidate))
    if evidence.score < FLOOR:
        return None
    if evidence.left is None or evidence.right is None:
        return _one_sided(page, window, whole, evidence)
    start, end = _project(page.text, whole, evidence.pieces, evidence.left, evidence.right)
    return _compare(page.text, window, whole, evidence, start, end)


def _evidence(window: Window, whole: Window, pieces: list[Run]) -> _Evidence:
    found = bytearray(len(window.text))
    for piece in pieces:
        found[piece.at : piece.at_end] = b"\x01" * piece.length
    weights = [window.weight(at) for at in range(len(found))]
    in_all = sum(weights)
    ends = [
        piece.there + min(piece.length, whole.start - piece.at)
        for piece in pieces
        if piece.at < whole.start
    ]
    starts = [
        piece.there + max(0, whole.end - piece.at) for piece in pieces if piece.at_end > whole.end
    ]
    beside = (
        _share(found, max(0, window.start - NEAR), window.start),
        _share(found, window.end, min(len(found), window.end + NEAR)),
    )
    return _Evidence(
        pieces=pieces,
        score=sum(weights[at] for at in range(len(found)) if found[at]) / in_all if in_all else 0.0,
        left=ends[-1] if ends else None,
        right=starts[0] if starts else None,
        sides=sum(share >= BESIDE for share in beside),
        whole_block=_is_whole_block(window, found),
        is_wide=_is_wide(window, found),
    )


def _share(found: bytearray, begin: int, end: int) -> float:
    return sum(found[begin:end]) / (end - begin) if begin < end else 1.0


def _is_wide(window: Window, found: bytearray) -> bool:
    far = found[: max(0, window.start - NEAR)] + found[window.end + NEAR :]
    return not far or sum(far) >= FLOOR * len(far)


def _is_whole_block(window: Window, found: bytearray) -> bool:
    begin = max(window.block_start, window.start - MIDDLE)
    end = min(window.block_end, window.end + MIDDLE)
    own = end - begin - (window.end - window.start)
    if own < MOVED_LEAST:
        return False
    return _share(found, begin, window.start) >= MOVED and _share(found, window.end, end) >= MOVED


def _project(text: str, whole: Window, pieces: list[Run], left: int, right: int) -> tuple[int, int]:
    """Return where the quote's borders stand in the page, at borders of words.

    A border whose inner side was found stands there; else it is where the context ends.
    """
    start, end = left, right
    for piece in pieces:
        if piece.at <= whole.start < piece.at_end:
            start = piece.there + whole.start - piece.at
        if piece.at < whole.end <= piece.at_end:
            end = piece.there + whole.end - piece.at
    start, end = _trim(text, start, max(start, end))
    return _to_words(text, start, end) if _has_word(whole.quote) else (start, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, end


def _to_words(text: str, start: int, end: int) -> tuple[int, int]:
    if start < end or is_inside_word(text, start):
        while is_inside_word(text, start):
            start -= 1
        while is_inside_word(text, end):
            end += 1
    return start, end


def _has_word(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _compare(
    text: str, window: Window, whole: Window, evidence: _Evidence, start: int, end: int
) -> Place:
    """Say what the text at the place means for the quote."""
    now = text[start:end]
    if now == whole.quote:
        return _there(window, whole, evidence, start)
    if not now or (_has_word(whole.quote) and not _has_word(now)):
        return evidence.place("gone", start, start, "its neighbours stand, it does not")
    if len(now) > len(whole.quote) + LONGER:
        return _within(text, window, whole, evidence, start, end)
    place = evidence.place("changed", start, end, "other words stand between its neighbours")
    if evidence.sides == BOTH or (evidence.sides == 1 and _alike(whole.quote, now)):
        return place
    return replace(place, kind="unsure", reason="the text around it was rewritten")


def _there(window: Window, whole: Window, evidence: _Evidence, start: int) -> Place:
    start += window.start - whole.start
    place = evidence.place("there", start, start + len(window.quote), "by its context")
    if not evidence.is_wide and not evidence.whole_block:
        return replace(place, kind="unsure", reason="only its closest words were found")
    needed = {BOTH: 0, 1: SHORTEST_ALIKE}.get(evidence.sides, 2 * SHORTEST_ALIKE)
    # With a side missing the place must be well known otherwise, and the quote not be tiny.
    is_known = evidence.score >= BESIDE or evidence.whole_block
    if evidence.sides == BOTH or (is_known and len(window.quote) >= needed):
        return place
    return replace(place, kind="unsure", reason="too little of its context is left")


def _alike(one: str, other: str) -> bool:
    return len(one) >= SHORTEST_ALIKE and fuzz.ratio(one, other) >= ALIKE


def _within(
    text: str, window: Window, whole: Window, evidence: _Evidence, start: int, end: int
) -> Place:
    """Look for the quote in the much longer text that stands between its neighbours now."""
    between = text[start:end]
    unsure = evidence.place("unsure", start, end, "the text around it was rewritten")
    if len(whole.quote) < SHORTEST_ALIKE or evidence.sides == 0:
        return unsure
    if whole.quote in between:
        at = start + between.index(whole.quote)
        borders = _to_words(text, at, at + len(whole.quote))
        if between.count(whole.quote) == 1 and borders == (at, at + len(whole.quote)):
            return _there(window, whole, evidence, at)
        return unsure
    found = fuzz.partial_ratio_alignment(whole.quote, between, score_cutoff=ALIKE)
    if found is None:
        return unsure
    start, end = _to_words(text, *_trim(text, start + found.dest_start, start + found.dest_end))
    return evidence.place("changed", start, end, "like words stand between its neighbours")


def _one_sided(page: Page, window: Window, whole: Window, evidence: _Evidence) -> Place | None:
    """Read a quote at the beginning or end of a page, or where a page was cut off."""
    length = len(whole.quote)
    span = _beside(page.shown, evidence, length + LONGER)
    if span is None:
        return None
    start, end = span
    near = page.text[start:end]
    unsure = evidence.place("unsure", start, start, "only one side of it was found")
    if evidence.sides < BOTH:  # a side that never was counts as known
        return unsure
    at = start if evidence.left is not None else end - length
    if page.text[max(0, at) : at + length] == whole.quote:
        is_whole_word = _to_words(page.text, at, at + length) == (at, at + length)
        return _there(window, whole, evidence, at) if is_whole_word else unsure
    # All there is between the context and the end of its block may be the corrected quote.
    is_short = 0 < len(near) <= 2 * length
    was_at_end = whole.start == 0 or whole.end == len(whole.text)
    if _alike(whole.quote, near) or (is_short and was_at_end):
        return evidence.place("changed", start, end, "other words stand at its end of the page")
    return unsure


def _beside(shown: str, evidence: _Evidence, most: int) -> tuple[int, int] | None:
    """Return what stands next to the side that was found, up to the end of its block."""
    if evidence.left is not None:
        start = evidence.left
        while shown[start : start + 1].isspace():
            start += 1
        return start, start + len(shown[start : start + most].partition("\n")[0])
    if evidence.right is not None:
        end = evidence.right
        while shown[end - 1 : end].isspace():
            end -= 1
        return end - len(shown[max(0, end - most) : end].rpartition("\n")[2]), end
    return None
