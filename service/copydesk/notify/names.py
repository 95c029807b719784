"""Does a printed name mean this author? Pure, and rather silent than wrong.

One person is printed in many ways: ``Иван Петров``, ``Петров Иван``, ``Иван ПЕТРОВ``,
``И. Петров``, with a no-break space, with ё or е, in a case (``Текст Ивана Петрова``), in other
letters (``Ivan Petrov``). A name that fits two people fits nobody: the desk decides, because a mail
to the wrong colleague teaches both to ignore us.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from copydesk.notify import transliteration
from copydesk.notify.declension import declined, may_be_nominative

_SPLIT = re.compile(r"[\s,.]+")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_APOSTROPHES = re.compile("[\u2019\u02bc\u0060\u00b4]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_JOINTS = re.compile(r"\s+(?:и|and|&|/|und|et)\s+|\s*[,/&]\s*", re.IGNORECASE)


class Fit(IntEnum):
    """How well a printed name fits an author; the best fit alone counts."""

    NONE = 0
    TRANSLITERATED = 1
    """The same words in other letters: a hint, nobody is told because of it."""
    MAYBE_DECLINED = 2
    """In the genitive it fits, but as it is it may be a woman's name: a hint as well."""
    INITIALS = 3
    """One full word agrees, the others agree by their first letter: ``И. Петров``."""
    LONGER = 4
    """Two full words agree and one side has more, such as a patronymic."""
    DECLINED = 5
    """All words agree in the genitive or the instrumental."""
    EXACT = 6
    """The same words in any order."""

    @property
    def is_sure(self) -> bool:
        """Say whether somebody may be told because of it."""
        return self >= Fit.INITIALS


@dataclass(frozen=True)
class Person:
    """Somebody who may be meant, with all spellings an editor entered."""

    id: int
    name: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """A printed name and whom it may mean: nobody, one, or several."""

    printed: str
    people: tuple[Person, ...] = ()
    is_sure: bool = False
    """Exactly one, and by more than a hint."""


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


def fit(printed: str, known: str, *, is_nominative: bool = True) -> Fit:
    """Say how well ``printed`` fits the spelling ``known``.

    ``is_nominative``: it is not in a case, for it comes from a field that only holds names.
    """
    left, right = words_of(printed), words_of(known)
    best = _fit_words(left, right)
    if best is Fit.NONE and not is_nominative:
        best = _fit_declined(left, right)
    return best or _fit_transliterated(left, right)


def find(printed: str, people: Iterable[Person], *, is_nominative: bool = True) -> Match:
    """Return everybody whom ``printed`` fits best: none, one, or the several it may mean."""
    fits = [
        (max(fit(printed, known, is_nominative=is_nominative) for known in _spellings(one)), one)
        for one in people
    ]
    best = max((level for level, _person in fits), default=Fit.NONE)
    # "Александра Петрова" is herself, or somebody wrote about Александр Петров in the genitive.
    also = Fit.MAYBE_DECLINED if best.is_sure else best
    found = tuple(one for level, one in fits if level and level in {best, also})
    return Match(printed, found, best.is_sure and len(found) == 1)


def _spellings(person: Person) -> tuple[str, ...]:
    return (person.name, *person.variants)


def parts_of(printed: str) -> list[str]:
    """Split ``Ада Бирн и Эд Дойл``, for pages that print all authors as one name.

    Only for a name that fits nobody as a whole: ``Петров, Иван`` is one person.
    """
    parts = [part.strip() for part in _JOINTS.split(printed) if part and part.strip()]
    return parts if len(parts) > 1 else []


def find_each(byline: str, people: Sequence[Person], *, is_nominative: bool = True) -> list[Match]:
    """Return each printed name of a byline with the people it may mean."""
    found = []
    for printed in printed_names(byline):
        whole = find(printed, people, is_nominative=is_nominative)
        parts = [] if whole.people else parts_of(printed)
        split = [find(part, people, is_nominative=is_nominative) for part in parts]
        found += split if any(part.people for part in split) else [whole]
    return found


def _fit_words(printed: Sequence[str], known: Sequence[str]) -> Fit:
    left, right = list(printed), list(known)
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


def _fit_declined(printed: Sequence[str], known: Sequence[str]) -> Fit:
    best = max((_fit_words(printed, words) for words in declined(known, printed)), default=Fit.NONE)
    if best and may_be_nominative(printed, known):
        return Fit.MAYBE_DECLINED
    return Fit.DECLINED if best is Fit.EXACT else best


def _fit_transliterated(printed: Sequence[str], known: Sequence[str]) -> Fit:
    one, other = (
        {transliteration.is_cyrillic(word) for word in words} for words in (printed, known)
    )
    if len(one) != 1 or len(other) != 1 or one == other:
        return Fit.NONE  # the same letters need no other spelling, mixed ones are no name
    level = _fit_words(
        *([transliteration.key(word) for word in words] for words in (printed, known))
    )
    return Fit.TRANSLITERATED if level in {Fit.EXACT, Fit.LONGER} else Fit.NONE


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
