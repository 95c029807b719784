"""Another process that stands still while it writes: nobody waits for it for ever."""

import fcntl
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import ORIGIN, make_site

from copydesk.cli import main
from copydesk.errors import Unavailable
from copydesk.services import Services
from copydesk.store import database as database_module
from copydesk.store.database import Database
from copydesk.store.migrate import is_current, upgrade
from copydesk.store.turn import WritersTurn
from copydesk.store.wiping import flush

WAIT = 60
REPORT = json.dumps(
    {"site": "gazette", "url": f"{ORIGIN}/harbour/ferry", "quote": {"exact": "recieved"}}
)


@pytest.fixture
def backend() -> str:
    """PostgreSQL has no lock of ours."""
    return "sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "copydesk.db.lock"


@pytest.fixture
def other(path: Path) -> Iterator[TextIOWrapper]:
    """Open the lock as another process would: to the system it is nobody we know."""
    with path.open("a") as file:
        yield file


def hold(other: TextIOWrapper) -> None:
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def let_go(other: TextIOWrapper) -> None:
    fcntl.flock(other, fcntl.LOCK_UN)


def those_who_queue() -> int:
    return sum(thread.name == "writers-turn" for thread in threading.enumerate())


def test_a_report_is_put_off_and_taken_once_the_other_goes_on(
    services: Services, client: FlaskClient, other: TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 20)
    hold(other)
    for _ in range(3):
        answer = client.post("/api/v1/reports", data=REPORT, content_type="text/plain")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    assert those_who_queue() == 1
    assert client.get("/readyz").status_code == 503
    monkeypatch.undo()
    let_go(other)
    answer = client.post("/api/v1/reports", data=REPORT, content_type="text/plain")
    assert answer.status_code == 201


def test_who_gave_up_keeps_nobody_out(path: Path, other: TextIOWrapper) -> None:
    turn = WritersTurn(path)
    hold(other)
    with pytest.raises(Unavailable), turn.taken(0.0):
        pass
    let_go(other)
    while those_who_queue():
        pass
    hold(other)
    let_go(other)
    with turn.taken(WAIT), pytest.raises(BlockingIOError):
        hold(other)
    hold(other)


def test_who_gave_up_and_comes_again_has_kept_the_place(path: Path, other: TextIOWrapper) -> None:
    turn, came = WritersTurn(path), threading.Event()
    hold(other)
    with pytest.raises(Unavailable), turn.taken(0.0):
        pass

    def write() -> None:
        with turn.taken(WAIT), pytest.raises(BlockingIOError):
            hold(other)
        came.set()

    writer = threading.Thread(target=write)
    writer.start()
    while turn._place is None or not turn._place._is_wanted:
        pass
    assert those_who_queue() == 1
    let_go(other)
    assert came.wait(WAIT)
    writer.join(WAIT)
    hold(other)


def test_threads_wait_no_longer_than_they_like(path: Path) -> None:
    turn = WritersTurn(path)
    with turn.taken(WAIT), pytest.raises(Unavailable), turn.taken(0.0):
        pass
    with turn.taken(0.0):
        pass


def test_who_waited_for_ours_waits_less_for_others(services: Services) -> None:
    timeout = text("PRAGMA busy_timeout")
    with services.database.transaction(patience_seconds=0.3) as session:
        assert 0 < (session.scalar(timeout) or 0) <= 300
    with services.database.transaction() as session:
        assert 300 < (session.scalar(timeout) or 0) <= database_module.BUSY_TIMEOUT_MS


def test_a_lock_that_can_not_be_made_is_a_store_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught, WritersTurn(tmp_path / "gone" / "lock").taken(WAIT):
        pass
    assert isinstance(caught.value.__cause__, OSError)


def test_one_migration_waits_for_another(
    database_url: str, other: TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 0)
    hold(other)
    with closing(Database(database_url)) as database:
        second = threading.Thread(target=upgrade, args=(database,))
        second.start()
        while not those_who_queue():
            pass
        let_go(other)
        second.join(WAIT)
        assert not second.is_alive()
        assert is_current(database)


def test_the_log_is_emptied_while_nobody_writes(
    db: Database, clock: MovableClock, other: TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 0)
    log = Path(f"{db.engine.url.database}-wal")
    db.write(lambda session: make_site(session, clock()))
    assert log.stat().st_size
    hold(other)
    assert not flush(db)
    assert log.stat().st_size
    let_go(other)
    while those_who_queue():
        pass
    assert flush(db)
    assert not log.stat().st_size


def test_a_command_says_that_it_can_not_write(
    db: Database, database_url: str, other: TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 0)
    hold(other)
    result = CliRunner().invoke(main, ["outbox", "freeze"])
    assert (result.exit_code, result.output) == (1, "Error: The store is busy; try again.\n")
    let_go(other)
    assert CliRunner().invoke(main, ["outbox", "freeze"]).exit_code == 0
