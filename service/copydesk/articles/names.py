"""Persons' names in a byline: take them out of whatever stands around. Pure.

A byline only ever selects among authors whom the site's editors entered, so a wrong guess here
costs a mail to the desk instead of the author, and never one to a stranger.
"""

import re
from collections.abc import Iterator

from copydesk.articles.byline_words import (
    AFTERWARDS,
    AND,
    ARTICLES,
    AUTHOR_LABEL,
    BARE_LABEL,
    CALENDAR,
    NOT_A_PERSON,
    ONLY_LABEL,
    OTHER_CREDIT,
    PARTICLES,
    ROLE,
    TEXT_AND_PICTURES,
    TITLES,
)
from copydesk.errata.normalize import clean

MAX_NAMES = 8
LONGEST_BYLINE = 300
LONGEST_NAME = 60
MOST_WORDS = 4
"""Words with a capital; particles such as "de la" come on top."""
MOST_PARTICLES = 3

_BETWEEN = re.compile(r"\s*[,;|/\n·•]\s*|\s+[—–-]+\s+|(?<=[^\W\d_]{5})\.\s+")
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|«[^«»]*»|„[^“]*“|“[^”]*”")
_QUOTED = re.compile('[«„“"][^«»„“”"]{2,60}[»“”"]')
# In figures only: "Village Hall, 12 May 2026" is where something takes place.
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:20)?\d\d\b")
# "Published 3 April 2026 at 10:12 by …": only the name is wanted.
_DATED = re.compile(r"^[^\n]{0,60}\d[^\n]{0,30}?\s(?=(?:by|par|por|von)\s)", re.IGNORECASE)
# Elements side by side, told apart by the style sheet only: "ДарьяПросмотров". Not for Latin,
# where "McKenna" and "DeShawn" are names.
_GLUED = re.compile("(?<=[а-яёіїєґ])(?=[А-ЯЁІЇЄҐ][а-яёіїєґ])")
_INITIALS = re.compile(r"(?:[^\W\d_a-zа-яё]\.-?){1,3}")
_NAME = re.compile(r"[^\W\d_]+(?:['’ʼ`.-][^\W\d_]+)*")
_ELIDED = re.compile(r"(?:d|l|o|m|н|д|о)['’ʼ]", re.IGNORECASE)
# Dates, addresses and names in social networks, at the end.
_HANDLES = re.compile(r"(?:\s+\S*[@\d#:]\S*)+$")


def names_in(
    text: str, *, not_these: frozenset[str] = frozenset(), is_strict: bool = False
) -> list[str]:
    """Return the persons that a byline names, in its order, at most 8; outlets and roles never.

    ``not_these``: names of the site itself, in lower case. ``is_strict``: return nothing if it says
    anything else than names and what bylines put beside them, for a line may be a sentence.
    """
    found: list[str] = []
    for credit in _author_credits(_one_label(clean(text)[:LONGEST_BYLINE])):
        for part in _parts(credit):
            # After a name a part that ends in a role is that role: "South America correspondent".
            name = "" if found and _is_only_role(part) else _bare(part)
            if is_person(name) and name.casefold() not in not_these:
                if name not in found:
                    found.append(name)
            elif is_strict and not (found and _may_stand_beside(part)):
                return []
    return found[:MAX_NAMES]


def is_person(name: str) -> bool:
    """Say whether it looks like a person's name: two to four words, each with a capital."""
    words = name.split()
    if not words or len(name) > LONGEST_NAME or words[0].lower() in ARTICLES:
        return False
    if NOT_A_PERSON.search(name) or CALENDAR.search(name) or ROLE.search(name):
        return False
    full = [
        word
        for place, word in enumerate(words)
        if word.lower() not in TITLES and (not place or word.lower() not in PARTICLES)
    ]
    has_surname = any(len(word.strip(".")) > 1 and word[-1] != "." for word in full)
    few = 1 < len(full) <= MOST_WORDS and len(words) - len(full) <= MOST_PARTICLES
    return few and has_surname and all(_is_name_word(word) for word in full)


def is_signature(line: str) -> bool:
    """Say whether a line is a lone signature: a name and a SURNAME IN CAPITALS."""
    words = line.strip(" .,").split()
    has_surname = any(len(word) > 2 and word.isupper() and word.isalpha() for word in words)
    has_other = any(not word.isupper() or word.endswith(".") for word in words)
    return has_surname and has_other and is_person(" ".join(words))


def signed_with_role(line: str) -> str:
    """Return the name of "Ada Byrne, our correspondent", "Анна Лис. Фото …", or nothing."""
    other = OTHER_CREDIT.search(line)
    if other and is_person(line[: other.start()].strip(" .,|/")):
        return line[: other.start()].strip(" .,|/")
    name, comma, role = line.strip(" .").partition(",")
    is_signed = ROLE.search(role) or _QUOTED.fullmatch(role.strip())
    return name if comma and is_signed and is_person(name) else ""


def signed_with_date(line: str) -> str:
    """Return the name of "Ada Byrne, 12.03.2026", printed below a headline, or nothing."""
    found = _DAY.search(line)
    name = line[: found.start()].rstrip(" ,|·•—–-") if found else ""
    return name if is_person(name) else ""


def names_by_label(line: str, following: str = "") -> list[str]:
    """Return the authors that a line of text names after a label such as "Автор:" or "By".

    ``following``: the next line, for labels that stand alone on theirs.
    """
    line = _one_label(_DATED.sub("", line))
    if ONLY_LABEL.match(line):
        is_noun = not BARE_LABEL.match(f"{line} ") or line.endswith(":")
        line = f"{line.rstrip(' :')}{': ' if is_noun else ' '}{following}"
    label = AUTHOR_LABEL.search(line)
    if label and (label.start() == 0 or label[0].rstrip().endswith((":", "—", "–"))):
        is_plain = not label[0].rstrip().endswith((":", "—", "–"))
        return names_in(line[label.start() :], is_strict=is_plain)
    return names_in(line, is_strict=True) if BARE_LABEL.match(line) else []


def _one_label(text: str) -> str:
    """Make "Text und Fotos: …" a label of the author."""
    return TEXT_AND_PICTURES.sub(lambda both: both["text"] or re.split(r"\W", both[0])[0], text)


def _is_only_role(part: str) -> bool:
    role = ROLE.search(part)
    return role is not None and not is_person(part[role.end() :].strip())


def _author_credits(text: str) -> Iterator[str]:
    """Cut a line of credits at its labels and yield what belongs to the authors."""
    text = _DATED.sub("", _GLUED.sub("\n", text))
    others = [(match.start(), match.end(), False) for match in OTHER_CREDIT.finditer(text)]
    taken = {place for start, end, _ in others for place in range(start, end)}
    labels = others + [
        (match.start(), match.end(), True)
        for match in AUTHOR_LABEL.finditer(text)
        if match.start() not in taken
    ]
    labels.sort()
    ends = [start for start, _, _ in labels] + [len(text)]
    yield text[: ends[0]]
    for (_, begin, is_author), end in zip(labels, ends[1:], strict=True):
        if is_author:
            yield text[begin:end]


def _parts(credit: str) -> Iterator[str]:
    """Cut at what stands between two names."""
    credit = _PARENTHESES.sub("\n", BARE_LABEL.sub("", credit.strip()))
    for piece in _BETWEEN.split(credit):
        names = AND.split(f" {piece} ".replace("  ", " "))
        # "Ortega y Gasset" is one person: nobody is printed with one word.
        are_names = all(len(name.split()) > 1 for name in names)
        for name in names if are_names else [piece]:
            if name.strip(" .:—–-"):
                yield name.strip()


def _bare(part: str) -> str:
    """Take the label, the place, the handle and the role from a name."""
    name = BARE_LABEL.sub("", part)
    name = AFTERWARDS.sub("", name)
    role = ROLE.search(name)
    if role:
        before, after = name[: role.start()].strip(), name[role.end() :].strip()
        # "Chief Political Editor": words with capitals before a role belong to the role.
        name = after if is_person(after) else before if role[0].islower() else ""
    name = _HANDLES.sub("", name)
    name = name.strip(" :—–-«»\"'*")
    if name.endswith(".") and not _INITIALS.fullmatch(name.split()[-1]):
        name = name.rstrip(".")
    return f"{name}." if re.search(r"\s[^\W\d_a-zа-яё]$", name) else name


def _may_stand_beside(part: str) -> bool:
    """Say whether a byline may hold it beside names: a place, a date, a role, an agency."""
    is_other = ROLE.search(part) or NOT_A_PERSON.search(part) or CALENDAR.search(part)
    return bool(is_other) or len(part.split()) == 1 or any(sign.isdigit() for sign in part)


def _is_name_word(word: str) -> bool:
    if _INITIALS.fullmatch(word):
        return True
    first = _ELIDED.sub("", word)[:1]
    return bool(_NAME.fullmatch(word)) and (word[0].isupper() or first.isupper())
