"""A database that can't be written is no reason to refuse a page that only reads."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.conftest import MovableClock
from tests.desk_fixtures import add_editor, enter

from copydesk.desk import edge
from copydesk.services import Services
from copydesk.store import database as database_module
from copydesk.store.tables import Role, SignInSession

WAIT = 60


@pytest.fixture
def backend() -> str:
    """Only SQLite has one lock for all that write."""
    return "sqlite"


@pytest.fixture
def editor(services: Services) -> int:
    return add_editor(services, Role.EDITOR)


@contextmanager
def held(services: Services) -> Iterator[None]:
    """Hold the right to write, as another program would."""
    path = services.database.engine.url.database
    assert path
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def noted(services: Services) -> int:
    """Count the browsers of which it is known that they are in use just now."""
    with services.database.reading() as session:
        seen = session.scalars(select(SignInSession.last_seen_at)).all()
    return seen.count(services.clock())


def be_patient(services: Services, monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", milliseconds)
    services.database.close()  # a connection is told when it is opened


def test_the_desk_can_be_read_while_nobody_can_write(
    client: FlaskClient,
    services: Services,
    clock: MovableClock,
    editor: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter(client, services, editor)
    clock.forward(minutes=10)
    be_patient(services, monkeypatch, 20)
    with held(services):
        assert client.get("/desk/").status_code == 200
        assert noted(services) == 0
    assert client.get("/desk/").status_code == 200
    assert noted(services) == 1


def test_one_page_at_a_time_waits_for_who_writes(
    app: Flask,
    client: FlaskClient,
    services: Services,
    clock: MovableClock,
    editor: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second = app.test_client()
    second.environ_base |= client.environ_base
    for browser in (client, second):
        enter(browser, services, editor)
    clock.forward(minutes=10)
    be_patient(services, monkeypatch, WAIT * 1000)
    found: list[int] = []
    waits = threading.Thread(target=lambda: found.append(client.get("/desk/").status_code))
    with held(services):
        waits.start()
        while not edge._one_notes_at_a_time.locked():
            pass
        assert second.get("/desk/").status_code == 200
        assert not found
    waits.join(WAIT)
    assert found == [200]
    assert noted(services) == 1
    assert second.get("/desk/").status_code == 200
    assert noted(services) == 2
