"""Which author a printed name means."""

import pytest

from copydesk.notify.names import (
    Fit,
    Match,
    Person,
    find,
    find_each,
    fit,
    printed_names,
    words_of,
)


@pytest.mark.parametrize(
    "printed",
    [
        "Иван Петров",
        "Петров Иван",
        "Иван ПЕТРОВ",
        "ПЕТРОВ ИВАН",
        "Иван\u00a0Петров",
        "Петров, Иван",
        "Ива\u00adн Петров",
        " иван  петров ",
    ],
)
def test_the_same_words_are_the_same_person(printed: str) -> None:
    assert fit(printed, "Иван Петров") is Fit.EXACT


@pytest.mark.parametrize(
    ("printed", "known", "expected"),
    [
        ("Пётр Королёв", "Петр Королев", Fit.EXACT),
        ("Артём Алёшин", "АРТЕМ АЛЕШИН", Fit.EXACT),
        ("И. Петров", "Иван Петров", Fit.INITIALS),
        ("И.П. Петров", "Иван Павлович Петров", Fit.INITIALS),
        ("И.П.Петров", "Иван Петров", Fit.INITIALS),
        ("Петров И.", "Иван Петров", Fit.INITIALS),
        ("Иван Павлович Петров", "Иван Петров", Fit.LONGER),
        ("Ada Byrne", "Ada M. Byrne", Fit.LONGER),
        ("Jean-Luc O\u2019Neil", "jean\u2010luc o'neil", Fit.EXACT),
        ("Петров", "Иван Петров", Fit.NONE),
        ("Игорь Петров", "Иван Петров", Fit.NONE),
        ("А. Петров", "Иван Петров", Fit.NONE),
        ("И. П.", "Иван Петров", Fit.NONE),
        ("Иван Петровский", "Иван Петров", Fit.NONE),
        ("", "Иван Петров", Fit.NONE),
        ("...", "...", Fit.NONE),
    ],
)
def test_how_well_a_name_fits(printed: str, known: str, expected: Fit) -> None:
    assert fit(printed, known) is expected
    assert fit(known, printed) is expected


IVAN = Person(1, "Иван Петров", ("И. П. Петров", "Petrov Ivan"))
IGOR = Person(2, "Игорь Петров")
ANNA = Person(3, "Анна Белых")


def test_an_initial_that_fits_two_people_finds_both() -> None:
    match = find("И. Петров", [IVAN, IGOR, ANNA])
    assert match == Match("И. Петров", (IVAN, IGOR), is_sure=False)


def test_the_best_fit_alone_counts() -> None:
    assert find("И. П. Петров", [IVAN, IGOR]).people == (IVAN,)
    assert find("Иван Петров", [IGOR, IVAN]).people == (IVAN,)


def test_a_variant_that_an_editor_entered_counts() -> None:
    assert find("Ivan Petrov", [IVAN, IGOR]) == Match("Ivan Petrov", (IVAN,), is_sure=True)


def test_a_byline_of_several_names() -> None:
    assert printed_names("Иван Петров; Анна Белых;") == ["Иван Петров", "Анна Белых"]
    assert find_each("Анна Белых; Пётр Никто", [IVAN, ANNA]) == [
        Match("Анна Белых", (ANNA,), is_sure=True),
        Match("Пётр Никто"),
    ]


@pytest.mark.parametrize("byline", ["Анна Белых и Иван Петров", "Анна Белых, Иван Петров"])
def test_names_that_the_page_prints_as_one(byline: str) -> None:
    assert find_each(byline, [IVAN, ANNA]) == [
        Match("Анна Белых", (ANNA,), is_sure=True),
        Match("Иван Петров", (IVAN,), is_sure=True),
    ]


def test_surname_first_with_a_comma_is_one_person() -> None:
    assert find_each("Петров, Иван", [IVAN]) == [Match("Петров, Иван", (IVAN,), is_sure=True)]


def test_words_are_comparable() -> None:
    assert words_of("  ПЁТР\u00a0И.О. Ёлкин\u200b ") == ("петр", "и", "о", "елкин")
