"""Lay the context of a quote over the place in a page where it most likely stands. Pure.

The longest run that both share comes first, then what stands before it and after it in the same
way. The road not taken is the shortest edit: it scatters the letters of a deleted sentence over
whatever stands near.
"""

from collections import defaultdict

from copydesk.articles.runs import common
from copydesk.articles.window import Window

RUN = 5
"""Characters that window and page must share in a row; a side that is shorter, all of it."""
REACH = 300
"""Characters that may have been put in or taken out within one window."""
JUMP_PRICE = 0.25
"""What a run pays, in characters, for each character that it jumps away from its neighbours, up to
120: rows of a table are alike, and a few equal letters of another row prove nothing."""
MOST_JUMP = 120
MOST_RUNS = 4096
"""Runs of one place that are looked at, the longest ones; only text made for it has more."""
NOWHERE = -1

Piece = tuple[int, int, int, int]
"""How long a run is and where it begins, in the page and in the window; how long it has to be."""


def align(page: str, window: Window, shift: int) -> list[int]:
    """Return for each character of the window where it stands in the page, or -1.

    The places rise, and are about ``shift`` from those in the window. The quote's own characters
    are laid nowhere: the context says where, and what lies between is what stands there now.
    """
    text = window.text
    places = [NOWHERE] * len(text)
    low, high = max(0, shift - REACH), max(0, shift + len(text) + REACH)
    shared = _shared(page, low, high, text[: window.start], 0)
    shared += _shared(page, low, high, text[window.end :], window.end)
    shared.sort(key=lambda piece: (-piece[0], piece[1], piece[2]))
    stack = [(shared[:MOST_RUNS], shift, shift)]
    # The place's own run comes first: beside a block that moved, what it left behind is longer.
    own_run = next((piece for piece in stack[0][0] if piece[1] - piece[2] == shift), None)
    while stack:
        pieces, left, right = stack.pop()
        best = own_run or _best(pieces, left, right)
        own_run = None
        if best is not None:
            length, there, at, _ = best
            places[at : at + length] = range(there, there + length)
            own = there - at
            stack.append((_before(pieces, there, at), left, own))
            stack.append((_behind(pieces, there + length, at + length), own, right))
    return places


def _shared(page: str, low: int, high: int, side: str, begin: int) -> list[Piece]:
    """Return the maximal runs that ``page[low:high]`` and one side of the context share.

    ``begin``: where that side begins in the window.
    """
    region = page[low:high]
    size = min(RUN, len(side))
    index = _grams(side, size) if size else {}
    hits = [at for at in range(len(region) - size + 1) if region[at : at + size] in index]
    found: list[Piece] = []
    reached: dict[int, int] = {}
    for there in hits:
        for at in index[region[there : there + size]]:
            if reached.get(there - at, -1) <= there:
                length = common(region, there, side, at, size)
                reached[there - at] = there + length
                found.append((length, low + there, begin + at, size))
    return found


def _grams(text: str, size: int) -> dict[str, list[int]]:
    """Return each k-gram of a text with its places."""
    index: dict[str, list[int]] = defaultdict(list)
    for at in range(len(text) - size + 1):
        index[text[at : at + size]].append(at)
    return index


def _best(pieces: list[Piece], left: int, right: int) -> Piece | None:
    """Return the run that is worth most beside neighbours of these shifts, if any is.

    Of equal ones the one that was the longest before it was cut; that comes first in the list.
    """
    most, best = 0.0, None
    for piece in pieces:
        if piece[0] > most:
            own = piece[1] - piece[2]
            worth = piece[0] - JUMP_PRICE * min(MOST_JUMP, abs(own - left), abs(own - right))
            if worth > most:
                most, best = worth, piece
    return best


def _before(pieces: list[Piece], there: int, at: int) -> list[Piece]:
    """Return what of the runs ends before a place in both texts."""
    cut = [
        (min(length, there - begin, at - own), begin, own, size)
        for length, begin, own, size in pieces
    ]
    return [piece for piece in cut if piece[0] >= piece[3]]


def _behind(pieces: list[Piece], there: int, at: int) -> list[Piece]:
    """Return what of the runs begins behind a place in both texts."""
    ahead = ((max(0, there - piece[1], at - piece[2]), piece) for piece in pieces)
    return [
        (length - cut, begin + cut, own + cut, size)
        for cut, (length, begin, own, size) in ahead
        if length - cut >= size
    ]
