"""Read a quote at one place of a page: does it stand there, and what stands there now? Pure."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from copydesk.articles.alignment import MOST_JUMP, align
from copydesk.articles.window import MIDDLE, NEAR, Page, Window, copies, is_alnum, is_inside_word
from copydesk.i18n import N_

Kind = Literal["there", "changed", "gone", "unsure"]

FLOOR = 0.3
"""Share of the weighted context that must be found before a place counts at all."""
BESIDE = 0.5
"""Share of the 32 characters beside the quote that makes a side well known."""
LONGER = 48
"""Characters by which rewritten text may outgrow the quote and still be what stands there now."""
ALIKE = 0.6
"""Share of the characters of two texts that both must keep to answer to one another."""
SHORTEST_ALIKE = 4
_BLOCK = re.compile(r"[^\n]+")
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
    places: list[int]
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


def read_place(page: Page, window: Window, shift: int) -> Place | None:
    """Read the quote at one candidate; None when too little of the context is there."""
    whole = window.to_word_borders()
    evidence = _evidence(window, whole, align(page.text, whole, shift))
    borders = _borders(page.shown, evidence, len(whole.quote) + LONGER)
    if (evidence.score < FLOOR and not evidence.whole_block) or borders is None:
        return None
    place = _compare(page, window, whole, evidence, *_trim(page.text, *borders))
    is_one_sided = evidence.left is None or evidence.right is None
    beyond = page.text[place.end :] if evidence.right is None else page.text[: place.start]
    if is_one_sided and place.kind != "there" and not _is_at_end(page.text, whole, place, beyond):
        return replace(place, kind="unsure", reason=N_("only one side of it was found"))
    return place


def _borders(shown: str, evidence: _Evidence, most: int) -> tuple[int, int] | None:
    """Return where the context ends before the quote and begins after it.

    With a side missing, at the beginning or end of a page or where a page was cut off, that is the
    end of the block, at most so far away. None when there is neither.
    """
    left, right = evidence.left, evidence.right
    if left is None and right is not None:
        left = max(right - most, shown.rfind("\n", 0, len(shown[:right].rstrip())) + 1)
    elif right is None and left is not None:
        line_end = shown.find("\n", left + 1)
        right = min(left + most, len(shown) if line_end < 0 else line_end)
    return None if left is None or right is None else (left, right)


def _is_at_end(text: str, whole: Window, place: Place, beyond: str) -> bool:
    """Say whether all that stands beside the one side may be the corrected quote.

    ``beyond``: what follows on the side that was not found; an end of the page has nothing there.

    A side that never was counts as known. Nothing at all is no sign of a deletion there: the page
    may have been cut off.
    """
    now = text[place.start : place.end]
    was_at_end = whole.start == 0 or whole.end == len(whole.text)
    is_short = was_at_end and not beyond.strip() and len(now) <= 2 * len(whole.quote)
    return (
        place.kind == "changed" and place.sides == BOTH and (is_short or _alike(whole.quote, now))
    )


def _evidence(window: Window, whole: Window, places: list[int]) -> _Evidence:
    found = bytearray(place >= 0 for place in places)
    weights = [window.weight(at) for at in range(len(found))]
    in_all = sum(weights)
    before = [place for place in places[: whole.start] if place >= 0]
    after = [place for place in places[whole.end :] if place >= 0]
    beside = (
        _share(found, max(0, window.start - NEAR), window.start),
        _share(found, window.end, min(len(found), window.end + NEAR)),
    )
    return _Evidence(
        places=places,
        score=sum(weights[at] for at in range(len(found)) if found[at]) / in_all if in_all else 0.0,
        left=before[-1] + 1 if before else None,
        right=after[0] if after else None,
        sides=sum(share >= BESIDE for share in beside),
        whole_block=_is_whole_block(window, places),
        is_wide=_is_wide(window, found),
    )


def _share(found: bytearray, begin: int, end: int) -> float:
    return sum(found[begin:end]) / (end - begin) if begin < end else 1.0


def _is_wide(window: Window, found: bytearray) -> bool:
    far = found[: max(0, window.start - NEAR)] + found[window.end + NEAR :]
    return not far or sum(far) >= FLOOR * len(far)


def _is_whole_block(window: Window, places: list[int]) -> bool:
    begin = max(window.block_start, window.start - MIDDLE)
    end = min(window.block_end, window.end + MIDDLE)
    own = places[begin : window.start] + places[window.end : end]
    found = [place for place in own if place >= 0]
    if len(own) < MOVED_LEAST or len(found) < MOVED * len(own):
        return False
    # Not with one half beside a copy and the other where the block stood.
    return found[-1] - found[0] <= end - begin + MOST_JUMP


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


def _is_whole_word(text: str, start: int, end: int) -> bool:
    return _to_words(text, start, end) == (start, end)


def _has_word(text: str) -> bool:
    return any(is_alnum(char) for char in text)


def _compare(
    page: Page, window: Window, whole: Window, evidence: _Evidence, start: int, end: int
) -> Place:
    """Say what the text between the neighbours means for the quote."""
    at = _standing(page.text, whole.quote, start, end)
    if at is not None:
        return _there(window, whole, evidence, at)
    if _has_word(whole.quote):
        start, end = _to_words(page.text, start, end)
    now = page.text[start:end]
    if not now or (_has_word(whole.quote) and not _has_word(now)):
        return evidence.place("gone", start, start, "its neighbours stand, it does not")
    is_known = evidence.sides == BOTH or (evidence.sides == 1 and _alike(whole.quote, now))
    span: tuple[int, int] | None = (start, end)
    if len(now) > len(whole.quote) + LONGER:
        span = _alike_block(page, whole.quote, start, end)
        is_known = evidence.sides > 0
    if span is None or not is_known:
        return evidence.place("unsure", start, end, N_("the text around it was rewritten"))
    return evidence.place("changed", *span, "other words stand between its neighbours")


def _alike_block(page: Page, quote: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the only block that is like the quote in much longer text.

    Whole blocks only: a search for like words anywhere would find some in any long text.
    """
    blocks = [
        (start + block.start(), start + block.end())
        for block in _BLOCK.finditer(page.shown[start:end])
    ]
    alike = [span for span in blocks if _alike(quote, page.text[slice(*span)])]
    return alike[0] if len(alike) == 1 else None


def _standing(text: str, quote: str, start: int, end: int) -> int | None:
    """Return where the whole quote stands between two borders: beside one of them, or only once.

    A few letters may stand anywhere, so they count beside a border alone.
    """
    found = [start, end - len(quote)]
    inner = copies(text[start:end], quote, 2)
    if len(inner) == 1 and len(quote) >= SHORTEST_ALIKE:
        found.append(start + inner[0])
    for at in found:
        is_within = start <= at <= end - len(quote)
        if is_within and text.startswith(quote, at) and _is_whole_word(text, at, at + len(quote)):
            return at
    return None


def _there(window: Window, whole: Window, evidence: _Evidence, start: int) -> Place:
    start += window.start - whole.start
    place = evidence.place("there", start, start + len(window.quote), "by its context")
    if not evidence.is_wide and not evidence.whole_block:
        return replace(place, kind="unsure", reason=N_("only its closest words were found"))
    needed = {BOTH: 0, 1: SHORTEST_ALIKE}.get(evidence.sides, 2 * SHORTEST_ALIKE)
    # With a side missing the place must be well known otherwise, and the quote not be tiny.
    is_known = evidence.score >= BESIDE or evidence.whole_block
    if evidence.sides == BOTH or (is_known and len(window.quote) >= needed):
        return place
    return replace(place, kind="unsure", reason=N_("too little of its context is left"))


def _alike(one: str, other: str) -> bool:
    """Say whether two texts begin and end alike, as a word does and its correction."""
    least = min(len(one), len(other))
    head = next((at for at in range(least) if one[at] != other[at]), least)
    least -= head
    tail = next((at for at in range(least) if one[-1 - at] != other[-1 - at]), least)
    return len(one) >= SHORTEST_ALIKE and 2 * (head + tail) >= ALIKE * (len(one) + len(other))
