"""A migration that is killed before any of its statements: nothing is lost, and it starts again."""

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import make_article, make_erratum, make_site

from copydesk.cli import main
from copydesk.store.database import Database
from copydesk.store.migrate import current_revision, differences, downgrade, is_current, upgrade
from copydesk.store.tables import Erratum, OutboxJob, Report

FIRST = "0001"
KILLED = -9


class Killer:
    """The process of ``tests/killed_migration.py``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed_migration"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate("", timeout=30)

    def migrate(self, url: str, number: int) -> int:
        """Return the exit code of a migration that dies before its statement ``number``."""
        config = self._folder / "killed.toml"
        config.write_text(
            f'[server]\nsecret_key = "{SECRET_KEY}"\n[database]\nurl = "{url}"\n', encoding="utf-8"
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number} {config}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture
def old_url(database_url: str, clock: MovableClock) -> str:
    """Make a database of the first release with a report in it, as a crash would find it."""
    with closing(Database(database_url)) as database:
        upgrade(database)
        with database.transaction() as session:
            article = make_article(session, make_site(session, clock()), clock())
            make_erratum(session, article, clock())
        downgrade(database, FIRST)
    return database_url


def test_a_migration_killed_anywhere_loses_nothing_and_starts_again(
    old_url: str, tmp_path: Path
) -> None:
    deaths = 0
    with Killer(tmp_path) as killer, closing(Database(old_url)) as database:
        while (code := killer.migrate(old_url, deaths + 1)) != 0:
            assert code == KILLED
            deaths += 1
            with database.reading() as session:
                assert session.scalar(text("SELECT count(*) FROM report")) == 1
            # All or nothing: what the killed one did is gone, or all of it was done.
            if current_revision(database) != FIRST:
                assert is_current(database)
                downgrade(database, FIRST)
        came_through(database)
    assert deaths > 40, "the statements were not watched"


def came_through(database: Database) -> None:
    assert is_current(database)
    assert differences(database) == []
    with database.reading() as session:
        report = session.scalars(select(Report)).one()
        assert report.erratum_id == session.scalars(select(Erratum.id)).one()
        assert report.quote == "recieved"
        assert session.scalars(select(OutboxJob.kind)).all() == ["housekeeping"]


def test_two_migrations_at_once_take_turns(database_url: str) -> None:
    problems: list[Exception] = []

    def migrate() -> None:
        try:
            with closing(Database(database_url)) as database:
                upgrade(database)
        except Exception as error:  # noqa: BLE001 - any of them is told below
            problems.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with closing(Database(database_url)) as database:
        assert differences(database) == []


@pytest.mark.parametrize("arguments", [["serve"], ["worker", "--drain"], ["migrate"], ["purge"]])
def test_an_old_release_refuses_newer_tables_with_a_clear_word(
    database_url: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)
    with closing(Database(database_url)) as database:
        upgrade(database)
        with database.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "9999, which this release does not know" in result.output
    assert "Traceback" not in result.output
