"""A PostgreSQL that only lets us read, as a standby does, or a host when the disk is full."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import text
from tests.conftest import MovableClock
from tests.desk_fixtures import add_editor, enter
from tests.factories import ORIGIN, make_site
from tests.postgres import plain
from werkzeug.test import TestResponse

from copydesk.services import Services
from copydesk.store.database import STORE_AWAY
from copydesk.store.tables import Role


@pytest.fixture
def backend() -> str:
    """SQLite has nobody who could lock it so."""
    return "postgresql"


@contextmanager
def only_reading(services: Services) -> Iterator[None]:
    url = services.database.engine.url
    name = sql.Identifier(url.database or "")
    with psycopg.connect(plain(url), autocommit=True) as admin:
        admin.execute("SET default_transaction_read_only = off")
        change = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        admin.execute(change.format(name, sql.SQL("on")))
        services.database.close()
        yield
        admin.execute(change.format(name, sql.SQL("off")))


def report(client: FlaskClient) -> TestResponse:
    body = {"site": "gazette", "url": f"{ORIGIN}/ferry", "quote": {"exact": "recieved"}}
    return client.post("/api/v1/reports", data=json.dumps(body), content_type="text/plain")


def test_reports_are_put_off_and_the_desk_can_be_read(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        make_site(session, clock())
    enter(client, services, add_editor(services, Role.EDITOR))
    clock.forward(minutes=10)
    with only_reading(services):
        answer = report(client)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert client.get("/desk/").status_code == 200
        assert client.get("/desk/").status_code == 200
        assert client.get("/readyz").status_code == 503
    # A connection is what the server was when it was opened; the one that was left is replaced.
    services.database.check()  # /readyz says for a second what was found last
    assert report(client).status_code == 201


def test_of_a_service_that_has_served_all_day(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        make_site(session, clock())
    assert report(client).status_code == 201  # from here on all is there that a day makes once
    with only_reading(services):
        for _ in range(2):
            assert report(client).status_code == 503
        worker = services.worker()
        with pytest.raises(STORE_AWAY):
            worker.step()
    worker.drain()
    assert report(client).status_code == 201


def test_a_connection_opened_meanwhile_is_noticed_once(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        make_site(session, clock())
    with only_reading(services), services.database.reading() as session:
        session.execute(text("SELECT 1"))
    assert [report(client).status_code for _ in range(2)] == [503, 201]
