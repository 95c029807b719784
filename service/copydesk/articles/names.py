"""Persons' names in a byline: take them out of whatever stands around. Pure.

A byline only ever selects among authors whom the site's editors entered, so a wrong guess here
costs a mail to the desk instead of the author, and never one to a stranger.
"""

import re

from copydesk.errata.normalize import clean

MAX_NAMES = 8
LONGEST_BYLINE = 300
LONGEST_NAME = 60
MOST_WORDS = 4

LABELS = (
    r"(?:авторы?|текст|материал\s+подготовил[аи]?|подготовил[аи]?|(?:спец)?корреспондент|"
    r"by|words\s+by|story\s+by|written\s+by|reported\s+by|text\s+by|author|text)"
)
_LABEL = re.compile(rf"^\s*{LABELS}\b\s*[:—–-]?\s*", re.IGNORECASE)
_PICTURES = re.compile(
    r"\b(?:фото(?:граф(?:ии)?)?|иллюстраци[яи]|видео|photos?|photography|pictures?|video|images?)"
    r"(?:\s+by|\s*[:—–-]).*$",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(r"\s*(?:[,;|/&\n·•]|\s(?:and|и|und|et)\s)\s*")
_INITIAL = r"[A-ZА-ЯЁ]\.(?:[A-ZА-ЯЁ]\.)?"
_WORD = r"[^\W\d_]+(?:['’ʼ.-][^\W\d_]+)*"
_NAME_WORD = re.compile(rf"{_INITIAL}|{_WORD}")
_PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "da", "di", "du", "la", "le", "al", "el", "bin", "ibn"}
    | {"фон", "ван", "де", "да", "ди", "дер", "ибн", "оглы", "кызы"}
)
# One of these words makes it an outlet, a department or a role instead of a person.
_NOT_A_PERSON = re.compile(
    r"\b(?:редакци\w*|агентств\w*|новост\w*|газет\w*|служб\w*|отдел\w*|пресс|риа|тасс|интерфакс|"
    r"корреспондент\w*|редактор\w*|обозревател\w*|журналист\w*|колумнист\w*|издани\w*|портал\w*|"
    r"ооо|зао|ано|фото|reuters|afp|news|press|agency|agencies|staff|editorial|editors?|team|"
    r"media|desk|newsroom|correspondents?|reporters?|writers?|columnists?|contributors?|times|"
    r"gazette|tribune|herald|magazine|journal|inc|ltd|llc|group|admin|administrator|photo)\b",
    re.IGNORECASE,
)


def names_in(text: str, *, not_these: frozenset[str] = frozenset()) -> list[str]:
    """Return the persons that a byline names, in its order, at most 8; outlets and roles never.

    ``not_these``: names of the site itself, in lower case.
    """
    text = clean(text)[:LONGEST_BYLINE]
    text = _PICTURES.sub("", text)
    text = _LABEL.sub("", text)
    found: list[str] = []
    for part in _BETWEEN.split(text):
        name = _LABEL.sub("", part).strip(" .:—–-")
        name = name + "." if re.search(r"\b[A-ZА-ЯЁ]$", name) else name
        if is_person(name) and name.lower() not in not_these and name not in found:
            found.append(name)
    return found[:MAX_NAMES]


def is_person(name: str) -> bool:
    """Say whether it looks like a person's name: two to four words, each with a capital."""
    words = name.split()
    if len(name) > LONGEST_NAME or not 1 < len(words) <= MOST_WORDS:
        return False
    if _NOT_A_PERSON.search(name):
        return False
    full = [word for word in words if word.lower() not in _PARTICLES]
    return any(len(word.strip(".")) > 1 for word in full) and all(
        _NAME_WORD.fullmatch(word) and word[0].isupper() for word in full
    )


def is_signature(line: str) -> bool:
    """Say whether a line is a lone signature: a name and a SURNAME IN CAPITALS."""
    words = line.strip(" .").split()
    has_surname = any(len(word) > 2 and word.isupper() and word.isalpha() for word in words)
    has_other = any(not word.isupper() or word.endswith(".") for word in words)
    return has_surname and has_other and is_person(" ".join(words))
