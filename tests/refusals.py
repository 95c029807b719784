"""A disk that is full, a database that may only be read: without root, and undone at the end."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from copydesk.store.database import Database


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse to write beyond ``size`` bytes of any file, as a full disk does."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@contextmanager
def refusing_writes(database: Database) -> Iterator[None]:
    """Fill SQLite's disk, or let PostgreSQL be read and not written, as a standby is."""
    name = str(database.engine.url.database)
    if database.is_sqlite:
        log = Path(f"{name}-wal")  # commits go to its end
        with no_file_longer_than(log.stat().st_size):
            yield
        return
    setting = f"ALTER DATABASE {name} SET default_transaction_read_only"
    _alter(database, f"{setting} = on")
    try:
        yield
    finally:
        _alter(database, f"{setting} = off")


def _alter(database: Database, statement: str) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        connection.exec_driver_sql(statement)
        connection.commit()
    database.engine.dispose()  # it counts for new connections
