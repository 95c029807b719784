"""Comparing hostile text ends: counted in lines of the standard library that are run."""

import difflib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from copydesk.articles.known_addresses import same_title
from copydesk.errata.matching import BoundedMatcher, TooMuchWork
from copydesk.errata.worddiff import word_diff

# Every second item is shared, and no two in a row: the matcher looks again after each.
HOSTILE = (
    "".join("!" + chr(0x4E00 + n) for n in range(316)),
    "".join("!" + chr(0x5E00 + n) for n in range(316)),
)
MOST_LINES = 2_000_000
"""Hostile text made the matcher run a hundred million of them."""


def lines_of_difflib(work: Callable[[], object]) -> int:
    """Count the lines that ``work`` has the matcher run; ends it when there are far too many."""
    count = 0

    def line(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        if count > 2 * MOST_LINES:
            raise AssertionError("it goes on and on")
        return line

    def call(frame: FrameType, event: str, arg: object) -> Any:
        return line if frame.f_code.co_filename == difflib.__file__ else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_hostile_wordings_and_titles_are_given_up_on() -> None:
    assert lines_of_difflib(lambda: word_diff(*HOSTILE)) < MOST_LINES
    titles = [text[:500] for text in HOSTILE]
    # Alike enough letter for letter, in another order.
    titles[1] = "".join(sorted(titles[0][:400])) + titles[0][400:]
    assert lines_of_difflib(lambda: same_title(*titles)) < MOST_LINES


def test_a_matcher_stops_before_it_takes_too_many_steps() -> None:
    def compare(most_steps: int) -> None:
        with pytest.raises(TooMuchWork):
            BoundedMatcher(*HOSTILE, most_steps=most_steps).get_opcodes()

    # The first look alone takes some 100,000: 316 items meet 316 copies each, and 316 meet none.
    all_but_one = lines_of_difflib(lambda: compare(100_000))
    assert lines_of_difflib(lambda: compare(150_000)) > 20 * all_but_one
    assert BoundedMatcher("abcd", "abxd", most_steps=20).ratio() == 0.75


def test_titles_of_one_article_are_the_same() -> None:
    title = "The mayor of the small northern town will not run again before the end of May"
    assert same_title(title, f"{title} – Gazette")
    assert same_title(f"{title.upper()} –  now", title)
    assert same_title(f"{title} " * 6, f"{title} " * 6 + "– The Gazette")
    assert not same_title(title, "A man was rescued from the ice near the old harbour on Sunday")
    assert not same_title("", "")
