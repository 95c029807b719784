"""Ask the index of words, the newest errata first.

FTS5 reads its lists backwards and stops when a page is full. PostgreSQL's GIN has no order: either
all matches are found and sorted, which takes a second for a common word, or the rows are tested
one by one from the newest on, which takes a second for a rare one; and which of them is which the
planner guesses wrong as soon as a word was common years ago. So there the newest rows are tested,
where a common word fills its page, and some more if that promises to be enough. A word that is not
there has few matches: the index is asked for those among the next half million, then for the rest.
And where all that has the marks is little, the words play no part in finding it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from copydesk.errata.search_words import Term

NEAR = 5000
"""The newest errata, which PostgreSQL tests one by one: 2 ms."""
DENSE = 8
"""So many matches among those promise a page from some more rows."""
MOST_WALKED = 30_000
FEW = 3000
"""So many errata it tests one by one wherever they are."""
AGE_BITS = 17
"""Errata whose ids differ in so many bits alone, 131,072 of them, share the mark of an age."""
_MARK = "\ue000"
_AGES = 4


@dataclass(frozen=True)
class Span:
    """A stretch of errata by their ids: from ``floor`` on, below ``top``."""

    floor: int
    top: int
    marks: tuple[str, ...]
    """One of these marks is on each of them; none: it takes the ids to tell."""


def age_mark(erratum_id: int) -> str:
    """Return the word that tells roughly when an erratum was opened."""
    return f"{_MARK}a{erratum_id >> AGE_BITS}"


def spans(top: int) -> Iterator[Span]:
    """Yield what lies below ``top``, the newest first: some 500,000, then the rest."""
    middle = max(0, ((top >> AGE_BITS) - _AGES) << AGE_BITS)
    ages = range(middle, top, 1 << AGE_BITS)
    yield Span(middle, top, tuple(age_mark(first) for first in ages))
    yield Span(0, middle, ())


def newest_matches(
    session: Session,
    terms: Sequence[Term],
    marks: Sequence[Sequence[str]],
    *,
    before: int | None,
    most: int,
    marked: int,
) -> Iterator[list[int]]:
    """Yield ids of errata that have all ``terms`` and of each list of ``marks`` one, newest first.

    At most ``most`` at a time, only those below ``before``; for as long as somebody asks for more.
    ``marked`` is about how many have the marks, whatever their words.
    """
    if session.get_bind().dialect.name == "sqlite":
        span = Span(0, _NO_END if before is None else before, ())
        yield from _pages(session, _FTS5, {"asked": _for_fts5(terms, marks)}, span, most)
        return
    if marks and marked <= FEW:
        asked = {"asked": _for_tsquery(terms, []), "marked": _for_tsquery([], marks)}
        span = Span(0, _NO_END if before is None else before, ())
        yield from _pages(session, _AMONG_FEW, asked, span, most)
        return
    if before is None:
        newest = session.scalar(text("SELECT max(erratum_id) FROM erratum_search"))
        before = (newest or 0) + 1
    found = 0
    asked = {"asked": _for_tsquery(terms, marks)}
    near = Span(max(0, before - NEAR), before, ())
    for ids in _pages(session, _TSVECTOR, asked, near, most):
        found += len(ids)
        yield ids
    # As dense as here, one and a half times as far as it then takes.
    more = min(MOST_WALKED, most * NEAR * 3 // (2 * found)) if found >= DENSE else 0
    walk = Span(max(0, near.floor - more), near.floor, ())
    yield from _pages(session, _TSVECTOR, asked, walk, most)
    for span in spans(walk.floor):
        words = _for_tsquery(terms, [*marks, span.marks] if span.marks else marks)
        yield from _pages(session, _TSVECTOR, {"asked": words}, span, most)


def _pages(
    session: Session, statement: str, asked: dict[str, str], span: Span, most: int
) -> Iterator[list[int]]:
    top = span.top
    while span.floor < top:
        # The numbers stand in the statement itself: with parameters in their place, PostgreSQL
        # would after a while plan for any span at all.
        plain = statement.format(floor=int(span.floor), top=int(top), most=int(most))
        ids = list(session.scalars(text(plain), asked))
        if ids:
            yield ids
        if len(ids) < most:
            return
        top = ids[-1]


_NO_END = 2**31
_FTS5 = (
    "SELECT rowid FROM erratum_search WHERE erratum_search MATCH :asked "
    "AND rowid >= {floor} AND rowid < {top} ORDER BY rowid DESC LIMIT {most}"
)
# Without MATERIALIZED the LIMIT would talk the planner into walking back through the rows.
_TSVECTOR = (
    "WITH found AS MATERIALIZED (SELECT erratum_id FROM erratum_search "
    "WHERE words @@ CAST(:asked AS tsquery) AND erratum_id >= {floor} AND erratum_id < {top}) "
    "SELECT erratum_id FROM found ORDER BY erratum_id DESC LIMIT {most}"
)
_AMONG_FEW = (
    "WITH few AS MATERIALIZED (SELECT erratum_id, words FROM erratum_search "
    "WHERE words @@ CAST(:marked AS tsquery)) SELECT erratum_id FROM few "
    "WHERE words @@ CAST(:asked AS tsquery) AND erratum_id >= {floor} AND erratum_id < {top} "
    "ORDER BY erratum_id DESC LIMIT {most}"
)


def _for_fts5(terms: Sequence[Term], marks: Sequence[Sequence[str]]) -> str:
    """Write the search for FTS5. Words and marks hold no quotation mark: see ``search_words``."""
    words = [f'"{term.word}"{"*" if term.is_beginning else ""}' for term in terms]
    return " AND ".join(
        [*words, *("(" + " OR ".join(f'"{one}"' for one in some) + ")" for some in marks)]
    )


def _for_tsquery(terms: Sequence[Term], marks: Sequence[Sequence[str]]) -> str:
    """Write the search for PostgreSQL; what stands in quotation marks is taken as it is."""
    words = [f"'{term.word}'{':*' if term.is_beginning else ''}" for term in terms]
    return " & ".join(
        [*words, *("(" + " | ".join(f"'{one}'" for one in some) + ")" for some in marks)]
    )
