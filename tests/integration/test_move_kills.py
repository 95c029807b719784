"""A move that ends between its last two commits: no mail is owed twice, and the way on is told."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.exc import OperationalError
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import make_site

from copydesk.cli import main
from copydesk.outbox import enqueue
from copydesk.outbox.freezing import frozen
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import JobState, OutboxJob, Site

DIES = """
import os, signal
from sqlalchemy import Engine, event
from copydesk.cli import main

@event.listens_for(Engine, "commit")
def die(connection):
    if connection.dialect.name == "postgresql":
        os.kill(os.getpid(), signal.SIGKILL)

main()
"""


@pytest.fixture
def backend() -> str:
    """The database that everything is moved to."""
    return "postgresql"


@pytest.fixture
def source_url(tmp_path: Path, clock: MovableClock) -> str:
    url = f"sqlite:///{tmp_path}/copydesk.db"
    with closing(Database(url)) as source:
        upgrade(source)
        with source.transaction() as session:
            make_site(session, clock())
            enqueue(session, "deliver", "a", {}, now=clock())
    return url


@pytest.fixture
def target_url(database_url: str) -> str:
    with closing(Database(database_url)) as target:
        upgrade(target)  # so that the only commit is that of the rows
    return database_url


def stands_still(url: str) -> bool:
    with closing(Database(url)) as database, database.reading() as session:
        return frozen(session) is not None


def sites(url: str) -> int:
    with closing(Database(url)) as database, database.reading() as session:
        return session.scalar(select(func.count()).select_from(Site)) or 0


def move(source_url: str, target_url: str) -> Result:
    return CliRunner().invoke(main, ["migrate-database", source_url, target_url])


def test_killed_before_the_target_has_the_rows_neither_sends(
    source_url: str, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIES, "migrate-database", source_url, target_url],
        capture_output=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr
    assert stands_still(source_url)
    assert sites(target_url) == 0

    told = move(source_url, target_url)
    assert told.exit_code == 1
    assert "`copydesk outbox resume --send-old`" in told.output
    monkeypatch.setenv("COPYDESK_DATABASE__URL", source_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)
    assert CliRunner().invoke(main, ["outbox", "resume", "--send-old"]).exit_code == 0
    assert move(source_url, target_url).exit_code == 0
    assert stands_still(source_url)
    with closing(Database(target_url)) as target, target.reading() as session:
        assert session.scalars(select(OutboxJob.state)).all() == [JobState.PENDING]
        assert frozen(session) is None


def test_a_last_commit_without_an_answer_leaves_one_that_sends(
    source_url: str, target_url: str
) -> None:
    def lose(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.commit()
            raise OperationalError("COMMIT", None, ConnectionError("no answer"))

    event.listen(Engine, "commit", lose)
    try:
        told = move(source_url, target_url)
    finally:
        event.remove(Engine, "commit", lose)
    assert told.exit_code == 1
    assert "did not confirm the last step" in told.output
    assert stands_still(source_url)
    assert not stands_still(target_url)
    assert sites(target_url) == 1
    assert "the target is not empty" in move(source_url, target_url).output
