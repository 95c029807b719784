"""What changed between two wordings, in whole words: what mails, the desk and readers are shown.

The standard library's matcher over words. The road not taken: a diff by letters, which turns
"админстрация → администрация" into confetti that nobody can read aloud.
"""

import re
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "del", "ins"], str]

_WORDS = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|\s+|.", re.DOTALL)
# Beyond this the matcher, which is quadratic at best, isn't worth waiting for.
_MOST_PAIRS = 400_000


def word_diff(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from ``before`` to ``after``.

    The "same" and "del" pieces joined are ``before``, the "same" and "ins" pieces are ``after``.
    Two changes with only white space between them are one change: people read phrases.
    """
    left, right = _WORDS.findall(before), _WORDS.findall(after)
    if len(left) * len(right) > _MOST_PAIRS:
        return _pieces([("del", before), ("ins", after)])
    blocks: list[tuple[str, str, str]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
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


def _joins(blocks: list[tuple[str, str, str]]) -> bool:
    return blocks[-1][0] == "same" and blocks[-1][1].isspace() and blocks[-2][0] == "change"


def _pieces(found: list[Piece]) -> list[Piece]:
    return [(kind, text) for kind, text in found if text]
