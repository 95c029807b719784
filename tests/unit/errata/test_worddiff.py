"""What changed between two wordings."""

from hypothesis import given
from hypothesis import strategies as st

from copydesk.errata.worddiff import word_diff


def test_a_word_changes_as_a_whole() -> None:
    assert word_diff("Вчера админстрация города", "Вчера администрация города") == [
        ("same", "Вчера "),
        ("del", "админстрация"),
        ("ins", "администрация"),
        ("same", " города"),
    ]


def test_changes_with_only_space_between_are_one() -> None:
    assert word_diff("the big red dog", "the small blue dog") == [
        ("same", "the "),
        ("del", "big red"),
        ("ins", "small blue"),
        ("same", " dog"),
    ]


def test_nothing_and_everything() -> None:
    assert word_diff("", "") == []
    assert word_diff("same", "same") == [("same", "same")]
    assert word_diff("", "new") == [("ins", "new")]


def test_what_takes_too_long_to_compare_is_one_change_between_its_ends() -> None:
    odd, even = (
        "".join(f"!{n}" for n in range(0, 600, 2)),
        "".join(f"!{n}" for n in range(1, 600, 2)),
    )
    assert word_diff(f"He said {odd}! Yes", f"He said {even}! Yes") == [
        ("same", "He said !"),
        ("del", odd[1:]),
        ("ins", even[1:]),
        ("same", "! Yes"),
    ]
    assert word_diff(f"He {odd}", f"He {odd} said") == [("same", f"He {odd}"), ("ins", " said")]


def test_a_long_quote_that_was_rewritten_is_still_told_word_by_word() -> None:
    words = [f"word{number % 70}" for number in range(100)]
    others = [word + "s" if number % 4 == 0 else word for number, word in enumerate(words)]
    pieces = word_diff(" ".join(words), " ".join(others))
    assert sum(kind == "del" for kind, _text in pieces) == 25


_TEXT = st.text(st.sampled_from("аб x-.,_'\n"), max_size=60)


@given(_TEXT, _TEXT)
def test_the_pieces_hold_both_wordings(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "ins") == before
    assert "".join(text for kind, text in pieces if kind != "del") == after
    assert all(text for _kind, text in pieces)
