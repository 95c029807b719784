"""A migration that is killed before any of its statements: nothing is lost, and it starts again."""

import threading
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from tests.conftest import SECRET_KEY
from tests.faults.figures import broken
from tests.faults.migrations import killed_anywhere

from copydesk.cli import main
from copydesk.store.database import Database
from copydesk.store.migrate import differences, upgrade


def test_a_migration_killed_anywhere_loses_nothing_and_starts_again(
    database_url: str, tmp_path: Path
) -> None:
    assert broken(killed_anywhere(database_url, tmp_path)) == []


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
