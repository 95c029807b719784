"""Does a printed name mean this author? Pure, and rather silent than wrong.

One person is printed in many ways: ``Иван Петров``, ``Петров Иван``, ``Иван ПЕТРОВ``,
``И. Петров``, with a no-break space, with ё or е. A name that fits two people fits nobody: the
desk decides, because a mail to the wrong colleague teaches both to ignore us.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

_SPLIT = re.compile(r"[\s,.]+")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_APOSTROPHES = re.compile("[\u2019\u02bc\u0060\u00b4]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_JOINTS = re.compile(r"\s+(?:и|and|&|/|und|et)\s+|\s*[,/&]\s*", re.IGNORECASE)


class Fit(IntEnum):
    """How well a printed name fits an author; the best fit alone counts."""

    NONE = 0
    INITIALS = 1
    """One full word agrees, the others agree by their first letter: ``И. Петров``."""
    LONGER = 2
    """Two full words agree and one side has more, such as a patronymic."""
    EXACT = 3
    """The same words in any order."""


@dataclass(frozen=True)
class Person:
    """Somebody who may be meant, with all spellings an editor entered."""

    id: int
    name: str
    variants: tuple[str, ...] = ()


def printed_names(byline: str) -> list[str]:
    """Split a stored byline (names joined by ``; ``) into its names."""
    return [name.strip() for name in byline.split(";") if name.strip()]


def words_of(name: str) -> tuple[str, ...]:
    """Return the comparable words of a name: NFKC, no case, ё as е, initials as one letter."""
    text = unicodedata.normalize("NFKC", name)
    text = _INVISIBLE.sub("", text)
    text = _DASHES.sub("-", _APOSTROPHES.sub("'", text))
    text = text.casefold().replace("ё", "е")
    return tuple(word for word in _SPLIT.split(text) if word.strip("-'"))


def fit(printed: str, known: str) -> Fit:
    """Say how well ``printed`` fits the spelling ``known``."""
    left, right = list(words_of(printed)), list(words_of(known))
    if not left or not right:
        return Fit.NONE
    if sorted(left) == sorted(right):
        return Fit.EXACT
    full = _take_equal(left, right)
    if not full:
        return Fit.NONE
    by_letter = _take_initials(left, right)
    # One word more is a patronymic or a middle name; more than that is somebody else as well.
    if (left and right) or len(left) + len(right) > 1:
        return Fit.NONE
    if by_letter:
        return Fit.INITIALS
    # "Петров" alone must not find every Петров; two agreeing words are a person.
    return Fit.LONGER if full > 1 else Fit.NONE


def find(printed: str, people: Iterable[Person]) -> list[Person]:
    """Return everybody whom ``printed`` fits best: none, one, or the several it may mean."""
    best, found = Fit.NONE, list[Person]()
    for person in people:
        level = max(fit(printed, known) for known in (person.name, *person.variants))
        if level > best:
            best, found = level, []
        if level == best and level is not Fit.NONE:
            found.append(person)
    return found


def parts_of(printed: str) -> list[str]:
    """Split ``Ада Бирн и Эд Дойл``, for pages that print all authors as one name.

    Only for a name that fits nobody as a whole: ``Петров, Иван`` is one person.
    """
    parts = [part.strip() for part in _JOINTS.split(printed) if part and part.strip()]
    return parts if len(parts) > 1 else []


def find_each(byline: str, people: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    """Return each printed name of a byline with the people it fits."""
    found = []
    for printed in printed_names(byline):
        whole = find(printed, people)
        split = [] if whole else [(part, find(part, people)) for part in parts_of(printed)]
        if any(matches for _, matches in split):
            found += split
        else:
            found.append((printed, whole))
    return found


def _take_equal(left: list[str], right: list[str]) -> int:
    """Remove the full words that both have and return how many there were."""
    shared = [word for word in left if len(word) > 1 and word in right]
    count = 0
    for word in shared:
        if word in right:
            left.remove(word)
            right.remove(word)
            count += 1
    return count


def _take_initials(left: list[str], right: list[str]) -> int:
    """Remove pairs where at least one is an initial of the other; return how many."""
    count = 0
    for word in list(left):
        for other in right:
            if word[0] == other[0] and 1 in (len(word), len(other)):
                left.remove(word)
                right.remove(other)
                count += 1
                break
    return count
