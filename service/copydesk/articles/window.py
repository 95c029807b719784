"""A quote with its context, and a page, in the one form in which they are compared. Pure."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from copydesk.errata.normalize import fold, squeeze
from copydesk.errata.quote import Quote

CONTEXT = 256
"""Characters of context each side that are compared."""
NEAR, MIDDLE = 32, 96
"""Characters beside the quote that weigh fully, and half; the rest weighs a quarter."""
MAX_QUOTE = 1000


@dataclass(frozen=True)
class Page:
    """The clean text for people and, offset by offset, the folded one for the search."""

    shown: str

    @cached_property
    def text(self) -> str:
        """The text with plain quotes and dashes, on one line."""
        return plain(self.shown)


@dataclass(frozen=True)
class Window:
    """Folded context + quote + context on one line; ``start`` and ``end`` are the quote's."""

    text: str
    start: int
    end: int
    block_start: int
    """Where the quote's own block begins, as far as the context reaches."""
    block_end: int

    @property
    def quote(self) -> str:
        """The quoted words."""
        return self.text[self.start : self.end]

    def weight(self, at: int) -> float:
        """Say how much one character of the context counts; the quote's own count nothing."""
        if self.start <= at < self.end:
            return 0.0
        distance = self.start - at if at < self.start else at - self.end + 1
        return 1.0 if distance <= NEAR else 0.5 if distance <= MIDDLE else 0.25

    def to_word_borders(self) -> "Window":
        """Grow a quote that begins or ends inside a word: the word is what will be corrected."""
        start, end = self.start, self.end
        while is_inside_word(self.text, start):
            start -= 1
        while is_inside_word(self.text, end):
            end += 1
        return replace(self, start=start, end=end)


def spaced(quote: Quote) -> list[Quote]:
    """Return the quote with a space where its context may have lost one.

    A client other than the widget may trim what it sends; "master" + "recieved" are two words then.
    """
    prefixes = [quote.prefix]
    suffixes = [quote.suffix]
    if is_word(quote.prefix, len(quote.prefix) - 1) and is_word(quote.exact, 0):
        prefixes.append(quote.prefix + " ")
    if is_word(quote.exact, len(quote.exact) - 1) and is_word(quote.suffix, 0):
        suffixes.append(" " + quote.suffix)
    return [
        replace(quote, prefix=prefix, suffix=suffix) for prefix in prefixes for suffix in suffixes
    ]


def window_of(quote: Quote) -> Window:
    """Normalise the three parts of a quote; its outer space belongs to the context."""
    prefix, exact, suffix = (
        squeeze(part) for part in (quote.prefix, quote.exact[:MAX_QUOTE], quote.suffix)
    )
    bare = exact.strip()
    prefix = _one_space(prefix + exact[: len(exact) - len(exact.lstrip())])[-CONTEXT:].lstrip()
    suffix = _one_space(exact[len(exact.rstrip()) :] + suffix)[:CONTEXT].rstrip()
    start, end = len(prefix), len(prefix) + len(bare)
    line_end = suffix.find("\n")
    return Window(
        text=plain(prefix + bare + suffix),
        start=start,
        end=end,
        block_start=prefix.rfind("\n") + 1,
        block_end=end + (len(suffix) if line_end < 0 else line_end),
    )


def plain(text: str) -> str:
    """Fold the text and make it one line, character for character."""
    return fold(text).replace("\n", " ")


def is_word(text: str, at: int) -> bool:
    """Say whether a character of a word stands at an offset; outside of the text none does."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def is_inside_word(text: str, at: int) -> bool:
    """Say whether an offset lies between two characters of one word."""
    return is_word(text, at - 1) and is_word(text, at)


def copies(text: str, part: str, most: int = 1000) -> list[int]:
    """Return where ``part`` stands in ``text``, overlaps too, at most ``most`` of them."""
    starts: list[int] = []
    at = text.find(part) if part else -1
    while at >= 0 and len(starts) < most:
        starts.append(at)
        at = text.find(part, at + 1)
    return starts


def _one_space(text: str) -> str:
    return re.sub("[ \n]{2,}", lambda run: "\n" if "\n" in run[0] else " ", text)
