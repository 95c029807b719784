"""On PostgreSQL the index of words is read age by age, and no further than a page needs."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.plans import Query, nodes, planned

from copydesk.errata.search_index import mark
from copydesk.errata.search_match import AGE_BITS, FEW, MANY_MARKS, newest_matches
from copydesk.errata.search_words import terms_of
from copydesk.store.database import Database

AGES = 40
AN_AGE = 100
"""Errata of each age here: ids are left out between them."""
PAGE = 20
INDEX = "ix_erratum_search_words_by_age"
NEWEST = AGES * AN_AGE - 1

_FILL = """
INSERT INTO erratum_search (erratum_id, words)
SELECT (number / {an_age} << {bits}) + number % {an_age} * 163,
array_to_tsvector(array_remove(ARRAY['usual', 'number' || number,
    CASE WHEN number % 7 = 0 THEN 'seventh' END,
    CASE WHEN number < {an_age} * 4 THEN 'formerly' ELSE 'today' END,
    chr(57344) || 's' || number % 50
], NULL)) FROM generate_series(0, {newest}) AS number
"""


def id_of(number: int) -> int:
    """Return the id of an erratum by its place among all."""
    return (number // AN_AGE << AGE_BITS) + number % AN_AGE * 163


@pytest.fixture
def backend() -> str:
    """FTS5 has its lists in the order of the ids."""
    return "postgresql"


@pytest.fixture
def old(db: Database) -> Database:
    """Return a database with errata of many ages."""
    with db.transaction() as session:
        session.execute(text(_FILL.format(an_age=AN_AGE, bits=AGE_BITS, newest=NEWEST)))
    return db


def search(typed: str, *, before: int | None = None, marks: Any = (), marked: int = 0) -> Query:
    """Return what asks for one page."""
    terms = terms_of(typed)

    def first(session: Session) -> list[int]:
        return next(
            newest_matches(session, terms, marks, before=before, most=PAGE, marked=marked), []
        )

    return first


def found(database: Database, query: Query) -> Any:
    with database.reading() as session:
        return query(session)


def everything(database: Database, typed: str) -> list[int]:
    """Return what all pages together hold."""
    with database.reading() as session:
        asked = partial(newest_matches, before=None, most=PAGE, marked=0)
        return [one for page in asked(session, terms_of(typed), ()) for one in page]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("usual", range(NEWEST + 1)),
        ("seventh usu", range(0, NEWEST + 1, 7)),
        ("form", range(AN_AGE * 4)),
        ("formerly seventh", range(0, AN_AGE * 4, 7)),
        ("formerly today", ()),
        ("usual number1234", (1234,)),
        ("nowhere", ()),
    ],
)
def test_each_match_is_found_once_the_newest_first(
    old: Database, typed: str, numbers: range
) -> None:
    assert everything(old, typed) == [id_of(number) for number in reversed(numbers)]


def test_a_page_begins_where_it_is_told_to(old: Database) -> None:
    for number in (0, 1, AN_AGE, 4 * AN_AGE - 1, NEWEST):
        expected = [id_of(one) for one in reversed(range(max(0, number - PAGE), number))]
        assert found(old, search("usual", before=id_of(number))) == expected
    assert found(old, search("usual", before=0)) == []


def sites(numbers: range) -> list[list[str]]:
    """Return the marks of errata that are at one of these sites, of fifty."""
    return [[mark(site_id=number) for number in numbers]]


@pytest.mark.parametrize("marked", [FEW, FEW + 1])
@pytest.mark.parametrize("some", [range(7, 8), range(7, 7 + MANY_MARKS)])
def test_sites_narrow_it_down_be_they_few_or_many(old: Database, some: range, marked: int) -> None:
    at_these = [number for number in reversed(range(NEWEST + 1)) if number % 50 in some]
    for typed, numbers in (
        ("usual", at_these),
        ("usual seventh", [number for number in at_these if number % 7 == 0]),
        ("formerly", [number for number in at_these if number < AN_AGE * 4]),
        ("number57", [number for number in at_these if str(number).startswith("57")]),
    ):
        expected = [id_of(number) for number in numbers[:PAGE]]
        assert found(old, search(typed, marks=sites(some), marked=marked)) == expected, typed
    elsewhere = sites(range(50, 50 + len(some)))
    assert found(old, search("usual", marks=elsewhere, marked=marked)) == []


def index_scan(database: Database, query: Query) -> Any:
    """Return what a page's last statement asked the index of words for, and what that gave."""
    [*_, [[plan]]] = planned(database, query, analyze=True)
    [scan] = [node for node in nodes(plan["Plan"]) if node.get("Index Name") == INDEX]
    return scan


def read(database: Database, query: Query) -> tuple[int, int]:
    """Return of how many ages it was asked, and how many errata it gave."""
    scan = index_scan(database, query)
    return scan["Actual Loops"], round(scan["Actual Rows"] * scan["Actual Loops"])


def test_no_more_ages_are_read_than_fill_a_page(old: Database) -> None:
    assert read(old, search("usual")) == (1, AN_AGE)
    assert read(old, search("usual", before=id_of(AN_AGE * 9))) == (1, AN_AGE)
    ages, errata = read(old, search("seventh"))
    assert ages == 2
    assert errata < AN_AGE


def test_of_a_word_of_years_ago_one_age_is_read(old: Database) -> None:
    assert read(old, search("formerly")) == (AGES - 3, AN_AGE)


def test_an_everyday_word_beside_a_rare_one_is_not_asked_for(old: Database) -> None:
    query = search("usual number1234")
    assert read(old, query) == (AGES, 1)
    assert "usual" not in index_scan(old, query)["Index Cond"]
    assert "usual" in index_scan(old, search("usual today"))["Index Cond"]


def test_many_sites_are_asked_for_unless_the_word_is_rare(old: Database) -> None:
    first = mark(site_id=0)
    for some in (range(MANY_MARKS - 1), range(MANY_MARKS)):
        usual = search("usual", marks=sites(some), marked=FEW + 1)
        assert first in index_scan(old, usual)["Index Cond"]
        rare = index_scan(old, search("number1250", marks=sites(some), marked=FEW + 1))
        assert (first in rare["Index Cond"]) == (len(some) < MANY_MARKS)
