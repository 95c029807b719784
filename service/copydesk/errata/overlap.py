"""Are two readers talking about the same error? Pure rules over what both selected.

One reader selects the word, the next one three words around it, a third one half of it. Their
windows (context + quote + context) are laid over each other; then the *words in error* are
compared. Substrings prove nothing: a report of one letter must not swallow each word with it.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from copydesk.errata.normalize import fold
from copydesk.errata.quote import Quote

SEED = 16
"""Characters by which two windows are laid over each other."""
PLACES = 16
"""Places tried for each seed. Sixteen characters of a text stand in it once or twice; in a window
of one letter they stand a thousand times, and trying all of those took a millisecond a pair."""
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
class Window:
    """A quote in what stands around it, folded: ``text[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Claim:
    """What a reader says is wrong, and with what it should be replaced (may be empty).

    A claim is compared with many others: what that takes of it is made once.
    """

    quote: Quote
    suggestion: str = ""
    about_page: str = ""
    """The comment of a report about the page as a whole; empty when it is about the words."""

    @cached_property
    def window(self) -> Window:
        """The quote with all of its context."""
        return _window(self.quote)

    @cached_property
    def in_error(self) -> dict[int, str]:
        """The words (and marks) in error by their place in the window."""
        return _wrong_tokens(self.window, self.suggestion)

    @cached_property
    def words_at(self) -> frozenset[int]:
        """The places of the words among them."""
        return frozenset(at for at, token in self.in_error.items() if token[0].isalnum())


def same_error(one: Claim, other: Claim) -> bool:
    """Say whether two claims about one article are about the same error there."""
    shift = _shift(one.window, other.window)
    return shift is not None and _agree(one, other, shift)


def words_in_error(claim: Claim) -> list[str]:
    """Return the words (and marks) that a claim says are wrong, folded, in the order of the text.

    Two claims about the same error have at least one of them in common.
    """
    quote = claim.quote
    near = Quote(quote.exact, quote.prefix[-LONGEST_WORD:], quote.suffix[:LONGEST_WORD])
    return list(_wrong_tokens(_window(near), claim.suggestion).values())


def _window(quote: Quote) -> Window:
    prefix, exact, suffix = _folded(quote.prefix), _folded(quote.exact), _folded(quote.suffix)
    return Window(prefix + exact + suffix, len(prefix), len(prefix) + len(exact))


def _folded(text: str) -> str:
    text = fold(text)
    # The only white space that is printable is the plain space.
    return text if text.isprintable() and "  " not in text else _SPACE.sub(" ", text)


def _shift(first: Window, second: Window) -> int | None:
    """Return by how much a place in ``second`` lies further left in ``first``, or None.

    ``place_in_first = place_in_second + shift``. Only exact agreement around both quotes counts.
    """
    for at in (first.start - SEED, first.start, first.end - SEED, first.end):
        begin = max(0, min(at, len(first.text) - SEED))
        seed = first.text[begin : begin + SEED]
        found = -1
        for _ in range(PLACES):
            found = second.text.find(seed, found + 1)
            if found < 0:
                break
            if _agrees_around(first, second, begin - found):
                return begin - found
    return None


def _agrees_around(first: Window, second: Window, shift: int) -> bool:
    begin = min(first.start, second.start + shift) - MARGIN
    end = max(first.end, second.end + shift) + MARGIN
    begin = max(begin, 0, shift)
    end = min(end, len(first.text), len(second.text) + shift)
    return begin < end and first.text[begin:end] == second.text[begin - shift : end - shift]


def _wrong_tokens(window: Window, suggestion: str) -> dict[int, str]:
    """Return the words in error by their place in the window.

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
            tokens[match.start()] = match.group()
    return tokens


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _agree(one: Claim, other: Claim, shift: int) -> bool:
    if not one.words_at or not other.words_at:
        # Punctuation alone: only the very same marks are the same error.
        return bool(one.in_error) and one.in_error.keys() == {at + shift for at in other.in_error}
    shared = one.words_at & {at + shift for at in other.words_at}
    if not shared:
        return False
    in_either = len(one.words_at) + len(other.words_at) - len(shared)
    if 2 * len(shared) >= in_either:
        return True
    longest = max(len(one.in_error[at]) for at in shared)
    return in_either <= FEW_WORDS and longest >= SPECIFIC
