"""The engine and its transactions: everything in which SQLite and PostgreSQL differ.

SQLite: WAL and ``synchronous=FULL``, so that a commit survives a power cut (with NORMAL, replayed
cuts lost hundreds of acknowledged rows), and one writer at a time by a lock of our own
(``turn.py``). Its busy handler polls and is unfair: two busy writers made each other wait 1.5 s at
p99 with it and 15 ms with a blocking lock. PostgreSQL: plain READ COMMITTED; whoever must be alone
locks a row.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from copydesk.clock import Clock, utc_now
from copydesk.errors import Unavailable, UsageError, store_is_busy
from copydesk.store.base import Base, table_of
from copydesk.store.patience import connect_args
from copydesk.store.postgresql import watch_connections
from copydesk.store.prepared import Prepared
from copydesk.store.turn import WritersTurn

T = TypeVar("T")
_NOW = Prepared(lambda _: select(func.clock_timestamp()))

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""What SQLAlchemy raises when the database does not answer, whatever it was asked: closed, locked,
full, or no connection free. Any other error is the fault of the statement or of what it stores."""
STORE_AWAY = (*DATABASE_AWAY, Unavailable)
"""The same, and what we make of it ourselves."""
BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for others, first for ours and then for those that are not ours."""
LEAST_TIMEOUT_MS = 100
_PATIENCE = "copydesk-patience-seconds"
POOL_TIMEOUT_SECONDS = 5
RETRIES = 5
MOST_LOG_BYTES = 64 * 2**20
"""What a long look at the SQLite file (a copy, a report) makes its log grow to is given back down
to this once it has ended."""


class Database:
    """One database: transactions for writing, sessions for reading, nothing else."""

    def __init__(self, url: str) -> None:
        """Open ``url`` (``sqlite:///file`` or ``postgresql://…``); makes a SQLite file's folder."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            # Whoever writes postgres(ql):// means "PostgreSQL", not a particular driver.
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._turn: WritersTurn | None = None
        self._serving_path: Path | None = None
        self._serving: TextIOWrapper | None = None
        if self.is_sqlite:
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("Copydesk needs a database file: an in-memory one loses reports")
            path = Path(parsed.database)
            # Readers' addresses lie in the file: a folder of our own making is for us alone.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._turn = WritersTurn(path.with_name(path.name + ".lock"))
            self._serving_path = path.with_name(path.name + ".serve")
            self.engine = create_engine(parsed, pool_timeout=POOL_TIMEOUT_SECONDS)
            # One connection does all the writing: to any other one each commit is foreign, and it
            # would throw its page cache away and read the same pages again.
            writing_engine = create_engine(
                parsed, pool_timeout=POOL_TIMEOUT_SECONDS, pool_size=1, max_overflow=0
            )
            for engine in (self.engine, writing_engine):
                event.listen(engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_reading)
            event.listen(writing_engine, "begin", _begin_writing)
        else:
            self.engine = create_engine(
                parsed,
                pool_timeout=POOL_TIMEOUT_SECONDS,
                pool_size=10,
                connect_args=connect_args(parsed),
            )
            watch_connections(self.engine)
            writing_engine = self.engine
        self._writing_engine: Engine = writing_engine
        reading_engine = self.engine
        if not self.is_sqlite:
            # READ COMMITTED looks anew at each statement: around those that only read, a
            # transaction is two round trips for nothing. And at each rollback psycopg forgets all
            # that is prepared on a connection, for whoever has it next.
            reading_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = sessionmaker(reading_engine, expire_on_commit=False, autoflush=False)
        self._writers = sessionmaker(writing_engine, expire_on_commit=False)

    @contextmanager
    def transaction(self, *, patience_seconds: float | None = None) -> Iterator[Session]:
        """Yield a session whose work is committed on return and rolled back on any exception.

        ``patience_seconds``: how long to wait for other writers, where there is one at a time.
        """
        with self.alone(patience_seconds) as left_seconds, self._writers.begin() as session:
            if left_seconds is not None:
                session.connection(execution_options={_PATIENCE: left_seconds})
            yield session

    def alone(self, patience_seconds: float | None = None) -> AbstractContextManager[float | None]:
        """Keep our other writers out of a SQLite file, in this process and all others.

        Gives the seconds of patience that are left for writers that are not ours; on PostgreSQL it
        does nothing and gives None. Raises ``Unavailable`` when ours write for too long.
        """
        if self._turn is None:
            return nullcontext()
        patience = BUSY_TIMEOUT_MS / 1000 if patience_seconds is None else patience_seconds
        return self._turn.taken(patience)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading: no statement of it may write (but see ``single``).

        What is changed in its objects is never written.
        """
        with self._readers() as session:
            yield session

    def single(self) -> AbstractContextManager[Session]:
        """Return a session for one statement, which may write and is a transaction by itself.

        On PostgreSQL that is one round trip; to begin, to ask and to commit are three.
        """
        return self.transaction() if self.is_sqlite else self.reading()

    def write(self, step: Callable[[Session], T]) -> T:
        """Run ``step`` in a transaction, again when a concurrent one got in its way.

        A unique row that both wanted, or a deadlock: the loser finds the winner's row the second
        time. Raises ``Unavailable`` when the database does not take it.
        """
        for attempt in range(RETRIES):
            try:
                with self.transaction() as session:
                    return step(session)
            except IntegrityError:
                if attempt == RETRIES - 1:
                    raise
            except DATABASE_AWAY as error:
                if not _is_deadlock(error) or attempt == RETRIES - 1:
                    raise store_is_busy() from error
        raise AssertionError("unreachable")

    def now(self, session: Session, clock: Clock) -> datetime:
        """Return the time by which leases are taken and end.

        On PostgreSQL the database's own, because the clocks of several machines never agree. A
        clock that a test moves by hand stays in charge: only the real one is replaced.
        """
        if (told := self.told(clock)) is not None:
            return told
        [(moment,)] = _NOW.rows(session, {})
        return cast(datetime, moment)

    def told(self, clock: Clock) -> datetime | None:
        """Return the same for a statement, which takes the database's own time for None."""
        return clock() if self.is_sqlite or clock is not utc_now else None

    def serve_alone(self) -> None:
        """Let no other web process serve this SQLite file until ``close`` or our end.

        Nothing would be lost by two, but they share one writer's turn and no group commit: twice
        the memory for less. Workers beside it are welcome. Raises ``UsageError`` when another one
        serves the file; does nothing on PostgreSQL.
        """
        if self._serving_path is None or self._serving is not None:
            return
        lock = self._serving_path.open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise UsageError(
                "another web process serves this SQLite file already: stop it, raise "
                "server.threads instead, or move to PostgreSQL (docs/scaling.md)"
            ) from None
        self._serving = lock

    def check(self) -> None:
        """Prove by writing that the database takes writes now; raises SQLAlchemy's error when not.

        Committed, for SQLite keeps what is rolled back in memory. Nothing is changed by it, and yet
        it is written: a row of SQLite that stays as it is would not be, the number in the head of
        its file is.
        """
        nothing = "UPDATE installation SET home = home"
        if self.is_sqlite:
            nothing = "PRAGMA user_version = 0"
        with self.transaction() as session:
            session.execute(text(nothing))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._writing_engine.dispose()
        if self._serving is not None:
            self._serving.close()
            self._serving = None


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that can say ON CONFLICT, in the words of the session's database."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return the same in the words of ``dialect``, into the table itself: the ORM hears nothing."""
    if dialect == "postgresql":
        return postgresql.insert(table_of(table))
    return sqlite.insert(table_of(table))


def _prepare_sqlite(connection: Any, record: object) -> None:
    del record
    # The driver must not begin transactions by itself: it would begin them too late (after a read)
    # and deferred, and two such transactions can't both become writers.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA journal_size_limit={MOST_LOG_BYTES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    # Whoever waited for our own writers has that much less for others: a report that waits for both
    # was put off after ten seconds, and whoever came meanwhile after ten more.
    left = connection.get_execution_options().get(_PATIENCE, BUSY_TIMEOUT_MS / 1000)
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA busy_timeout={max(LEAST_TIMEOUT_MS, int(left * 1000))}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_deadlock(error: SQLAlchemyError) -> bool:
    # PostgreSQL: 40P01 deadlock detected, 40001 could not serialise.
    refusal = error.orig if isinstance(error, DBAPIError) else None
    return getattr(refusal, "sqlstate", None) in {"40P01", "40001"}
