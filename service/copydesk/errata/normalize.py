"""One spelling for equal text, for showing (``clean``) and for comparing (``fold``).

The widget holds the same rules in JavaScript; ``tests/vectors/`` keeps the two alike.
"""

import re
import unicodedata

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Every character that counts as white space, as the inside of a regular expression's class."""

_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(f"[{WHITE_SPACE}]+")
_FOLDED = str.maketrans(
    dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("‐‑‒–—―−", "-")
)


def clean(text: str) -> str:
    """Return the text as shown to people.

    NFC, without soft hyphens and zero-width characters; a run of white space is one space, or one
    line feed if it holds one (a border between blocks); nothing outside.
    """
    return squeeze(text).strip(" \n")


def squeeze(text: str) -> str:
    """Do what ``clean`` does but keep one outer space or line feed: the border of a quote."""
    return _SPACES.sub(_one_space, visible(text))


def visible(text: str) -> str:
    """Return the text in NFC without characters that show nothing."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def fold(text: str) -> str:
    """Make typographic quotes and dashes plain, one character for one, so that offsets keep."""
    return text.translate(_FOLDED)


def _one_space(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "
