"""From SQLite to PostgreSQL: every row, proved equal on both sides before anything counts.

All of it is one transaction of the target, so a move that is killed leaves nothing there and can
simply be made again. The source is held meanwhile, and stands still one commit before the target
has its rows: a move that dies between the two leaves no database that sends mail, but never two.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Row,
    Table,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from copydesk.errors import UsageError
from copydesk.outbox.freezing import freeze, frozen, settle_in
from copydesk.store.database import Database
from copydesk.store.migrate import current_revision, is_current, upgrade
from copydesk.store.tables import Base, Erratum, Installation, SearchTodo
from copydesk.upkeep.backup import prove, refuse_when_in_use

BATCH = 2000
"""Rows that are read at a time."""
MOVED = "its rows were moved to another database"
NO_ANSWER = (
    "the target did not confirm the last step, and the source stands still now. Run this again: "
    "when it says that the target is not empty, everything is there"
)
UNDECIDED = (
    "the source stands still: its rows were moved, or a move was killed at its last step. If no "
    "other database has them: `copydesk outbox resume --send-old` on the source, then this again"
)
FROZEN = "the source is a frozen copy: `copydesk outbox resume` there first"


@dataclass(frozen=True)
class Moved:
    """One table that was carried over."""

    table: str
    rows: int


def move(
    source_url: str, target_url: str, *, now: datetime, tell: Callable[[Moved], None]
) -> list[Moved]:
    """Carry every row over and return how many of each table; ``tell`` hears of each on its way.

    Raises ``UsageError`` when the source is no whole SQLite database of this release or in use,
    when the target is no PostgreSQL database or has rows, and when the two sides differ.
    """
    path = _file_of(source_url)
    if make_url(target_url).get_backend_name() != "postgresql":
        raise UsageError("the target must be postgresql://…")
    refuse_when_in_use(path)
    prove(path)
    with closing(Database(source_url)) as source, closing(Database(target_url)) as target:
        _refuse_other_releases(source)
        if not is_current(target):
            _refuse_unknown_tables(target)
            upgrade(target)
        stands_still = False
        try:
            with target.transaction() as session:
                with source.transaction() as held:
                    _refuse_rows(session.connection())
                    _refuse_frozen(held)
                    moved = _carry(held.connection(), session.connection(), tell)
                    _owe_the_search(session)
                    settle_in(session, now=now)
                    freeze(held, MOVED, now=now, is_copy=True)
                stands_still = True
        except SQLAlchemyError as error:
            if stands_still:  # nobody knows whether the target has committed
                raise UsageError(NO_ANSWER) from error
            raise
    return moved


def _file_of(source_url: str) -> Path:
    url = make_url(source_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError("the source must be sqlite:///…")
    path = Path(url.database)
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    return path


def _refuse_other_releases(source: Database) -> None:
    if not is_current(source):
        raise UsageError(
            f"the source is at {current_revision(source)}: run `copydesk migrate` on it first"
        )


def _refuse_unknown_tables(target: Database) -> None:
    if current_revision(target) is not None:
        return  # a part of the way: the migrations go on from there
    with target.reading() as session:
        names = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        ).all()
    if set(names) - {"alembic_version"}:
        raise UsageError("the target has tables that are not ours: use an empty database")


def _refuse_frozen(source: Session) -> None:
    found = frozen(source)
    if found is not None:
        raise UsageError(UNDECIDED if found.reason == MOVED else FROZEN)


def _refuse_rows(target: Connection) -> None:
    for table in _tables():
        if target.execute(select(*table.primary_key).limit(1)).first() is not None:
            raise UsageError(f"the target is not empty: {table.name} has rows")


def _tables() -> list[Table]:
    """Return our tables, each after those it refers to; which database it is stays at home."""
    own = Base.metadata.tables[Installation.__tablename__]
    return [table for table in Base.metadata.sorted_tables if table is not own]


def _carry(source: Connection, target: Connection, tell: Callable[[Moved], None]) -> list[Moved]:
    tables = _tables()
    # They would count every erratum a second time.
    for table in tables:
        target.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
    moved = []
    for table in tables:
        moved.append(_carry_table(source, target, table))
        tell(moved[-1])
    for table in tables:
        target.execute(text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
        go_on_counting(target, table)
    return moved


def _carry_table(source: Connection, target: Connection, table: Table) -> Moved:
    there = _Sum()
    names = [column.name for column in _columns_of(table)]
    # A row may refer to one of its own table that comes later: such columns follow.
    later = {names.index(name) for name in _references_to_itself(table)}
    quote = target.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, names))
    # By hand, because SQLAlchemy has no word for COPY, which is many times as fast as INSERT.
    driver: Any = target.connection.driver_connection
    copying = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for row in _rows_of(source, table):
            there.add(row)
            copy.write_row(
                [None if place in later else _written(value) for place, value in enumerate(row)]
            )
    for place in later:
        _refer(source, target, table, names[place])
    here = _Sum()
    for row in _rows_of(target, table):
        here.add(row)
    if (here.rows, here.total) != (there.rows, there.total):
        raise UsageError(
            f"{table.name}: {there.rows} rows went and {here.rows} arrived, or not the same ones; "
            "nothing was kept"
        )
    return Moved(table.name, here.rows)


def _columns_of(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.computed is None]


def _rows_of(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    query = select(*_columns_of(table)).order_by(*table.primary_key)
    yield from connection.execute(query.execution_options(yield_per=BATCH))


def _written(value: Any) -> Any:
    """Return a value as COPY takes it."""
    if isinstance(value, str):
        return str(value)  # of a choice, the word and not its name
    return json.dumps(value) if isinstance(value, dict | list) else value


def _references_to_itself(table: Table) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _refer(source: Connection, target: Connection, table: Table, name: str) -> None:
    column = table.columns[name]
    query = select(table.columns.id, column).where(column.is_not(None))
    for number, other in source.execute(query):
        target.execute(update(table).where(table.columns.id == number).values({name: other}))


def go_on_counting(target: Connection, table: Table) -> None:
    """Let the next row's number be higher than any there."""
    keys = list(table.primary_key)
    if len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    target.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', '{keys[0].name}'), max(id)) "  # noqa: S608
            f'FROM "{table.name}" HAVING max(id) IS NOT NULL'
        )
    )


def _owe_the_search(session: Session) -> None:
    """Have the index of words built anew: it is another kind of table on PostgreSQL."""
    session.execute(insert(SearchTodo).from_select(["erratum_id"], select(Erratum.id)))


class _Sum:
    """A sum over rows that does not depend on their order, which collations change."""

    def __init__(self) -> None:
        self.rows = 0
        self.total = 0

    def add(self, row: Row[Any]) -> None:
        """Add one row."""
        written = json.dumps([_plain(value) for value in row], sort_keys=True)
        digest = hashlib.sha256(written.encode()).digest()
        self.rows += 1
        self.total = (self.total + int.from_bytes(digest)) % 2**256


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.hex() if isinstance(value, bytes) else value
