"""Backup and restore of PostgreSQL as an operator does it: as a role that needs its password."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, select, text
from tests.conftest import MovableClock
from tests.factories import make_site
from tests.postgres import keyholder, tools

from copydesk.outbox.freezing import frozen
from copydesk.store.database import Database
from copydesk.store.migrate import is_current, upgrade
from copydesk.store.tables import Site
from copydesk.upkeep.backup import backup

PASSWORD = "p@ss:w/%rd"
MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


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


def recipe(url: URL, file: Path) -> list[list[str]]:
    """Return the manual's commands from PostgreSQL's tools, for this database."""
    manual = MANUAL.read_text(encoding="utf-8").replace("\\\n", " ")
    written_down = manual.partition("\n## Backup and restore\n")[2].partition("\n## ")[0]
    commands = []
    for user, command in re.findall(
        r"^sudo -u (postgres|copydesk) ((?:psql|createdb) .*)$", written_down, re.MULTILINE
    ):
        line = re.sub(r"\S*/backups/copydesk-\S+", str(file), command)
        words = shlex.split(line.replace("--host db.example --username copydesk", ""))
        words = [re.sub(r"\bcopydesk(?=$|_| RENAME)", str(url.database), word) for word in words]
        role = "postgres" if user == "postgres" else str(url.username)
        host = f"--host={url.query['host']}"
        commands.append([str(tools() / words[0]), host, f"--username={role}", *words[1:]])
    return commands


def test_the_way_back_is_the_manual_s(
    locked: URL, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tools()))
    file = tmp_path / "backup.sql"
    with closing(Database(written(locked))) as database:
        backup(database, file, now=clock())
        with database.transaction() as session:
            session.execute(text("UPDATE site SET name = 'after the backup'"))

    commands = recipe(locked, file)
    assert [Path(command[0]).name for command in commands] == ["psql", "createdb", "psql"]
    for command in commands:
        environment = os.environ | {"PGPASSWORD": PASSWORD}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)

    with closing(Database(written(locked))) as database:
        assert is_current(database)
        with database.reading() as session:
            assert session.scalars(select(Site.name)).one().startswith("The Harbour")
            assert frozen(session) is not None
        with database.transaction() as session:
            make_site(session, clock(), key="another")
