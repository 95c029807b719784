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
    assert word_diff("x " * 900, "y " * 900) == [("del", "x " * 900), ("ins", "y " * 900)]


_TEXT = st.text(st.sampled_from("аб x-.,_'\n"), max_size=60)


@given(_TEXT, _TEXT)
def test_the_pieces_hold_both_wordings(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "ins") == before
    assert "".join(text for kind, text in pieces if kind != "del") == after
    assert all(text for _kind, text in pieces)
