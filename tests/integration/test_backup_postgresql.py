"""Backup and restore of PostgreSQL as an operator does it: as a role that needs its password."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url
from tests.conftest import MovableClock
from tests.factories import make_site
from tests.postgres import keyholder, tools

from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.upkeep.backup import backup

PASSWORD = "p@ss:w/%rd"


def written(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def locked(postgresql_server: str, clock: MovableClock) -> Iterator[URL]:
    """Fill a database that asks for a password."""
    with keyholder(make_url(postgresql_server), PASSWORD) as url:
        with closing(Database(written(url))) as database:
            upgrade(database)
            with database.transaction() as session:
                make_site(session, clock())
        yield url


def test_a_backup_gets_in_by_the_password_of_the_settings(
    locked: URL, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tools()))
    file = tmp_path / "backup.sql"
    with closing(Database(written(locked))) as database:
        backup(database, file, now=clock())
    assert "The Harbour" in file.read_text(encoding="utf-8")
