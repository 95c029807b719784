from sqlalchemy import delete, inspect, select, update
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_site

from copydesk.errata.indexer import Indexer
from copydesk.errata.search_index import is_owed, mark
from copydesk.errata.search_match import FEW, newest_matches
from copydesk.errata.search_words import terms_of
from copydesk.store.database import Database
from copydesk.store.installation import ONLY
from copydesk.store.migrate import current_revision, differences, downgrade, is_current, upgrade
from copydesk.store.tables import (
    Base,
    Erratum,
    Installation,
    Proof,
    Report,
    SearchTodo,
    Shelf,
    State,
)
from copydesk.store.tally import counts
from copydesk.store.tally import differences as miscounted


def test_up_down_up_ends_without_a_difference(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    assert is_current(database)
    assert differences(database) == []

    downgrade(database, "base")
    assert current_revision(database) is None
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}

    upgrade(database)
    upgrade(database)
    assert differences(database) == []
    assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())
    database.close()


def test_an_empty_database_is_not_current(database_url: str) -> None:
    database = Database(database_url)
    assert not is_current(database)
    database.close()


def test_rows_of_the_first_release_come_through_each_step(
    database_url: str, clock: MovableClock
) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.transaction() as session:
        article = make_article(session, make_site(session, clock()), clock(), text_length=1200)
        make_erratum(session, article, clock())
    downgrade(database, "0001")
    assert current_revision(database) == "0001"
    upgrade(database)
    with database.reading() as session:
        erratum = session.scalars(select(Erratum)).one()
        assert erratum.reports[0].quote == erratum.quote
        assert erratum.article.text_length == 0  # to be learnt with the next reading
        assert erratum.site.article_selector == ""
    database.close()


def test_what_was_there_before_is_counted_and_owed_to_the_search(
    database_url: str, clock: MovableClock
) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.transaction() as session:
        article = make_article(session, make_site(session, clock()), clock())
        make_erratum(session, article, clock())
        make_erratum(session, article, clock(), proof=Proof.UNREADABLE)
        make_erratum(session, article, clock(), state=State.SPAM, proof=Proof.UNREADABLE)
    downgrade(database, "0003")
    with database.transaction() as session:
        session.execute(update(Report).values(comment="the triggers are gone"))
    upgrade(database)
    with database.reading() as session:
        assert counts(session, None, None) == {Shelf.OPEN: 1, Shelf.UNVERIFIED: 1, Shelf.SPAM: 1}
        owed = session.scalars(select(SearchTodo.erratum_id))
        assert set(owed) == set(session.scalars(select(Erratum.id)))
        assert miscounted(session) == {}
    database.close()


def test_what_was_indexed_before_is_found_after_each_step(
    database_url: str, clock: MovableClock
) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.transaction() as session:
        article = make_article(session, make_site(session, clock()), clock())
        number = make_erratum(session, article, clock()).id
    Indexer(database).drain()
    downgrade(database, "0008")
    with database.transaction() as session:
        session.execute(delete(SearchTodo))
    upgrade(database)
    with database.reading() as session:
        assert not is_owed(session)
        for marked in (1, FEW + 1):
            marks = [[mark(shelf=Shelf.OPEN)]]
            terms = terms_of("harb")
            [found] = newest_matches(session, terms, marks, before=None, most=5, marked=marked)
            assert found == [number]
    database.close()


def test_an_installation_is_no_copy_at_first(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.reading() as session:
        only = session.scalars(select(Installation)).one()
        assert (only.id, only.home, only.frozen_at) == (ONLY, "", None)
    database.close()
