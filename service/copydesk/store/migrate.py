"""Migrations, driven from code: an operator never needs an alembic.ini.

Each step of ``migrations/versions`` runs inside one transaction on both databases, so a step that
is killed leaves nothing behind.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from copydesk.errors import UsageError
from copydesk.store.database import Database
from copydesk.store.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_MIGRATION = 0x0C0B7DE6
"""Of PostgreSQL's advisory locks, ours for this."""
_ANOTHER_MIGRATION_SECONDS = 3600
"""How long another one may take on the same SQLite file."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to ``revision``; running it again changes nothing.

    Two that start at the same time (each machine's unit does) take turns. Raises ``UsageError``
    when the tables are of a newer release than this one.
    """
    with database.transaction(patience_seconds=_ANOTHER_MIGRATION_SECONDS) as session:
        if not database.is_sqlite:  # there, whoever writes is alone
            session.execute(select(func.pg_advisory_xact_lock(_ONE_MIGRATION)))
        refuse_newer(session)
        command.upgrade(_config(session.connection()), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to ``revision`` (``base``: none)."""
    with database.transaction() as session:
        command.downgrade(_config(session.connection()), revision)


def current_revision(database: Database) -> str | None:
    """Return the revision that the database is at, None when it is empty."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def is_current(database: Database) -> bool:
    """Say whether the tables are those of this release."""
    return current_revision(database) == _head()


@cache
def _head() -> str | None:
    # Read once a process: it runs all the files, and /readyz is asked every few seconds.
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def refuse_newer(session: Session) -> None:
    """Raise ``UsageError`` when this release does not know the revision the tables are at."""
    found = MigrationContext.configure(session.connection()).get_current_revision()
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    if found is not None and found not in {script.revision for script in scripts}:
        raise UsageError(
            f"the database is at {found}, which this release does not know: install the newer "
            "release again, or restore the backup made before it"
        )


def differences(database: Database) -> list[object]:
    """List where the migrated tables differ from the declared ones; empty is right."""
    with database.reading() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": _is_compared,
            },
        )
        return list(compare_metadata(context, Base.metadata))


def write_revision(database: Database, number: str, message: str) -> None:
    """Write migration ``number`` (``0002``) from the difference: a contributor's tool."""
    with database.transaction() as session:
        command.revision(_config(session.connection()), message, autogenerate=True, rev_id=number)


def _is_compared(item: object, name: str | None, kind: str, *rest: object) -> bool:
    """Leave out what only a migration can say: the index of words, which differs by database.

    The shelf's formula comes back in each database's own spelling.
    """
    del item, rest
    if kind == "table":
        return not (name or "").startswith("erratum_search")
    return (kind, name) != ("column", "shelf")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
