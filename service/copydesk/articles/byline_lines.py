"""Bylines that are only printed: a line with a label, a signature."""

from collections.abc import Iterator
from itertools import islice

from copydesk.articles.byline_words import LAST_LABEL, OFFICE
from copydesk.articles.names import (
    is_signature,
    names_by_label,
    signed_with_date,
    signed_with_role,
)
from copydesk.articles.surroundings import Surroundings

LONGEST_LINE = 160
LAST_LINES = 12
LAST_LINES_WITH_ROLE = 4
FIRST_LINES = 8
MOST_SIGNATURES = 2
"""More lines that look like one are a table of players."""
LABELS_WITHIN = 300
"""Lines from either end of the text: a byline stands before the story or after it."""


def by_label(page: Surroundings, text: str) -> Iterator[str]:
    """Yield the authors of the first line that begins with a label, the article's own first.

    ``text``: the page's clean text, for pages that are nothing but other parts.
    """
    for lines in _own_and_all(page, text):
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            names = names_by_label(line, following) if len(line) <= LONGEST_LINE else []
            if names:
                yield "; ".join(names)
                return
    for line in page.lines[-LAST_LINES_WITH_ROLE:]:
        label = LAST_LABEL.match(line)
        if label and len(line) <= LONGEST_LINE:
            yield line[label.end() :]


def _own_and_all(page: Surroundings, text: str) -> Iterator[list[str]]:
    yield _ends(page.lines or text.split("\n"))
    if page.root is not None and page.root.tag != "body":
        yield _ends(page.lines_of(page.tree.body) or text.split("\n"))


def _ends(lines: list[str]) -> list[str]:
    if len(lines) <= 2 * LABELS_WITHIN:
        return lines
    return [*lines[:LABELS_WITHIN], "", *lines[-LABELS_WITHIN:]]


def by_signature(page: Surroundings, text: str) -> Iterator[str]:
    """Yield the lone name that ends the story: SURNAME IN CAPITALS, or with a role beside it.

    With a role it may stand before the story as well.
    """
    lines = page.lines or text.split("\n")
    last = lines[-LAST_LINES:]
    signed = [
        line
        for before, line in zip(["", *last], last, strict=False)
        # An official decree ends like that too, below the office of whoever signed it.
        if is_signature(line) and not OFFICE.match(before)
    ]
    if 0 < len(signed) <= MOST_SIGNATURES:
        yield signed[-1]
        return
    yield from islice(_signed_otherwise(lines), 1)


def _signed_otherwise(lines: list[str]) -> Iterator[str]:
    first = lines[:FIRST_LINES]
    yield from filter(None, map(signed_with_role, reversed(lines[-LAST_LINES_WITH_ROLE:])))
    yield from filter(None, map(signed_with_role, first))
    yield from filter(None, map(signed_with_date, first))
