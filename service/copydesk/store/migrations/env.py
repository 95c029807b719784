"""Alembic runs this; the connection comes from ``store/migrate.py``."""

from typing import Any, Literal

from alembic import context

from copydesk.store.base import Base, Choice, UTCDateTime


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our column types as the plain ones beneath: a migration must not import our code."""
    del autogen_context
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Choice):
        return "sa.String(length=32)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite can't alter a table in place: Alembic copies it.
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
    transactional_ddl=False,  # the caller's transaction is around it already
)
context.run_migrations()
