"""Words as the desk's search knows them: one spelling for the index and for what is typed.

Pure, and the same for both databases. SQLite's tokenizers and PostgreSQL's parser part words each
in a way of its own, which follows the Unicode tables of one and the locale of the other; so neither
sees anything but words that are ready. ``unicode61`` and ``to_tsvector('simple', …)`` were the road
not taken: a hyphen, an address or a letter newer than the tables was found on one and not on the
other.

There is no stemmer: SQLite has none for Russian, and PostgreSQL's would make "Мария" of "марию"
but nothing of a surname. A word is found by its beginning instead, and what is typed loses its
Russian ending first: "администрации" finds "администрация".
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 32
"""Characters of a word that count."""
MOST_TYPED = 8
"""Words of a search that count: more narrow nothing down that a person looks for."""
MOST_CHARACTERS = 500
"""Characters of a search that are read at all."""

# Marks without a place of their own (Unicode category Mn), but for those of extinct scripts.
_ACCENTS = re.compile(
    "["
    + "".join(
        chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) == "Mn"
    )
    + "]+"
)
_WORD = re.compile(r"[^\W_]+")
# Written without spaces: each character, and each pair of neighbours, is a word.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
# After folding, in which "й" is "и" and "ё" is "е"; longer ones first.
_ENDINGS = (
    *("ами", "ями", "ого", "его", "ому", "ему", "ыми", "ими", "иях", "ием", "иям"),
    *("ах", "ях", "ов", "ев", "еи", "ои", "ии", "ыи", "ая", "яя", "ое", "ее", "ые", "ие"),
    *("ую", "юю", "ам", "ям", "ом", "ем", "ию", "ия", "ью"),
    *("а", "я", "о", "е", "ы", "и", "у", "ю", "ь"),
)
_SHORTEST_STEM = 3
_SHORTEST_BEGINNING = 3


@dataclass(frozen=True)
class Term:
    """One word to look for."""

    word: str
    is_beginning: bool
    """Whether longer words that begin with it count."""


def fold(text: str) -> str:
    """Return the text without case, accents, width and ligatures."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text in order, each as often as it stands there."""
    for match in _WORD.finditer(fold(text)):
        yield from _parts(match[0])


def terms_of(typed: str) -> list[Term]:
    """Return what to look for when somebody typed this; nothing typed can be an operator.

    One or two letters are looked for as they stand: too many words begin with them.
    """
    terms: list[Term] = []
    for match in _WORD.finditer(fold(typed[:MOST_CHARACTERS])):
        for word in _parts(match[0]):
            stem = _without_ending(word)
            is_unspaced = _UNSPACED.match(word) is not None
            if is_unspaced and len(word) == 1 and len(match[0]) > 1:
                continue  # its neighbour's pair says more
            term = Term(stem, is_beginning=len(stem) >= _SHORTEST_BEGINNING and not is_unspaced)
            if term not in terms:
                terms.append(term)
    return terms[:MOST_TYPED]


def _parts(word: str) -> Iterator[str]:
    place = 0
    for match in _UNSPACED.finditer(word):
        if match.start() > place:
            yield word[place : match.start()][:LONGEST]
        run = match[0]
        yield from run
        yield from (run[start : start + 2] for start in range(len(run) - 1))
        place = match.end()
    if place < len(word):
        yield word[place:][:LONGEST]


def _without_ending(word: str) -> str:
    if not _CYRILLIC.fullmatch(word):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word
