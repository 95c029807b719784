import pytest
from tests.steps import counted

from copydesk.errata import overlap
from copydesk.errata.fingerprint_v1 import fingerprint
from copydesk.errata.overlap import PLACES, Claim, same_error
from copydesk.errata.quote import Quote

TEXT = (
    "Городская админстрация сообщила, что ремонт моста закончат к осени. "
    "Мэр обещал, что админстрация ответит на все письма. "
    "Работы идут, но медленно: не хватает каменьщиков и крана."
)


def claim(words: str, suggestion: str = "", *, nth: int = 1, context: int = 256) -> Claim:
    start = -1
    for _ in range(nth):
        start = TEXT.index(words, start + 1)
    end = start + len(words)
    quote = Quote(words, TEXT[max(0, start - context) : start], TEXT[end : end + context])
    return Claim(quote, suggestion)


WORD = claim("админстрация", "администрация")


@pytest.mark.parametrize(
    "other",
    [
        claim("админстрация"),
        claim("Городская админстрация"),
        claim("Городская админстрация сообщила"),
        claim("Городская админстрация сообщила, что", "Городская администрация сообщила, что"),
        claim("админст", "админист"),
        claim("нстр", "нистр"),
        claim("админстрация", "администрация", context=20),
    ],
)
def test_overlapping_reports_of_one_error_are_the_same(other: Claim) -> None:
    assert same_error(WORD, other)
    assert same_error(other, WORD)


@pytest.mark.parametrize(
    "other",
    [
        claim("админстрация", "администрация", nth=2),  # the same word elsewhere
        claim("сообщила"),
        claim("Городская админстрация сообщила, что", "Городская админстрация сообщила: что"),
        claim(TEXT[:60]),  # a whole sentence says nothing of which word is wrong
        claim(","),
        claim("каменьщиков", "каменщиков"),
    ],
)
def test_different_errors_are_not(other: Claim) -> None:
    assert not same_error(WORD, other)
    assert not same_error(other, WORD)


def test_a_report_of_one_letter_does_not_swallow_others() -> None:
    letter = claim("и", nth=7)
    words = ["админстрация", "сообщила", "ремонт моста", "осени", "письма", "каменьщиков и крана"]
    assert [word for word in words if same_error(letter, claim(word))] == []


def test_a_comma_is_the_same_only_as_the_very_same_comma() -> None:
    first = claim(",", "")
    assert same_error(first, claim(",", "", nth=1))
    assert not same_error(first, claim(",", "", nth=2))
    assert not same_error(first, claim("сообщила,"))


def test_two_edits_of_two_words_in_one_selection_stay_apart() -> None:
    left = claim("каменьщиков и крана", "каменщиков и крана")
    right = claim("каменьщиков и крана", "каменьщиков и кранов")
    assert not same_error(left, right)


def test_windows_without_context_are_compared_by_what_they_have() -> None:
    assert same_error(Claim(Quote("админстрация")), Claim(Quote("админстрация")))
    assert not same_error(Claim(Quote("админстрация")), Claim(Quote("каменьщиков")))


def test_a_text_of_one_letter_is_tried_at_a_few_places_only() -> None:
    one, other = (Claim(Quote("a" * 500 + odd + "a" * 499, "a" * 300, "a" * 300)) for odd in "bc")
    with counted(overlap._agrees_around) as tries:
        assert not same_error(one, other)
    assert 0 < tries["_agrees_around"] <= 4 * PLACES


def test_a_claim_is_folded_once_however_many_it_is_compared_with() -> None:
    one = claim("админстрация")
    with counted(overlap._window, overlap._wrong_tokens) as steps:
        assert [same_error(one, other) for other in [WORD] * 9] == [True] * 9
    assert set(steps.values()) <= {1, 2}


def test_the_fingerprint_forgives_the_typographer_but_not_the_place() -> None:
    here = Quote("слово", "он сказал «", "» и ушёл")
    assert fingerprint(here) == fingerprint(Quote("слово", 'он сказал "', '" и ушёл'))
    assert fingerprint(here) == fingerprint(Quote("сло\u00adво", "он\u00a0сказал «", "» и ушёл"))
    assert fingerprint(here) != fingerprint(Quote("слово", "она сказала «", "» и ушла"))
