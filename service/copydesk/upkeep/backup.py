"""A copy of the database while it works, and the way back.

The copy is marked: a restored one takes reports and sends nothing, until an operator says that it
is the one that counts (``outbox/freezing.py``).
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from copydesk.errors import UsageError
from copydesk.files import create_private, hand_over
from copydesk.outbox.freezing import freeze
from copydesk.store.database import Database
from copydesk.store.whereabouts import address_of, file_of, is_relative
from copydesk.upkeep.dump import dump

IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# Beside the file itself, SQLite keeps what is committed and not yet in it.
COMPANIONS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Made:
    """What a backup came to."""

    bytes: int
    how: str


def backup(database: Database, path: Path, *, now: datetime) -> Made:
    """Copy everything into the new file ``path``, for its owner alone (0600).

    Readers and writers go on meanwhile; the copy is of the moment it began. Raises ``UsageError``
    when the file is there already, or when it can't be made; nothing is left of it then.
    """
    if path.exists():
        raise UsageError(f"{path} is there already")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(create_private(part))
        copy = _copy_file if database.is_sqlite else _dump
        how = copy(database, part, now)
        _sync(part)
        part.rename(path)
        _sync(path.parent)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        # SQLAlchemy's own words would bring the statement along.
        raise UsageError(f"the backup failed: {getattr(error, 'orig', error)}") from error
    finally:
        part.unlink(missing_ok=True)
    return Made(path.stat().st_size, how)


def restore(database_url: str, path: Path, *, now: datetime) -> Path | None:
    """Put the backup ``path`` where a SQLite ``database_url`` says; nothing may use it meanwhile.

    By a relative address only in the place of a database that is there: in another folder it would
    make a second one, and the service would go on without it.
    Returns where the database that was there lies now. The companions of the old file go with it:
    SQLite would otherwise write the old log into the restored file. Raises ``UsageError``.
    """
    target = file_of(database_url)
    if target is None:
        raise UsageError(
            "a PostgreSQL backup goes into an empty database of its role with psql, in a few "
            "steps: docs/operations.md, Backup and restore"
        )
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    if is_relative(database_url) and not target.exists():
        raise UsageError(
            f"there is no {target}, and by the relative database.url it would be another file in "
            f"each folder: set database.url to where it shall lie, such as {address_of(target)}"
        )
    prove(path)
    refuse_when_in_use(target)
    part = target.with_name(target.name + ".part")
    kept = None
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(create_private(part))
        hand_over(part, like=target if target.exists() else target.parent)
        shutil.copyfile(path, part)
        _sync(part)
        kept = _put_aside(target, now)
        part.rename(target)
        _sync(target.parent)
    except OSError as error:
        what = "nothing was changed" if kept is None else f"what was there lies in {kept}"
        raise UsageError(f"the restore failed, {what}: {error}") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return kept


def prove(path: Path) -> None:
    """Raise ``UsageError`` unless ``path`` is a whole SQLite database."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA integrity_check(1)").fetchone()
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise UsageError(f"{path} can't be read as a database: {error}") from error
    if answer != ("ok",) or dangling is not None:
        raise UsageError(f"{path} is damaged: {answer[0]}")


def _copy_file(database: Database, part: Path, now: datetime) -> str:
    # VACUUM INTO and not SQLite's backup interface: that one starts again with each commit of
    # another connection, and copies the freed pages with what was deleted.
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(part),))
    finally:
        connection.close()
    engine = create_engine(f"sqlite:///{part}", poolclass=NullPool)
    with Session(engine) as session, session.begin():
        freeze(session, _reason(now), now=now, is_copy=True)
    prove(part)
    return "SQLite"


def _dump(database: Database, part: Path, now: datetime) -> str:
    dump(database.engine.url, part, ending=_mark_of_a_dump(database, now))
    return "PostgreSQL"


def _mark_of_a_dump(database: Database, now: datetime) -> str:
    with database.engine.connect() as connection:
        schema = connection.dialect.identifier_preparer.quote(
            str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())
        )
    return (  # our own words and the schema's quoted name
        f"\nUPDATE {schema}.installation SET frozen_at = '{now.astimezone(UTC).isoformat()}', "  # noqa: S608
        f"frozen_reason = '{_reason(now)}', "
        f"frozen_up_to = (SELECT coalesce(max(id), 0) FROM {schema}.outbox_job);\n"
    )


def _reason(now: datetime) -> str:
    return f"restored from the backup of {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def refuse_when_in_use(target: Path) -> None:
    """Raise ``UsageError`` when another process has the SQLite file open, or nobody can."""
    # Leaving the log's mode needs the file for oneself; it also brings the log into the file.
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target, timeout=1)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in IN_USE:
            raise UsageError(f"{target} can't be opened: {error}") from error
        mode = "locked"
    except sqlite3.DatabaseError:
        return  # damaged: that may be why it is replaced
    if mode != "delete":
        raise UsageError(f"{target} is in use: stop `serve` and `worker` first")


def _put_aside(target: Path, now: datetime) -> Path | None:
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
    for companion in COMPANIONS:
        old = target.with_name(target.name + companion)
        if old.exists():
            old.rename(kept.with_name(kept.name + companion))
    return kept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
