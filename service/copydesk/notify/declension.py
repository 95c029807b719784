"""Russian names in the genitive and the instrumental, by their endings. Pure.

A line such as "Текст Анны Петровой" or "Подготовлено Иваном Ковальчуком" prints the author in a
case. The forms are made from the name that an editor entered, never guessed back from the page:
"Петрова" alone could be a woman or a case of "Петров". No dictionary is needed for that, and none
would know the surnames.
"""

import re
from collections.abc import Callable, Iterator, Sequence

_RUSSIAN = re.compile("[а-я]+(?:-[а-я]+)*")
_HUSHING = "жшчщ"
_NO_Y = "гкх" + _HUSHING  # after these, и is written and never ы
_MOVING_VOWEL = re.compile("(?:ец|яц|ок|ек|ел|ень|ев)$")

# Ending, then its genitive and its instrumental; a form may be written in several ways. Longer
# endings stand first, all that fit are used: "Марин" may be a given name or a surname.
_MASCULINE = (
    ("ский", ("ского",), ("ским",)),
    ("цкий", ("цкого",), ("цким",)),
    ("ий", ("ия", "ого", "его", "ьего"), ("ием", "им", "ьим")),
    ("ый", ("ого",), ("ым",)),
    ("ой", ("ого", "оя"), ("ым", "им", "оем")),
    ("й", ("я",), ("ем",)),
    ("ь", ("я",), ("ем",)),
    ("ов", ("ова",), ("овым", "овом")),
    ("ев", ("ева",), ("евым", "евом")),
    ("ин", ("ина",), ("иным", "ином")),
    ("ын", ("ына",), ("ыным", "ыном")),
)
_FEMININE = (
    ("ова", ("овой",), ("овой", "овою")),
    ("ева", ("евой",), ("евой", "евою")),
    ("ина", ("иной",), ("иной", "иною")),
    ("ына", ("ыной",), ("ыной", "ыною")),
    ("ая", ("ой", "ей"), ("ой", "ою", "ей")),
    ("яя", ("ей",), ("ей", "ею")),
    ("ь", ("и", "ь"), ("ью", "ь")),  # "Любови", but "Анны Коваль"
)
GENITIVE, INSTRUMENTAL = 0, 1

# Genitives of men's names that are women's names as well.
_ALSO_WOMEN = frozenset(
    {
        *("августина", "августы", "аврелия", "адриана", "александра", "альбина", "амира"),
        *("анастасия", "антонина", "аполлинария", "богдана", "бронислава", "валентина"),
        *("валериана", "валерия", "виктория", "виталия", "владимира", "владислава", "габриэла"),
        *("габриела", "дамира", "дана", "даниэла", "даниела", "динара", "доминика", "евгения"),
        *("ильмира", "ильхама", "камила", "камиля", "карима", "карла", "кира", "клавдия"),
        *("корнелия", "кристина", "людмила", "мария", "марина", "мартина", "микаэла"),
        *("мирослава", "наиля", "нурлана", "павла", "паула", "радмила", "рамиля", "рашида"),
        *("рената", "рината", "роберта", "романа", "руслана", "саида", "салима", "самира"),
        *("серафима", "симона", "станислава", "стефана", "ульяна", "фарида", "фредерика"),
        *("христина", "эльвира", "эльмира", "эмилия", "эрика", "юлиана", "юлия", "яна"),
        *("янина", "ярослава", "джамиля", "доната", "злата", "зиновия", "любомира"),
    }
)
# They end like surnames of women and are none.
_MEN_ONLY = frozenset({"константина", "вениамина", "эдвина", "бенджамина", "дарвина"})
_LIKE_A_WOMANS = ("ова", "ева", "ина", "ына")


def declined(known: Sequence[str], printed: Sequence[str]) -> Iterator[list[str]]:
    """Yield a known name in the cases and genders in which it may be printed.

    Both are words as ``words_of`` makes them: small letters, е for ё. Of the spellings of a form
    the one that is printed is chosen. A name that does not change is not yielded.
    """
    for case in (GENITIVE, INSTRUMENTAL):
        for forms_of in (_masculine, _feminine):
            words = [_chosen(forms_of(word, case), printed) for word in known]
            if words != list(known):
                yield words


def may_be_nominative(printed: Sequence[str], known: Sequence[str]) -> bool:
    """Say whether a name printed in the genitive could be another person's, a woman's, as it is.

    "Александра Петрова" and "А. Петрова" could; "Ивана Петрова", "Александра Ковальчука" couldn't.
    """
    return all(
        len(word) == 1
        or word in known
        or word in _ALSO_WOMEN
        or (word.endswith(_LIKE_A_WOMANS) and word not in _MEN_ONLY)
        for word in printed
    )


def _chosen(forms: Sequence[str], printed: Sequence[str]) -> str:
    return next((form for form in forms if form in printed), forms[0])


def _masculine(word: str, case: int) -> list[str]:
    if not _is_declinable(word):
        return [word]
    if "-" in word:
        return _hyphened(word, case, _masculine)
    if word[-1] in "ая":
        return _ending_in_a(word, case)
    forms = _by_ending(word, case, _MASCULINE)
    if word.endswith(("ых", "их")):  # "Седых" never changes, "Эйдельмих" does
        forms.append(word)
    if word[-1] not in "йь":
        endings = (("а",), ("ом", "ем"))[case]
        forms += [word + ending for ending in endings]
    bare = _MOVING_VOWEL.sub(_without_vowel, word)
    if bare != word:
        soft = bare.removesuffix("ь")
        endings = (("я",), ("ем",))[case] if bare != soft else (("а",), ("ом", "ем"))[case]
        forms += [soft + ending for ending in endings]
    return forms


def _feminine(word: str, case: int) -> list[str]:
    if not _is_declinable(word):
        return [word]
    if "-" in word:
        return _hyphened(word, case, _feminine)
    # A woman's name that ends in a consonant never changes: "Кармен Ковальчук".
    forms = _by_ending(word, case, _FEMININE)
    return forms + (_ending_in_a(word, case) if word[-1] in "ая" else []) or [word]


def _ending_in_a(word: str, case: int) -> list[str]:
    """Return the forms of "Анна", "Никита", "Илья", "Глинка"; "Моруа" never changes."""
    stem, last = word[:-1], word[-1]
    if last == "а" and stem[-1:] in tuple("аеиоуыэюя"):
        return [word]
    if case == GENITIVE:
        return [stem + ("и" if last == "я" or stem[-1:] in tuple(_NO_Y) else "ы")]
    return [stem + ending for ending in (("ей", "ею") if last == "я" else ("ой", "ою", "ей"))]


def _by_ending(
    word: str, case: int, table: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> list[str]:
    forms = []
    for row in table:
        ending = row[0]
        if word.endswith(ending) and len(word) > len(ending) + 1:
            forms += [word.removesuffix(ending) + form for form in row[1 + case]]
    return forms


def _without_vowel(match: re.Match[str]) -> str:
    """Take out the vowel that moves: Кравец - Кравца, Заяц - Зайца, Павел - Павла, Лев - Льва."""
    ending = match[0]
    before = match.string[match.start() - 1] if match.start() else ""
    if ending == "ев":
        return "ьв" if match.start() == 1 else ending
    is_after_vowel = ending in {"ец", "яц"} and before in "аеиоуыэюя"
    return ("й" if is_after_vowel else "") + ending[1:]


def _hyphened(word: str, case: int, forms_of: Callable[[str, int], list[str]]) -> list[str]:
    """Return the forms of "Римский-Корсаков"; the first part may stay as it is."""
    *parts, last = word.split("-")
    forms = [""]
    for part in parts[:2]:
        forms = [f"{form}{one}-" for form in forms for one in (*forms_of(part, case), part)]
    rest = "".join(f"{part}-" for part in parts[2:])
    return [f"{form}{rest}{one}" for form in forms for one in forms_of(last, case)]


def _is_declinable(word: str) -> bool:
    return len(word) > 1 and _RUSSIAN.fullmatch(word) is not None and word[-1] not in "еиоуыэю"
