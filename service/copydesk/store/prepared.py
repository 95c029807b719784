"""Statements for the one path where each microsecond counts: written with SQLAlchemy, run without.

Executing a Core statement costs some 80 µs before the database hears of it, more than SQLite takes
for most of them. A prepared statement is compiled from the same tables once for each database; what
runs is its text, on the driver's own cursor, within the session's transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    CompoundSelect,
    Dialect,
    Executable,
    Insert,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Row = Mapping[str, Any]

_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]
}


class _Compiled(NamedTuple):
    """What a statement is for one database."""

    sql: str
    fixed: dict[str, Any]
    """Values that are written into the statement; SQLAlchemy makes parameters of them too."""
    binds: dict[str, Convert]
    """For the values that the driver does not take as they are."""
    columns: list[tuple[int, Convert]]
    """For the columns that the driver does not give as they are."""


class Prepared:
    """One statement. ``build`` returns it for a database; its parameters are named."""

    def __init__(self, build: Callable[[str], Executable]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, session: Session, values: Row) -> list[tuple[Any, ...]]:
        """Run it once and return all rows."""
        compiled = self._for(session)
        bound = _converted(values, compiled)
        with _cursor(session, compiled.sql) as cursor:
            cursor.execute(compiled.sql, bound)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return [_read(row, compiled.columns) for row in found] if compiled.columns else found

    def run(self, session: Session, rows: Iterable[Row]) -> None:
        """Run it for each of ``rows``."""
        compiled = self._for(session)
        bound = [_converted(row, compiled) for row in rows]
        with _cursor(session, compiled.sql) as cursor:
            cursor.executemany(compiled.sql, bound)

    def _for(self, session: Session) -> _Compiled:
        name = session.get_bind().dialect.name
        if name not in self._compiled:
            self._compiled[name] = _compile(self._build(name), _DIALECTS[name])
        return self._compiled[name]


class PreparedInsert(Prepared):
    """The INSERT of whole rows into ``table``; a column that a row leaves out has its default.

    ``is_numbered``: the rows bring their ``id`` (see ``new_ids``). ``ignore``: columns by which a
    row that is there already is left as it is.
    """

    def __init__(
        self, table: Table, *, is_numbered: bool = False, ignore: tuple[str, ...] = ()
    ) -> None:
        columns = [column for column in _columns(table) if is_numbered or column.name != "id"]
        super().__init__(lambda dialect: _insert(table, columns, dialect, ignore))
        self._defaults = {
            column.name: column.default.arg
            if isinstance(column.default, ScalarElementColumnDefault)
            else None
            for column in columns
        }

    def add(self, session: Session, rows: Iterable[Row]) -> None:
        """Insert ``rows``."""
        self.run(session, [self._defaults | dict(row) for row in rows])


def new_ids(session: Session, table: Table, count: int) -> list[int]:
    """Reserve ids for rows that this transaction adds.

    The application numbers them because a driver that inserts many rows returns none of them. On
    SQLite the next number is what the database itself would take, and nobody else writes meanwhile.
    """
    if session.get_bind().dialect.name == "postgresql":
        reserved = _RESERVED.rows(session, {"column_of": table.name, "count": count})
        return [number for (number,) in reserved]
    ((highest,),) = _highest(table).rows(session, {})
    return list(range((highest or 0) + 1, (highest or 0) + 1 + count))


def among(column: Column[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the values in the parameter ``name``.

    One parameter for any number of values, so that the statement's text is always the same.
    """
    if dialect == "postgresql":
        # Of text as text: varchar[] and varchar(64) compare as text anyway.
        kind: TypeEngine[Any] = Text() if column.type.python_type is str else column.type
        return column == any_(bindparam(name, type_=ARRAY(kind)))
    values = func.json_each(bindparam(name, type_=JSON())).table_valued("value")
    return column.in_(select(values.c.value))


_RESERVED = Prepared(
    lambda _: text(
        "SELECT nextval(pg_get_serial_sequence(:column_of, 'id')) FROM generate_series(1, :count)"
    )
)


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


def _insert(
    table: Table, columns: list[Column[Any]], dialect: str, ignore: tuple[str, ...]
) -> Insert:
    kind = postgresql.insert if dialect == "postgresql" else sqlite.insert
    names = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    statement = kind(table).values(names)
    return statement.on_conflict_do_nothing(index_elements=ignore) if ignore else statement


def _compile(statement: Executable, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    binds = {
        name: convert
        for name, bind in compiled.binds.items()
        if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    columns: list[tuple[int, Convert]] = []
    if isinstance(statement, Select | CompoundSelect):
        for at, column in enumerate(statement.selected_columns):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                columns.append((at, convert))
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return _Compiled(str(compiled), fixed, binds, columns)


@contextmanager
def _cursor(session: Session, sql: str) -> Iterator[Any]:
    """Yield the driver's cursor; its errors come out as SQLAlchemy's, without what was bound."""
    connection = session.connection()
    dialect: Any = connection.dialect
    raw = connection.connection
    cursor = raw.cursor()
    try:
        yield cursor
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, raw, cursor):
            connection.invalidate(error)
        base = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(sql, None, error, base, dialect=dialect) from error
    finally:
        cursor.close()


def _converted(values: Row, compiled: _Compiled) -> dict[str, Any]:
    found = compiled.fixed | dict(values)
    for name, convert in compiled.binds.items():
        found[name] = convert(found[name])
    return found


def _read(row: tuple[Any, ...], columns: list[tuple[int, Convert]]) -> tuple[Any, ...]:
    found = list(row)
    for at, convert in columns:
        found[at] = convert(found[at])
    return tuple(found)
