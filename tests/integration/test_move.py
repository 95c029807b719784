"""From SQLite to PostgreSQL: nothing is lost on the way, and the work goes on over there."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, make_url, select, text, update
from tests.conftest import MovableClock
from tests.factories import (
    make_article,
    make_author,
    make_desk,
    make_editor,
    make_erratum,
    make_report,
    make_site,
)

from copydesk.cli import main
from copydesk.errata.history import SERVICE, record
from copydesk.errata.search_index import index_some
from copydesk.errors import UsageError
from copydesk.outbox import claim, enqueue, settle_done
from copydesk.outbox.freezing import freeze, frozen
from copydesk.store.counters import hit
from copydesk.store.database import Database
from copydesk.store.migrate import downgrade, upgrade
from copydesk.store.tables import (
    ArticleAlias,
    Base,
    Correction,
    DailySalt,
    Erratum,
    ErratumWord,
    Evidence,
    Message,
    OutboxJob,
    Purpose,
    ReadHost,
    Report,
    SignInLink,
    SignInSession,
    Site,
    State,
)
from copydesk.store.tally import counts, differences
from copydesk.upkeep import move as move_module
from copydesk.upkeep.move import Moved, move

KINDS = ["deliver", "notify", "recheck"]
ODD = "Ёжик 👩‍👩‍👧‍👦 'quoted' \"twice\" %_\\ \u2028 e\u0301"


def ignore(moved: Moved) -> None:
    assert moved.rows >= 0


@pytest.fixture
def source_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/live/copydesk.db"


@pytest.fixture
def target_url(postgresql_server: str) -> Iterator[str]:
    name = f"m{secrets.token_hex(6)}"
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def source(source_url: str, clock: MovableClock) -> Database:
    """Fill each table there is with rows that are hard to carry, and close it."""
    database = Database(source_url)
    upgrade(database)
    with database.transaction() as session:
        site = make_site(session, clock(), name=ODD)
        make_author(session, site)
        deputy = make_author(session, site, name="Ben", name_variants=[ODD, "B. Low"])
        author = make_author(session, site, name="Cleo", deputy_id=deputy.id)
        make_author(session, site, name="Dora", absent_until=clock())
        deputy.deputy_id = author.id  # to one that comes later
        make_desk(session, site, section_patterns=["/sport/"])
        editor = make_editor(session, clock(), site=site)
        for number in range(3):
            article = make_article(
                session, site, clock(), canonical_url=f"https://news.example/{number}"
            )
            session.add(
                ArticleAlias(site_id=site.id, article_id=article.id, url=f"https://a/{number}")
            )
            for _ in range(400):
                erratum = make_erratum(
                    session, article, clock(), quote=ODD, verdict_score=0.1 + 0.2
                )
        session.add(ErratumWord(article_id=article.id, word="w", erratum_id=erratum.id))
        first = session.get_one(Erratum, 1)
        first.state, first.merged_into_id = State.MERGED, erratum.id
        record(session, erratum, who=SERVICE, what="received", now=clock(), note=ODD)
        session.add(
            Correction(
                site_id=site.id, erratum_id=erratum.id, reported_at=clock(), corrected_at=clock(),
                took_seconds=5, evidence=Evidence.PAGE,
            )
        )  # fmt: skip
        letter = {"site_id": site.id, "recipient": "a@b.example", "created_at": clock()}
        digest = Message(id=2, unique_key="d", purpose=Purpose.DIGEST, **letter)
        session.add(digest)
        session.flush()
        session.add(Message(id=1, unique_key="m", purpose=Purpose.ERRATUM, digest_id=2, **letter))
        enqueue(session, "deliver", "a", {"to": [ODD, None, 1.5]}, now=clock())
        enqueue(session, "notify", "b", {}, now=clock() + timedelta(microseconds=7))
        session.add(DailySalt(day="2026-03-02", salt=secrets.token_bytes(32)))
        hit(session, "k", limit=1, window=timedelta(hours=1), now=clock())
        session.add(ReadHost(host="news.example", free_at=clock(), booked_until=clock()))
        session.add(SignInLink(editor_id=editor.id, token_hash="x", expires_at=clock()))
        session.add(
            SignInSession(
                editor_id=editor.id, token_hash="y", created_at=clock(), last_seen_at=clock()
            )
        )
    with database.transaction() as session:
        index_some(session)
    database.close()
    return database


def test_every_table_arrives_whole_and_the_work_goes_on(
    source: Database, source_url: str, target_url: str, clock: MovableClock
) -> None:
    printed = CliRunner().invoke(main, ["migrate-database", source_url, target_url])
    assert printed.exit_code == 0, printed.output
    assert "the same on both sides" in printed.output

    with closing(Database(target_url)) as target:
        with source.reading() as there, target.reading() as here:
            for table in Base.metadata.sorted_tables:
                rows = there.scalar(select(func.count()).select_from(table))
                assert rows, f"{table.name}: nothing to carry proves nothing"
                if table.name not in {"search_todo", "installation"}:
                    assert here.scalar(select(func.count()).select_from(table)) == rows, table
            assert here.get_one(Site, 1).name == ODD
            assert here.get_one(Erratum, 1).merged_into_id == 1200
            assert here.get_one(Message, 1).digest_id == 2
            assert counts(here, None, None) == counts(there, None, None)
            assert sum(counts(here, None, None).values()) == 1200
            assert frozen(there) is not None
            assert frozen(here) is None

        clock.forward(seconds=1)
        with target.transaction() as session:
            jobs = claim(session, now=clock(), lease=timedelta(minutes=2), kinds=KINDS, limit=9)
            assert [job.payload for job in jobs] == [{"to": [ODD, None, 1.5]}, {}]
            for job in jobs:
                settle_done(session, job, now=clock())
        # New rows get new numbers, and the triggers count and index again.
        with target.transaction() as session:
            enqueue(session, "recheck", "c", {}, now=clock())
            erratum = make_erratum(session, session.get_one(Erratum, 5).article, clock())
            assert erratum.id == 1201
            make_report(session, erratum, clock())
        with target.transaction() as session:
            assert differences(session) == {}
            while index_some(session):
                pass
            indexed = session.scalar(text("SELECT count(*) FROM erratum_search"))
            assert indexed == 1200, "all but the merged one"
    with source.transaction() as session:
        clock.forward(days=1)
        assert claim(session, now=clock(), lease=timedelta(minutes=2), kinds=KINDS) == []
    source.close()


def test_a_target_with_rows_is_left_alone(
    source: Database, source_url: str, target_url: str, clock: MovableClock
) -> None:
    with closing(Database(target_url)) as target:
        upgrade(target)
        with target.transaction() as session:
            make_site(session, clock(), key="theirs")
        with pytest.raises(UsageError, match="not empty: site"):
            move(source_url, target_url, now=clock(), tell=ignore)
        with target.reading() as session:
            assert session.scalars(select(Site.key)).all() == ["theirs"]
    with source.reading() as session:
        assert frozen(session) is None
    source.close()


def test_a_target_with_tables_of_others_is_left_alone(
    source: Database, source_url: str, target_url: str, clock: MovableClock
) -> None:
    with closing(Database(target_url)) as target:
        with target.transaction() as session:
            session.execute(text("CREATE TABLE letters (id int)"))
        with pytest.raises(UsageError, match="not ours"):
            move(source_url, target_url, now=clock(), tell=ignore)
    source.close()


def test_a_difference_on_the_way_keeps_nothing(
    source: Database, source_url: str, target_url: str, clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    carry = move_module._refer

    def spoil(source: object, target: object, table: object, name: str) -> None:
        carry(source, target, table, name)  # type: ignore[arg-type]
        if name == "merged_into_id":
            target.execute(update(Erratum).where(Erratum.id == 9).values(suffix="other"))  # type: ignore[attr-defined]

    monkeypatch.setattr(move_module, "_refer", spoil)
    with pytest.raises(UsageError, match="erratum: 1200 rows went and 1200 arrived"):
        move(source_url, target_url, now=clock(), tell=ignore)
    monkeypatch.undo()
    # Whatever stopped it: making it again is all there is to do.
    assert {one.table: one.rows for one in move(source_url, target_url, now=clock(), tell=ignore)}[
        "erratum"
    ] == 1200
    with closing(Database(target_url)) as target, target.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxJob)) == 2
        assert session.scalar(select(func.count()).select_from(Report)) == 1200


def test_a_source_that_works_or_is_old_or_a_copy_is_refused(
    source: Database, source_url: str, target_url: str, clock: MovableClock, tmp_path: Path
) -> None:
    with source.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(UsageError, match="in use"):
            move(source_url, target_url, now=clock(), tell=ignore)
    with source.transaction() as session:
        freeze(session, "a copy", now=clock(), is_copy=True)
    source.close()
    with pytest.raises(UsageError, match="frozen"):
        move(source_url, target_url, now=clock(), tell=ignore)
    downgrade(source, "0004")
    source.close()
    with pytest.raises(UsageError, match="migrate"):
        move(source_url, target_url, now=clock(), tell=ignore)
    for wrong in (target_url, "sqlite:///", f"sqlite:///{tmp_path}/none.db"):
        with pytest.raises(UsageError):
            move(wrong, target_url, now=clock(), tell=ignore)
    with pytest.raises(UsageError, match="postgresql"):
        move(source_url, source_url, now=clock(), tell=ignore)
    assert CliRunner().invoke(main, ["migrate-database", "x", "y"]).exit_code == 1
