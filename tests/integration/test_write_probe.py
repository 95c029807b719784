"""A database that can be read and not written is not ready, and everybody who asks hears so."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError
from tests.factories import make_site
from tests.refusals import refusing_writes

from copydesk.cli.doctor import data
from copydesk.cli.doctor.finding import Patient
from copydesk.services import Services
from copydesk.settings import Settings
from copydesk.store.database import Database
from copydesk.store.write_probe import WriteProbe
from copydesk.web import EXTENSION

LOOPBACK = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}


class Ticks:
    """Seconds that a test counts itself."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let this machine ask for the figures, past the proxy."""
    server = settings.server.model_copy(update={"trusted_proxies": 1})
    return settings.model_copy(update={"server": server})


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def asked(app: Flask, client: FlaskClient, db: Database, ticks: Ticks) -> FlaskClient:
    """Ask the app, by a probe whose seconds the test counts."""
    web = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(web, probe=WriteProbe(db, tick=ticks))
    return client


def figure(client: FlaskClient) -> str:
    lines = client.get("/metrics", environ_overrides=LOOPBACK).get_data(as_text=True).splitlines()
    assert any(line.startswith("copydesk_reports_total ") for line in lines)
    return next(line for line in lines if line.startswith("copydesk_database_up "))


def test_a_database_that_takes_no_writes_is_not_ready(
    asked: FlaskClient, services: Services, ticks: Ticks
) -> None:
    database = services.database
    with database.transaction() as session:
        make_site(session, services.clock())
    assert asked.get("/readyz").status_code == 200
    assert figure(asked) == "copydesk_database_up 1.0"
    patient = Patient(services, None)
    with refusing_writes(database):
        assert asked.get("/readyz").status_code == 200, "asked anew within the second"
        ticks.now += 1
        ill = asked.get("/readyz")
        assert (ill.status_code, ill.headers["Retry-After"]) == (503, "5")
        assert figure(asked) == "copydesk_database_up 0.0"
        finding = data.database(patient)
    kind = "SQLITE_IOERR_WRITE" if database.is_sqlite else "ReadOnlySqlTransaction"
    assert (finding.level, finding.words) == ("failure", f"does not take writes: {kind}")
    assert asked.get("/readyz").status_code == 503
    ticks.now += 1
    assert asked.get("/readyz").status_code == 200
    assert data.database(patient).level == "ok"


def test_many_probes_are_one_write(db: Database, ticks: Ticks) -> None:
    commits: list[Connection] = []
    event.listen(db._writing_engine, "commit", commits.append)
    probe = WriteProbe(db, tick=ticks)
    for _ in range(10):
        assert probe.takes_writes()
    assert len(commits) == 1
    ticks.now += 1
    assert probe.takes_writes()
    assert len(commits) == 2


def test_each_check_is_a_write(db: Database) -> None:
    for _ in range(3):
        db.check()
        with refusing_writes(db), pytest.raises(SQLAlchemyError):
            db.check()
