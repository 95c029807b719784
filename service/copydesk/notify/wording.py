"""Making foreign text fit to be shown in a mail: one line, no links, no tricks, not too long."""

import re
from collections.abc import Sequence

from copydesk.errata.worddiff import Piece

WORD_JOINER = "\u2060"

# Control characters, and those that turn the reading direction around under the reader's eyes.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_LINK = re.compile(r"(?<=:)(?=//)|(?<=[\w.+-]@)(?=\w)|(?<=\w\.)(?=[^\W\d_]{2,})", re.IGNORECASE)


def inert(text: str) -> str:
    """Return foreign text in which no mail program finds an address to make clickable.

    An invisible word joiner breaks ``https:|//``, ``name@|host`` and ``host.|example``: the words
    stay readable as they are, and a stranger can't send an editor a live link through us.
    """
    return _LINK.sub(WORD_JOINER, _UNSAFE.sub(" ", text))


def line(text: str, most: int = 500) -> str:
    """Return foreign text inert, on one line, of at most ``most`` characters."""
    return shorten(inert(_SPACE.sub(" ", text).strip()), most)


def shorten(text: str, most: int) -> str:
    """Cut at a word's end and say so with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip() + "…"


def marked(pieces: Sequence[Piece]) -> str:
    """Write a diff in plain text: ``[was → is]``, ``[− was]``, ``[+ is]``."""
    parts = []
    index = 0
    while index < len(pieces):
        kind, text = pieces[index]
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if kind == "same":
            parts.append(text)
        elif kind == "del" and following is not None and following[0] == "ins":
            parts.append(f"[{text} → {following[1]}]")
            index += 1
        else:
            parts.append(f"[{'−' if kind == 'del' else '+'} {text.strip()}]")
        index += 1
    return "".join(parts)


def only_change(pieces: Sequence[Piece]) -> tuple[str, str] | None:
    """Return the one replacement that a diff consists of, None when it is more than that."""
    changed = [(kind, text) for kind, text in pieces if kind != "same"]
    if [kind for kind, _text in changed] == ["del", "ins"]:
        return changed[0][1], changed[1][1]
    return None
