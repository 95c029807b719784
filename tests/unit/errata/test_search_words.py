"""Words are cut and folded alike for the index and for what is typed, whatever is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errata.search_words import LONGEST, MOST_TYPED, Term, terms_of, words_of


def fits(typed: str, text: str) -> bool:
    words = set(words_of(text))
    terms = terms_of(typed)
    return bool(terms) and all(
        any(word.startswith(term.word) for word in words)
        if term.is_beginning
        else term.word in words
        for term in terms
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("админ", "Глава администрации"),
        ("администрации", "Администрация города"),
        ("Ёлка", "новогодние елки"),
        ("елки", "ёлка"),
        ("вышел", "вы́шел из строя"),  # a stress mark
        ("Малый", "малые формы"),
        ("по-моему", "По-моему, так"),
        ("café", "Cafe de Flore"),
        ("cafe", "CAFÉ"),
        ("STRASSE", "Straße"),
        ("recieved", "“recieved”, he said"),
        ("错误", "这里有一个错误报告"),
        ("告", "错误报告"),
        ("خطأ", "هذا خطأ."),
        ("ﬁnal", "the final word"),
        ("2026", "in 2026."),
        ("ferry harbour", "The harbour waits for its ferry"),
    ],
)
def test_found(typed: str, text: str) -> None:
    assert fits(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ад", "администрация"),  # two letters are a word, not the beginning of a tenth of all
        ("дом", "дым"),
        ("误错", "错误"),
        ("ferry harbour", "The ferry waits"),
        ('" OR *', "nothing of it"),
        ("", "text"),
        ("— … !", "text"),
    ],
)
def test_not_found(typed: str, text: str) -> None:
    assert not fits(typed, text)


def test_an_ending_goes_only_from_a_word_that_stays_one() -> None:
    assert terms_of("два") == [Term("два", is_beginning=True)]
    assert terms_of("да") == [Term("да", is_beginning=False)]
    assert terms_of("премьера") == [Term("премьер", is_beginning=True)]
    assert terms_of("премьерами") == [Term("премьер", is_beginning=True)]
    assert terms_of("premiera") == [Term("premiera", is_beginning=True)]


def test_nothing_is_endless() -> None:
    assert all(len(word) <= LONGEST for word in words_of("ж" * 10_000))
    assert len(terms_of(" ".join(f"word{number}" for number in range(10_000)))) == MOST_TYPED
    assert fits("ж" * 10_000, "ж" * 10_000)


@given(st.text(max_size=300))
def test_no_word_holds_what_a_search_could_trip_over(text: str) -> None:
    for word in [*words_of(text), *(term.word for term in terms_of(text))]:
        assert word
        assert len(word) <= LONGEST
        assert not set(word) & set(" \"'\\*()&|!:<>^+-_\x00\ue000")
        assert word.isalnum()


@given(st.text(max_size=100))
def test_what_stands_in_a_text_finds_it(text: str) -> None:
    if terms_of(text):
        assert fits(text, f"before {text} after")
