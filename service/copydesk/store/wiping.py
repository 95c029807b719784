"""Deleted means gone from the disk as well, as far as a database can do that.

SQLite by itself only marks the room of a deleted row as free: its bytes stay in the file, and in
the write-ahead log. So whoever removes a reader's words overwrites them (``secure_delete``) and
empties the log afterwards. The road not taken: VACUUM, which rewrites the whole file and keeps
every writer out for as long. PostgreSQL keeps old row versions until a vacuum; ``flush`` asks for
one.
"""

import sqlite3

from sqlalchemy import text
from sqlalchemy.orm import Session

from copydesk.errors import Unavailable
from copydesk.store.base import Base
from copydesk.store.database import BUSY_TIMEOUT_MS, Database

PATIENCE_MS = 250


def overwrite_deleted(session: Session) -> None:
    """Have what this transaction deletes overwritten with zeros; PostgreSQL needs ``flush``."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def flush(database: Database, *tables: type[Base]) -> bool:
    """Remove the old copies of what was deleted; False when somebody still reads or writes.

    Not within a transaction. SQLite: empties the write-ahead log. PostgreSQL: vacuums ``tables``,
    or all of them. Raises SQLAlchemy's error when the database does not answer.
    """
    if database.is_sqlite:
        try:
            # No writer of ours meanwhile: older releases of SQLite could lose what one connection
            # writes at the very moment when another one starts the log anew (`doctor` names them).
            with database.alone():
                return _empty_log(database)
        except Unavailable:
            return False
    with database.engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        names = [table.__tablename__ for table in tables]
        if not names:
            query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            names = sorted(alone.execute(text(query)).scalars())
        for name in names:
            alone.execute(text(f'VACUUM "{name}"'))
    return True


def _empty_log(database: Database) -> bool:
    # Not through a transaction: a checkpoint can't run inside one.
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        # Writers wait as long as this waits for readers: a reader of minutes must not stop them.
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        try:
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:  # a full disk: what could not be emptied is emptied later
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            cursor.close()
    finally:
        connection.close()
    return not is_busy
