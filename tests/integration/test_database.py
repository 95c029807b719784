import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError
from tests.factories import make_article, make_erratum, make_site

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
