"""Statements for the one path where each microsecond counts: written with SQLAlchemy, run without.

Executing a Core statement costs some 80 µs before the database hears of it, more than SQLite takes
for most of them. A prepared statement is compiled from the same tables once for each database; what
runs is its text, on the driver's own cursor, within the session's transaction.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Executable,
    Select,
    Text,
    UpdateBase,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from copydesk.store.base import Choice, UTCDateTime
from copydesk.store.postgresql import only_lets_us_read

T = TypeVar("T")
Convert = Callable[[Any], Any]
Row = Mapping[str, Any]

_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]
}
_LINK = "copydesk-driver"


class _Link(NamedTuple):
    """The driver beneath a session's transaction."""

    connection: Connection
    raw: Any
    cursor: Any
    """One for all statements: making one takes psycopg as long as running a short one."""
    dialect: Any


class _Compiled(NamedTuple):
    """What a statement is for one database."""

    sql: str
    fixed: dict[str, Any]
    """Values that are written into the statement; SQLAlchemy makes parameters of them too."""
    binds: dict[str, Convert]
    """For the values that the driver does not take as they are; None always is NULL."""
    columns: list[tuple[int, Convert]]
    """For the columns that the driver does not give as they are."""


class Prepared:
    """One statement. ``build`` returns it for a database; its parameters are named."""

    def __init__(self, build: Callable[[str], Executable]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, session: Session, values: Row) -> list[tuple[Any, ...]]:
        """Run it once and return all rows."""
        link = _link(session)
        compiled = self._for(link.dialect.name)
        run = partial(_fetch, link.cursor, compiled.sql, _converted(values, compiled))
        found = _driven(link, compiled.sql, run)
        return [_read(row, compiled.columns) for row in found] if compiled.columns else found

    def run(self, session: Session, rows: Iterable[Row]) -> None:
        """Run it for each of ``rows``."""
        link = _link(session)
        compiled = self._for(link.dialect.name)
        bound = [_converted(row, compiled) for row in rows]
        if len(bound) == 1:  # psycopg makes three round trips of an executemany
            run = partial(link.cursor.execute, compiled.sql, bound[0])
        else:
            run = partial(link.cursor.executemany, compiled.sql, bound)
        _driven(link, compiled.sql, run)

    def _for(self, dialect: str) -> _Compiled:
        if dialect not in self._compiled:
            self._compiled[dialect] = _compile(self._build(dialect), _DIALECTS[dialect])
        return self._compiled[dialect]


def dialect_of(session: Session) -> str:
    """Return which database the session speaks to, as ``build`` of a statement is told."""
    name: str = _link(session).dialect.name
    return name


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


def one_of(session: Session, column: InstrumentedAttribute[int], values: Collection[int]) -> Any:
    """Return the condition that ``column`` is one of ``values``, for a statement that is not ours.

    On PostgreSQL one text for any number of values: each connection keeps what it has prepared, and
    a text for each number of errata on a page fills it with what is rarely asked again.
    """
    if dialect_of(session) == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(values)


def _compile(statement: Executable, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    binds = {
        name: _remembering(bind.type, convert)
        for bind, name in compiled.bind_names.items()
        if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    columns: list[tuple[int, Convert]] = []
    if isinstance(statement, Select | CompoundSelect | UpdateBase):
        for at, column in enumerate(statement.exported_columns):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                columns.append((at, convert))
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return _Compiled(str(compiled), fixed, binds, columns)


def _remembering(kind: TypeEngine[Any], convert: Convert) -> Convert:
    """Return ``convert``, which need not do it again for the same time or word: most rows share."""
    return lru_cache(maxsize=64)(convert) if isinstance(kind, UTCDateTime | Choice) else convert


def _link(session: Session) -> _Link:
    link = session.info.get(_LINK)
    if not isinstance(link, _Link) or link.connection.closed:
        connection = session.connection()
        raw = connection.connection
        link = session.info[_LINK] = _Link(connection, raw, raw.cursor(), connection.dialect)
    return link


def _fetch(cursor: Any, sql: str, bound: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(sql, bound)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _driven(link: _Link, sql: str, run: Callable[[], T]) -> T:
    """Run it; the driver's errors come out as SQLAlchemy's, without what was bound."""
    base = link.dialect.loaded_dbapi.Error
    try:
        return run()
    except base as error:
        is_read_only = only_lets_us_read(error)
        if is_read_only or link.dialect.is_disconnect(error, link.raw, link.cursor):
            link.connection.invalidate(error)
        if is_read_only:  # the events of ``watch_connections`` hear nothing of the driver's cursor
            raise OperationalError(sql, None, error) from error
        raise DBAPIError.instance(sql, None, error, base, dialect=link.dialect) from error


def _converted(values: Row, compiled: _Compiled) -> dict[str, Any]:
    found = {**compiled.fixed, **values}
    for name, convert in compiled.binds.items():
        value = found[name]
        if value is not None:
            found[name] = convert(value)
    return found


def _read(row: tuple[Any, ...], columns: list[tuple[int, Convert]]) -> tuple[Any, ...]:
    found = list(row)
    for at, convert in columns:
        found[at] = convert(found[at])
    return tuple(found)
