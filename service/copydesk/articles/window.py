"""A quote with its context, and a page, in the one form in which they are compared. Pure."""

from dataclasses import dataclass, replace
from functools import cached_property

from copydesk.errata.normalize import fold
from copydesk.errata.quote import Quote, tidied

NEAR, MIDDLE = 32, 96
"""Characters beside the quote that weigh fully, and half; the rest weighs a quarter."""


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
    """Put the three parts of a quote, tidied, together."""
    quote = tidied(quote)
    start, end = len(quote.prefix), len(quote.prefix) + len(quote.exact)
    line_end = quote.suffix.find("\n")
    return Window(
        text=plain(quote.prefix + quote.exact + quote.suffix),
        start=start,
        end=end,
        block_start=quote.prefix.rfind("\n") + 1,
        block_end=end + (len(quote.suffix) if line_end < 0 else line_end),
    )


def plain(text: str) -> str:
    """Fold the text and make it one line, character for character."""
    return fold(text).replace("\n", " ")


def is_word(text: str, at: int) -> bool:
    """Say whether a character of a word stands at an offset; outside of the text none does.

    Beyond the basic plane none counts: those are mostly signs, and two units each in a browser.
    """
    return 0 <= at < len(text) and (is_alnum(text[at]) or text[at] == "_")


def is_alnum(char: str) -> bool:
    """Say whether this is a letter or number of the basic plane."""
    return char.isalnum() and char <= "\uffff"


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
