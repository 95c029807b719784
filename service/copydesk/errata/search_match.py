"""Ask the index of words, the newest errata first.

FTS5 reads its lists backwards and stops when a page is full. PostgreSQL's GIN has no order, and it
reads all there is of a word's beginning before it returns any of it. So in it each word has the
*age* of its erratum before it (``erratum_words_by_age``, migration 0009), and one statement goes
through the ages, the newest first, until a page is full; an age that has nothing costs 10 µs.
And where all that has the marks is little, the words play no part in finding it.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from copydesk.errata.search_words import Term

AGE_BITS = 14
"""Errata whose ids differ in so many bits alone, 16,384 of them, are of one age: as in the index.

With more of them a word that all have would cost more, with fewer one that none has, and the room.
"""
FEW = 3000
"""So many errata PostgreSQL tests one by one wherever they are."""
SAMPLE = 200
"""So many of the newest errata tell which words are everyday ones, and whether all are rare."""
EVERYDAY = 20
MANY_MARKS = 3
"""So many sites cost the index more than it saves where words are rare."""
_NO_END = 2**31


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
    top = _NO_END if before is None else before
    if session.get_bind().dialect.name == "sqlite":
        statement, asked, tested = _FTS5, _for_fts5(terms, marks), ""
    elif marks and marked <= FEW:
        statement, asked, tested = _AMONG_FEW, _for_tsquery([], marks), _for_tsquery(terms)
    else:
        statement = _BY_AGE
        asked, tested = _for_index_and_rows(session, terms, marks, top)
    words = {"asked": asked} | ({"tested": tested} if tested else {})
    while True:
        # The numbers stand in the statement itself: with parameters in their place, PostgreSQL
        # would after a while plan for any page at all.
        plain = statement.format(
            top=int(top), most=int(most), bits=AGE_BITS, test=_TEST if tested else ""
        )
        ids = list(session.scalars(text(plain), words))
        if ids:
            yield ids
        if len(ids) < most:
            return
        top = ids[-1]


def _for_index_and_rows(
    session: Session, terms: Sequence[Term], marks: Sequence[Sequence[str]], top: int
) -> tuple[str, str]:
    """Return what to ask the index for, and what to test on the errata that it finds.

    It reads, age after age, all there is of a word that half of the errata have, to find the few
    that have a rare one beside it; and it looks up each of fifty sites to find nothing there.
    """
    everyday: list[Term] = []
    many = [some for some in marks if len(some) >= MANY_MARKS]
    if len(terms) > 1 or many:
        together, *each = _in_sample(session, [terms, *([term] for term in terms)], top)
        everyday = [term for term, count in zip(terms, each, strict=True) if count >= EVERYDAY]
        everyday = [] if len(everyday) == len(terms) else everyday
        many = [] if together else many
    asked = [term for term in terms if term not in everyday]
    narrowed = [some for some in marks if some not in many]
    return _for_tsquery(asked, narrowed, of_age="%1$s."), _for_tsquery(everyday, many)


def _in_sample(session: Session, searches: Sequence[Sequence[Term]], top: int) -> Sequence[int]:
    """Return how many of the newest errata each of these searches finds."""
    count = "count(*) FILTER (WHERE words @@ CAST(:{name} AS tsquery))"
    asked = {f"s{number}": _for_tsquery(terms) for number, terms in enumerate(searches)}
    counts = ", ".join(count.format(name=name) for name in asked)
    statement = _SAMPLE.format(counts=counts, top=int(top), sample=SAMPLE)
    return session.execute(text(statement), asked).one()


_TEST = "AND words @@ CAST(:tested AS tsquery)"
_FTS5 = (
    "SELECT rowid FROM erratum_search WHERE erratum_search MATCH :asked "
    "AND rowid < {top} ORDER BY rowid DESC LIMIT {most}"
)
_SAMPLE = (
    "SELECT {counts} FROM (SELECT words FROM erratum_search WHERE erratum_id < {top} "
    "ORDER BY erratum_id DESC LIMIT {sample}) AS newest"
)
# An ORDER BY of the whole would find everything before it sorts it. A join to what is LATERAL keeps
# the order of its left side: it runs its right side once for each row of it. Without the "+ 0" the
# planner would also fetch all ids below the top from their index.
_BY_AGE = (
    "SELECT found.erratum_id FROM generate_series("
    "(SELECT max(erratum_id) FROM erratum_search WHERE erratum_id < {top}) >> {bits}, 0, -1"
    ") AS age CROSS JOIN LATERAL (SELECT erratum_id FROM erratum_search "
    "WHERE erratum_words_by_age(words, erratum_id) @@ CAST(format(:asked, age) AS tsquery) "
    "AND erratum_id + 0 < {top} {test} ORDER BY erratum_id DESC) AS found LIMIT {most}"
)
_AMONG_FEW = (
    "WITH few AS MATERIALIZED (SELECT erratum_id, words FROM erratum_search "
    "WHERE erratum_words_by_age(words, erratum_id) @@ CAST(:asked AS tsquery)) "
    "SELECT erratum_id FROM few "
    "WHERE erratum_id < {top} {test} ORDER BY erratum_id DESC LIMIT {most}"
)


def _for_fts5(terms: Sequence[Term], marks: Sequence[Sequence[str]]) -> str:
    """Write the search for FTS5. Words and marks hold no quotation mark: see ``search_words``."""
    words = [f'"{term.word}"{"*" if term.is_beginning else ""}' for term in terms]
    return " AND ".join(
        [*words, *("(" + " OR ".join(f'"{one}"' for one in some) + ")" for some in marks)]
    )


def _for_tsquery(
    terms: Sequence[Term], marks: Sequence[Sequence[str]] = (), of_age: str = ""
) -> str:
    """Write the search for PostgreSQL; what stands in quotation marks is taken as it is."""
    words = [f"'{of_age}{term.word}'{':*' if term.is_beginning else ''}" for term in terms]
    return " & ".join(
        [*words, *("(" + " | ".join(f"'{one}'" for one in some) + ")" for some in marks)]
    )
