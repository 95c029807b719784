"""What all tests share: both databases, a clock that a test moves by hand, a running app.

Tests with people: Ada is the author, Ed the editor, Rita the reader (``tests/factories.py``).
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, text

from copydesk.services import Services
from copydesk.settings import DatabaseSettings, ServerSettings, Settings
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.tokens import Signer
from tests.postgres import embedded

SECRET_KEY = "a secret for tests only, long enough to pass"
BASE_URL = "https://errata.example"
BACKENDS = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--images", action="store_true", help="write the README's pictures")


class MovableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        """Move by ``timedelta(**parts)``."""
        self.now += timedelta(**parts)


@pytest.fixture(autouse=True)
def _no_outside_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("COPYDESK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start an embedded PostgreSQL once a session; its files vanish with the session.

    Not under pytest's own folder: another session at the same time may tidy that up.
    """
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-pg-") as folder,
        embedded(Path(folder)) as server,
    ):
        # What a power cut would take is proved on SQLite's file; here syncs would only cost time.
        with _administering(server.get_uri()) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield server.get_uri()


@contextmanager
def _administering(server: str) -> Iterator[Connection]:
    engine = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a migrated SQLite file once; each test gets a copy of it."""
    path = tmp_path_factory.mktemp("migrated") / "copydesk.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgresql_server: str) -> str:
    """Make a migrated PostgreSQL database once and return its name; each test gets a copy."""
    name = "migrated"
    with _administering(postgresql_server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        url = connection.engine.url.set(database=name)
        _migrate(url.render_as_string(hide_password=False))
    return name


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Run the test once on each database."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a fresh database: empty, but migrated for a test that asks for ``db``.

    Migrated by copying, because running all migrations takes longer than most tests do.
    """
    is_migrated = "db" in request.fixturenames
    if backend == "sqlite":
        if is_migrated:
            shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "copydesk.db")
        yield f"sqlite:///{tmp_path}/copydesk.db"
        return
    server: str = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("migrated_template") if is_migrated else "template1"
    name = f"t{secrets.token_hex(6)}"
    with _administering(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield connection.engine.url.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Return the defaults over a fresh database; a test overrides what it is about."""
    return Settings(
        server=ServerSettings(base_url=BASE_URL, secret_key=SecretStr(SECRET_KEY)),
        database=DatabaseSettings(url=SecretStr(database_url)),
    )


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """Open a fresh, migrated database; the test runs once on each backend."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def services(settings: Settings, db: Database, clock: MovableClock) -> Services:
    """Wire the parts over the test's database and clock."""
    from copydesk.articles.fetch import Fetcher

    return Services(
        settings=settings,
        database=db,
        signer=Signer(settings.server.secret_keys),
        clock=clock,
        fetcher=Fetcher(
            allow_hosts=settings.fetch.allow_hosts, user_agent=settings.fetch.user_agent
        ),
    )


@pytest.fixture
def app(services: Services) -> Flask:
    """Build the app as an operator's machine would, without debug or testing switches."""
    from copydesk.app import create_app

    return create_app(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Talk to the app over WSGI as a browser on the service's own https origin would."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_HOST"] = "errata.example"
    return client
