"""One spelling for equal text, for showing (``clean``) and for comparing (``fold``).

The widget holds the same rules in JavaScript; ``tests/vectors/`` keeps the two alike.
"""

import re
import unicodedata

ODD_SPACES = (
    "\t\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space that is neither a plain space nor a line feed."""
WHITE_SPACE = f" \n{ODD_SPACES}"
"""Every character that counts as white space, as the inside of a regular expression's class."""

_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(" {2,}")
_BORDER = re.compile(r" ?\n[ \n]*")
_PLAIN = {'"': "“”„‟«»″", "'": "‘’‚‛′", "-": "‐‑‒–—―−"}


def clean(text: str) -> str:
    """Return the text as shown to people.

    NFC, without soft hyphens and zero-width characters; a run of white space is one space, or one
    line feed if it holds one (a border between blocks); nothing outside.
    """
    return squeeze(text).strip(" \n")


def squeeze(text: str) -> str:
    """Do what ``clean`` does but keep one outer space or line feed: the border of a quote."""
    text = visible(text)
    # To Python only the plain space is a printable one: most quotes have no other.
    if not text.isprintable():
        # A sign that is not there costs a page next to nothing this way; one expression for all of
        # them would stop at every space.
        for space in ODD_SPACES:
            text = text.replace(space, " ")
    return one_space(text)


def one_space(text: str) -> str:
    """Make a run of spaces one space, and a run with a line feed in it one line feed."""
    if "  " in text:
        text = _SPACES.sub(" ", text)
    # In this order each step is linear: the second meets one space at most before a border.
    if " \n" in text or "\n " in text or "\n\n" in text:
        text = _BORDER.sub("\n", text)
    return text


def visible(text: str) -> str:
    """Return the text in NFC without characters that show nothing."""
    text = unicodedata.normalize("NFC", text)
    # What shows nothing is not printable: most quotes are done by asking for that.
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def fold(text: str) -> str:
    """Make typographic quotes and dashes plain, one character for one, so that offsets keep."""
    # Much faster than ``str.translate`` on a long page that is not in Latin script.
    for plain, signs in _PLAIN.items():
        for sign in signs:
            text = text.replace(sign, plain)
    return text
