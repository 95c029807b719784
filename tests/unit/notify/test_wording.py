"""Foreign text in mails: no links, no tricks."""

import pytest

from copydesk.errata.worddiff import word_diff
from copydesk.notify.wording import WORD_JOINER, inert, line, marked, only_change, shorten


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("see https://evil.example/x", "see https:|//evil.|example/x"),
        ("mail me@evil.example", "mail me@|evil.|example"),
        ("www.evil.рф", "www.|evil.|рф"),
        ("3.14 and т.е. and e.g. and 12.30", "3.14 and т.е. and e.g. and 12.30"),
        ("plain words.", "plain words."),
    ],
)
def test_no_address_is_left_to_click(text: str, broken: str) -> None:
    assert inert(text) == broken.replace("|", WORD_JOINER)


def test_control_and_direction_characters_go() -> None:
    assert inert("a\u202eb\u2066c\x00d\x1be\ud800") == "a b c d e "
    assert line(" a\r\n\tb\u00a0 c ") == "a b c"


def test_shortening_ends_at_a_word() -> None:
    assert shorten("one two three", 100) == "one two three"
    assert shorten("one two three", 10) == "one two…"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"


def test_a_diff_in_plain_text() -> None:
    assert marked(word_diff("the old word", "the new word")) == "the [old → new] word"
    assert marked(word_diff("a b c", "a c")) == "a [− b]c"
    assert marked(word_diff("a c", "a b c")) == "a [+ b]c"


def test_the_one_change_is_told_apart() -> None:
    assert only_change(word_diff("the old word", "the new word")) == ("old", "new")
    assert only_change(word_diff("a b c", "x b z")) is None
    assert only_change(word_diff("same", "same")) is None
