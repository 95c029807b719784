"""Many rows into one table, on the path where each microsecond counts.

SQLite takes a row most cheaply by itself: the statement is at hand and nothing travels. To
PostgreSQL each row would be a message with a parameter for each column; there all rows are one
parameter, a JSON document that the server takes apart (half the time of psycopg's ``executemany``
for eight rows), and rows of several tables travel in one statement (``written_at_once``).
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from copydesk.store.prepared import Prepared, Row, dialect_of

_GATHERED = "copydesk-gathered"


class PreparedInsert:
    """The INSERT of whole rows into ``table``; a column that a row leaves out has its default.

    ``is_numbered``: the rows bring their ``id`` (see ``new_ids``). ``ignore``: columns by which a
    row that is there already is left as it is. ``calls``: the channel that is notified, where the
    database can do that, when a row was added.
    """

    def __init__(
        self,
        table: Table,
        *,
        is_numbered: bool = False,
        ignore: tuple[str, ...] = (),
        calls: str = "",
    ) -> None:
        columns = [column for column in _columns(table) if is_numbered or column.name != "id"]
        self.table, self.calls = table, calls
        self.of_documents = _insert_document(table, columns, ignore)
        self._one = Prepared(lambda _: _insert_row(table, columns, ignore))
        self._defaults = {
            column.name: column.default.arg
            if isinstance(column.default, ScalarElementColumnDefault)
            else None
            for column in columns
        }

    def add(self, session: Session, rows: Iterable[Row]) -> None:
        """Insert ``rows``; within ``written_at_once``, at its end."""
        whole: list[Row] = [{**self._defaults, **row} for row in rows]
        if dialect_of(session) != "postgresql":
            self._one.run(session, whole)
        elif _GATHERED in session.info:
            session.info[_GATHERED].setdefault(self, []).extend(whole)
        else:
            _write(session, {self: whole})


@contextmanager
def written_at_once(session: Session) -> Iterator[None]:
    """Insert all that is added within at the end, on PostgreSQL in one statement for all tables.

    Until then, or until ``write_gathered``, no statement sees it. Six round trips less for a group
    of reports; libpq's pipeline mode saves as many, and lost by it: psycopg polls the socket twice
    as often (6.7 times a report and not 2.8), and each time gives its interpreter away.
    """
    if dialect_of(session) != "postgresql":
        yield
        return
    gathered: dict[PreparedInsert, list[Row]] = {}
    session.info[_GATHERED] = gathered
    try:
        yield
        write_gathered(session)
    finally:
        del session.info[_GATHERED]


def write_gathered(session: Session) -> None:
    """Insert now what has been added within ``written_at_once``: a statement is to see it."""
    gathered = session.info.get(_GATHERED)
    if gathered:
        _write(session, gathered)
        gathered.clear()


def _write(session: Session, gathered: dict[PreparedInsert, list[Row]]) -> None:
    documents = {
        one.table.name: json.dumps(rows, ensure_ascii=False, default=_moment)
        for one, rows in gathered.items()
    }
    _inserts(tuple(gathered)).rows(session, documents)


@cache
def _inserts(inserts: tuple[PreparedInsert, ...]) -> Prepared:
    return Prepared(lambda _: _insert_documents(inserts))


def new_ids(session: Session, *wanted: tuple[Table, int]) -> list[list[int]]:
    """Reserve so many ids in each table, for rows that this transaction adds.

    The application numbers them because a driver that inserts many rows returns none of them. On
    SQLite the next number is what the database itself would take, and nobody else writes meanwhile.
    """
    if dialect_of(session) == "postgresql":
        counts = {table.name: count for table, count in wanted}
        reserved: dict[str, list[int]] = {name: [] for name in counts}
        for name, number in _reserve(tuple(counts)).rows(session, counts):
            reserved[name].append(number)
        return list(reserved.values())
    return [_following(session, table, count) for table, count in wanted]


@cache
def _reserve(names: tuple[str, ...]) -> Prepared:
    """Return the statement that takes so many numbers from the sequence of each of these tables."""
    parts = (
        # The name of the sequence is looked up once this way, and not for each number.
        f"SELECT '{name}', nextval((SELECT pg_get_serial_sequence('{name}', 'id'))) "  # noqa: S608
        # A subquery, or PostgreSQL would plan it anew each time for this very number.
        f"FROM generate_series(1, (SELECT :{name}))"
        for name in names
    )
    return Prepared(lambda _: text(" UNION ALL ".join(parts)))


def _following(session: Session, table: Table, count: int) -> list[int]:
    if not count:
        return []
    ((highest,),) = _highest(table).rows(session, {})
    return list(range((highest or 0) + 1, (highest or 0) + 1 + count))


@cache
def _highest(table: Table) -> Prepared:
    return Prepared(lambda _: select(func.max(table.c.id)))


def _columns(table: Table) -> list[Column[Any]]:
    """Return the columns that an INSERT names: the database computes the others itself."""
    return [
        column
        for column in table.columns
        if column.computed is None and (column.server_default is None or column.default is not None)
    ]


def _insert_row(table: Table, columns: list[Column[Any]], ignore: tuple[str, ...]) -> Insert:
    names = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    statement = sqlite.insert(table).values(names)
    return statement.on_conflict_do_nothing(index_elements=ignore) if ignore else statement


def _insert_document(table: Table, columns: list[Column[Any]], ignore: tuple[str, ...]) -> Insert:
    document = cast(bindparam(table.name, type_=Text()), JSON)
    # Of the table's own type, so that no types are listed: psycopg takes a statement of more than
    # 4,096 characters apart again each time.
    kind: ColumnElement[Any] = literal_column(f"NULL::{table.name}")
    rows = func.json_populate_recordset(kind, document).table_valued("id", name="new")
    names = [one.name for one in columns]
    found: list[ColumnElement[Any]] = [column(name) for name in names]
    statement = postgresql.insert(table).from_select(names, select(*found).select_from(rows))
    return statement.on_conflict_do_nothing(index_elements=ignore) if ignore else statement


def _insert_documents(inserts: tuple[PreparedInsert, ...]) -> Select[Any]:
    """Return one statement: references between its tables are looked at when all is inserted."""
    added = {
        one: one.of_documents.returning(one.table.c[0]).cte(f"new_{one.table.name}")
        for one in inserts
    }
    calls: list[ColumnElement[Any]] = [
        case((exists(added[one].select()), func.pg_notify(one.calls, "")))
        for one in inserts
        if one.calls
    ]
    return select(*(calls or [literal_column("1")])).add_cte(*added.values())


@lru_cache(maxsize=64)
def _moment(value: Any) -> str:
    """Write a time as JSON has it; the other types of the rows it knows."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"neither JSON nor an aware time: {type(value).__name__}")
    return value.astimezone(UTC).isoformat()
