"""A backup takes the place of a SQLite database, or nothing changes and it is said why."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text
from tests.conftest import MovableClock
from tests.factories import make_site
from tests.refusals import no_file_longer_than

from copydesk.errors import UsageError
from copydesk.outbox.freezing import frozen
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Site
from copydesk.upkeep.backup import backup, prove, restore

SMALL = 65_536
"""Bytes: room for what SQLite needs beside a file to look into it, and for no database of ours."""


@pytest.fixture
def file_database(tmp_path: Path, clock: MovableClock) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/live/copydesk.db")
    upgrade(database)
    with database.transaction() as session:
        make_site(session, clock())
    yield database
    database.close()


def test_a_restored_file_takes_no_log_of_the_old_one_along(
    file_database: Database, tmp_path: Path, clock: MovableClock
) -> None:
    url = f"sqlite:///{tmp_path}/live/copydesk.db"
    file = tmp_path / "backup.db"
    backup(file_database, file, now=clock())
    with file_database.transaction() as session:
        session.execute(text("UPDATE site SET name = 'after the backup'"))
        with pytest.raises(UsageError, match="in use"):
            restore(url, file, now=clock())
    assert (tmp_path / "live" / "copydesk.db-wal").stat().st_size > 0
    with pytest.raises(UsageError, match="in use"):
        restore(url, file, now=clock())
    file_database.close()

    kept = restore(url, file, now=clock())
    assert kept is not None
    for path, name in ((kept, "after the backup"), (tmp_path / "live/copydesk.db", "The Harbour")):
        prove(path)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT name FROM site").fetchone()[0].startswith(name)
    with file_database.reading() as session:
        assert frozen(session) is not None
        assert session.scalars(select(Site.key)).one() == "gazette"


def test_a_damaged_backup_is_refused(
    file_database: Database, tmp_path: Path, clock: MovableClock
) -> None:
    url = f"sqlite:///{tmp_path}/other/copydesk.db"
    file = tmp_path / "backup.db"
    backup(file_database, file, now=clock())
    whole = file.read_bytes()
    for name, content in (
        ("cut", whole[: len(whole) // 2]),
        ("torn", whole[:8192] + secrets.token_bytes(16384) + whole[24576:]),
        ("other", b"a letter"),
    ):
        file.write_bytes(content)
        with pytest.raises(UsageError, match=r"damaged|can't be read"):
            restore(url, file, now=clock())
        assert not (tmp_path / "other/copydesk.db").exists(), name
    with pytest.raises(UsageError, match="no file"):
        restore(url, tmp_path / "nothing", now=clock())


def test_what_does_not_fit_on_the_disk_changes_nothing(
    file_database: Database, tmp_path: Path, clock: MovableClock
) -> None:
    url = f"sqlite:///{tmp_path}/live/copydesk.db"
    file = tmp_path / "backup.db"
    with no_file_longer_than(SMALL), pytest.raises(UsageError, match="the backup failed"):
        backup(file_database, file, now=clock())
    assert [path.name for path in tmp_path.iterdir()] == ["live"]
    backup(file_database, file, now=clock())
    file_database.close()
    before = sorted(path.name for path in (tmp_path / "live").iterdir())
    with no_file_longer_than(SMALL), pytest.raises(UsageError, match="nothing was changed"):
        restore(url, file, now=clock())
    assert sorted(path.name for path in (tmp_path / "live").iterdir()) == before


def test_only_what_is_in_use_is_called_so(
    file_database: Database, tmp_path: Path, clock: MovableClock
) -> None:
    file = tmp_path / "backup.db"
    backup(file_database, file, now=clock())
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(UsageError, match=r"folder\.db can't be opened"):
        restore(f"sqlite:///{tmp_path}/folder.db", file, now=clock())
    with pytest.raises(UsageError, match="nothing was changed"):
        restore(f"sqlite:///{file}/below/a/file.db", file, now=clock())
