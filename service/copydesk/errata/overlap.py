"""Are two readers talking about the same error? Pure rules over what both selected.

One reader selects the word, the next one three words around it, a third one half of it. Their
windows (context + quote + context) are laid over each other; then the *words in error* are
compared. Substrings prove nothing: a report of one letter must not swallow each word with it.
"""

import re
from dataclasses import dataclass

from copydesk.errata.normalize import fold
from copydesk.errata.quote import Quote

SEED = 16
"""Characters by which two windows are laid over each other."""
MARGIN = 8
"""Characters around both quotes that must agree, where both windows reach that far."""
SPECIFIC = 4
"""A shorter word alone is not specific enough to join a longer selection around it."""
FEW_WORDS = 3
LONGEST_WORD = 100
"""What goes on for longer is no word in any language; only its end beside the quote is seen."""

_TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Claim:
    """What a reader says is wrong, and with what it should be replaced (may be empty)."""

    quote: Quote
    suggestion: str = ""
    about_page: str = ""
    """The comment of a report about the page as a whole; empty when it is about the words."""


@dataclass(frozen=True)
class _Window:
    text: str
    start: int
    end: int


def same_error(one: Claim, other: Claim) -> bool:
    """Say whether two claims about one article are about the same error there."""
    first, second = _window(one.quote), _window(other.quote)
    shift = _shift(first, second)
    if shift is None:
        return False
    tokens = _wrong_tokens(first, one.suggestion, 0)
    others = _wrong_tokens(second, other.suggestion, shift)
    return _agree(tokens, others)


def words_in_error(claim: Claim) -> list[str]:
    """Return the words (and marks) that a claim says are wrong, folded, in the order of the text.

    Two claims about the same error have at least one of them in common.
    """
    quote = claim.quote
    near = Quote(quote.exact, quote.prefix[-LONGEST_WORD:], quote.suffix[:LONGEST_WORD])
    return list(_wrong_tokens(_window(near), claim.suggestion, 0).values())


def _window(quote: Quote) -> _Window:
    prefix, exact, suffix = _folded(quote.prefix), _folded(quote.exact), _folded(quote.suffix)
    return _Window(prefix + exact + suffix, len(prefix), len(prefix) + len(exact))


def _folded(text: str) -> str:
    text = fold(text)
    # The only white space that is printable is the plain space.
    return text if text.isprintable() and "  " not in text else _SPACE.sub(" ", text)


def _shift(first: _Window, second: _Window) -> int | None:
    """Return by how much a place in ``second`` lies further left in ``first``, or None.

    ``place_in_first = place_in_second + shift``. Only exact agreement around both quotes counts.
    """
    for at in (first.start - SEED, first.start, first.end - SEED, first.end):
        begin = max(0, min(at, len(first.text) - SEED))
        seed = first.text[begin : begin + SEED]
        found = second.text.find(seed)
        while seed and found >= 0:
            shift = begin - found
            if _agrees_around(first, second, shift):
                return shift
            found = second.text.find(seed, found + 1)
    return None


def _agrees_around(first: _Window, second: _Window, shift: int) -> bool:
    begin = min(first.start, second.start + shift) - MARGIN
    end = max(first.end, second.end + shift) + MARGIN
    begin = max(begin, 0, shift)
    end = min(end, len(first.text), len(second.text) + shift)
    return begin < end and first.text[begin:end] == second.text[begin - shift : end - shift]


def _wrong_tokens(window: _Window, suggestion: str, shift: int) -> dict[int, str]:
    """Return the words in error by their place in the first window.

    With a suggestion, only what it changes is in error; without one, all that was selected.
    """
    start, end = window.start, window.end
    proposed = _folded(suggestion).strip()
    exact = window.text[start:end]
    if proposed and proposed != exact:
        left = _common(exact, proposed)
        right = _common(exact[left:][::-1], proposed[left:][::-1])
        start, end = start + left, end - right
    tokens = {}
    # From the beginning of the word at the border: what is further left is not touched.
    for match in _TOKEN.finditer(window.text, window.text.rfind(" ", 0, start) + 1):
        if match.start() > end:
            break
        touches = match.start() < end and match.end() > start
        # A pure insertion selects nothing: it belongs to the word it touches.
        inserted = start == end and match.start() <= start <= match.end()
        if touches or inserted:
            tokens[match.start() + shift] = match.group()
    return tokens


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _agree(tokens: dict[int, str], others: dict[int, str]) -> bool:
    words = {at for at, token in tokens.items() if token[0].isalnum()}
    other_words = {at for at, token in others.items() if token[0].isalnum()}
    if not words or not other_words:
        # Punctuation alone: only the very same marks are the same error.
        return tokens.keys() == others.keys() and bool(tokens)
    shared, union = words & other_words, words | other_words
    if not shared:
        return False
    if 2 * len(shared) >= len(union):
        return True
    longest = max(len(token) for at, token in tokens.items() if at in shared)
    return len(union) <= FEW_WORDS and longest >= SPECIFIC
