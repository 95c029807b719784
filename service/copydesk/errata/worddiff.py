"""What changed between two wordings, in whole words: what mails, the desk and readers are shown.

The standard library's matcher over words. The road not taken: a diff by letters, which turns
"админстрация → администрация" into confetti that nobody can read aloud.
"""

import re
from collections.abc import Sequence
from typing import Literal

from copydesk.errata.matching import BoundedMatcher, TooMuchWork

Piece = tuple[Literal["same", "del", "ins"], str]

_WORDS = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|\s+|.", re.DOTALL)
# A hundredth of a second, and more than a rewritten quote of a thousand letters takes. Strangers
# write both wordings, and a page of the desk shows fifty of them.
_MOST_STEPS = 200_000


def word_diff(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from ``before`` to ``after``.

    The "same" and "del" pieces joined are ``before``, the "same" and "ins" pieces are ``after``.
    Two changes with only white space between them are one change: people read phrases. Wordings
    that take too long to compare are one change between what is the same at both ends.
    """
    left, right = _WORDS.findall(before), _WORDS.findall(after)
    try:
        changes = BoundedMatcher(left, right, most_steps=_MOST_STEPS).get_opcodes()
    except TooMuchWork:
        return _one_change(left, right)
    blocks: list[tuple[str, str, str]] = []
    for tag, i1, i2, j1, j2 in changes:
        old, new = "".join(left[i1:i2]), "".join(right[j1:j2])
        kind = "same" if tag == "equal" else "change"
        if kind == "change" and len(blocks) > 1 and _joins(blocks):
            space = blocks.pop()
            _, earlier_old, earlier_new = blocks.pop()
            old, new = earlier_old + space[1] + old, earlier_new + space[2] + new
        blocks.append((kind, old, new))
    found: list[Piece] = []
    for kind, old, new in blocks:
        found += [("same", old)] if kind == "same" else [("del", old), ("ins", new)]
    return _pieces(found)


def _one_change(left: Sequence[str], right: Sequence[str]) -> list[Piece]:
    least = min(len(left), len(right))
    head = next((at for at in range(least) if left[at] != right[at]), least)
    least -= head
    tail = next((at for at in range(least) if left[-1 - at] != right[-1 - at]), least)
    return _pieces(
        [
            ("same", "".join(left[:head])),
            ("del", "".join(left[head : len(left) - tail])),
            ("ins", "".join(right[head : len(right) - tail])),
            ("same", "".join(left[len(left) - tail :])),
        ]
    )


def _joins(blocks: list[tuple[str, str, str]]) -> bool:
    return blocks[-1][0] == "same" and blocks[-1][1].isspace() and blocks[-2][0] == "change"


def _pieces(found: list[Piece]) -> list[Piece]:
    return [(kind, text) for kind, text in found if text]
