import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tests.factories import make_article, make_erratum, make_site
from tests.postgres import plain

from copydesk.errors import Unavailable
from copydesk.store import database as database_module
from copydesk.store.counters import forget_expired, hit
from copydesk.store.database import Database
from copydesk.store.tables import LimitCounter, Site, State

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    moscow = timezone(timedelta(hours=3))
    with db.transaction() as session:
        make_site(session, NOW.astimezone(moscow))
    with db.reading() as session:
        created = session.scalars(select(Site.created_at)).one()
    assert created == NOW
    assert created.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="naive"), db.transaction() as session:
        make_site(session, datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001 - that is the point


def test_an_enum_comes_back_as_its_member(db: Database) -> None:
    with db.transaction() as session:
        site = make_site(session, NOW)
        erratum = make_erratum(session, make_article(session, site, NOW), NOW)
        session.expire_all()
        assert erratum.state is State.OPEN


def test_an_exception_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), db.transaction() as session:
        make_site(session, NOW)
        raise RuntimeError
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Site)) == 0


def test_what_a_reading_changes_in_its_objects_is_not_written(db: Database) -> None:
    with db.transaction() as session:
        site = make_site(session, NOW, key="gazette")
    with db.reading() as session:
        session.get_one(Site, site.id).name = "Another"
        session.scalars(select(Site.key)).all()  # where a session for writing would write it
    with db.reading() as session:
        assert session.scalars(select(Site.name)).one() == site.name


def test_a_reading_leaves_its_connection_what_is_prepared_on_it(db: Database) -> None:
    if db.is_sqlite:
        pytest.skip("PostgreSQL's connections")
    for _ in range(10):  # psycopg prepares what it has run five times
        db.check()
    with db.reading() as session:
        session.scalars(select(Site)).all()
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))


def test_sqlite_is_set_up_to_survive_a_power_cut(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("SQLite's settings")
    with db.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_connection_that_the_server_dropped_is_not_used(db: Database) -> None:
    if db.is_sqlite:
        pytest.skip("PostgreSQL's connections")
    with db.engine.connect() as idle, db.engine.connect() as other:
        number = idle.scalar(text("SELECT pg_backend_pid()"))
        idle.close()  # to the pool
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        while other.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE pid = :number"), {"number": number}
        ):
            pass
    with db.engine.connect() as first, db.engine.connect() as second:
        assert [one.scalar(text("SELECT 1")) for one in (first, second)] == [1, 1]


def test_connections_that_the_server_ends_at_once_are_a_database_that_is_away(
    db: Database,
) -> None:
    if db.is_sqlite:
        pytest.skip("PostgreSQL's connections")
    db.check()
    db.close()
    # Autocommitted: within one transaction the server shows one and the same list of the living.
    with psycopg.connect(plain(db.engine.url), autocommit=True) as admin:

        def end(connection: Any, record: object) -> None:
            number = connection.info.backend_pid
            admin.execute("SELECT pg_terminate_backend(%s)", (number,))
            while admin.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pid = %s", (number,)
            ).fetchone():
                pass

        event.listen(db.engine, "connect", end)
        with pytest.raises(Unavailable) as caught:
            db.write(lambda session: session.execute(text("SELECT 1")))
        assert isinstance(caught.value.__cause__, OperationalError)
        assert caught.value.retry_after
        with pytest.raises(OperationalError), db.reading() as session:
            session.execute(text("SELECT 1"))
        event.remove(db.engine, "connect", end)
    db.check()


def test_without_a_free_connection_the_database_is_away(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "POOL_TIMEOUT_SECONDS", 0.01)
    with closing(Database(database_url)) as starved, ExitStack() as taken:
        with pytest.raises(PoolTimeout):
            while True:
                taken.enter_context(starved._writing_engine.connect())
        with pytest.raises(Unavailable) as caught:
            starved.write(lambda session: make_site(session, NOW))
        assert isinstance(caught.value.__cause__, PoolTimeout)
        assert caught.value.retry_after
        taken.close()
        starved.write(lambda session: make_site(session, NOW))


def test_a_counter_counts_exactly_under_parallel_hits(db: Database) -> None:
    threads, each = 8, 25
    waits: list[int | None] = []

    def work() -> None:
        waits.extend(
            db.write(
                lambda session: hit(session, "k", limit=150, window=timedelta(hours=1), now=NOW)
            )
            for _ in range(each)
        )

    crowd = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert waits.count(None) == 150
    assert {wait for wait in waits if wait} == {3601}
    with db.transaction() as session:
        assert session.scalars(select(LimitCounter.count)).all() == [200]
        forget_expired(session, NOW + timedelta(hours=3))
        assert session.scalars(select(LimitCounter.count)).all() == []
