"""The spans in which PostgreSQL is asked: all errata, each once, the newest first."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from copydesk.errata.search_match import age_mark, spans


@given(st.integers(0, 2**31))
def test_spans_cover_everything_once(top: int) -> None:
    found = list(spans(top))
    assert found[0].top == top
    assert found[-1].floor == 0
    for newer, older in pairwise(found):
        assert newer.floor == older.top
        assert newer.floor <= newer.top


@given(st.integers(1, 2**31), st.integers(0, 2**31))
def test_whatever_lies_in_a_span_with_marks_has_one_of_them(top: int, number: int) -> None:
    for span in spans(top):
        if span.marks and span.floor <= number < span.top:
            assert age_mark(number) in span.marks
        assert len(span.marks) <= 5
