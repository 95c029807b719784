"""Copydesk with ``synchronous=NORMAL``: what the replayed power cuts must find at fault."""

from typing import Any

from copydesk.cli import main
from copydesk.store import database

_prepare = database._prepare_sqlite


def _prepare_carelessly(connection: Any, record: object) -> None:
    _prepare(connection, record)
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    database._prepare_sqlite = _prepare_carelessly
    main()
