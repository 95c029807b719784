"""Waking workers as soon as there is work, where the database can call: LISTEN/NOTIFY.

Only a shortcut. Workers poll all the same, so a call that nobody heard (the listening connection
was lost, or goes through a pooler that does not carry notifications) costs a poll's wait and
nothing else. On SQLite nobody can call; there polling is all there is.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from copydesk.store.database import Database

log = structlog.get_logger(__name__)

CHANNEL = "copydesk_outbox"
LOOK_SECONDS = 0.5
"""How often a listener looks whether it is to stop."""
RETRY_SECONDS = 5.0
"""Before it connects again."""


class Sleeper(Protocol):
    """Whoever waits between two polls."""

    @property
    def is_asleep(self) -> bool:
        """Whether it waits and nobody has woken it yet."""

    def wake(self) -> None:
        """Look for work now."""


class Colleagues:
    """Workers for the same kinds of work, of whom one is woken at a time.

    Whoever finds work wakes the next one, so as many are awake as find something, and one more.
    When each call woke all of them, four of five asked the database for nothing, at the very moment
    at which the sender of the report waited for this process to answer.
    """

    def __init__(self) -> None:
        self._workers: list[Sleeper] = []
        self._watch = threading.Lock()

    def join(self, worker: Sleeper) -> None:
        """Count ``worker`` among them."""
        self._workers.append(worker)

    @contextmanager
    def asleep(self) -> Iterator[bool]:
        """Sleep within; gives whether it is the caller who looks at each poll.

        One of them does so for all. When each looked by itself, most of what an idle service asked
        its database was what a colleague had asked a moment ago.
        """
        watches = self._watch.acquire(blocking=False)
        try:
            yield watches
        finally:
            if watches:
                self._watch.release()

    def wake(self, besides: Sleeper | None = None) -> None:
        """Wake one that sleeps; where none does, have all look once more before they sleep."""
        others = [worker for worker in self._workers if worker is not besides]
        asleep = [worker for worker in others if worker.is_asleep]
        for worker in asleep[:1] or others:
            worker.wake()


class Waker:
    """Listens for calls and wakes the workers of this process."""

    def __init__(
        self,
        database: Database,
        groups: Sequence[Colleagues],
        *,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._retry_seconds = retry_seconds
        self._database = database
        self._groups = groups
        self._stopping = threading.Event()
        self.has_begun = threading.Event()

    def run(self) -> None:
        """Listen until ``stop`` is called; returns at once where the database can't call."""
        if self._database.is_sqlite:
            self.has_begun.set()
            return
        driver_error: type[Exception] = self._database.engine.dialect.loaded_dbapi.Error
        while not self._stopping.is_set():
            try:
                self._listen()
            except (SQLAlchemyError, driver_error) as error:
                log.warning("waker.not_listening", error=type(error).__name__)
                self.has_begun.set()
                self._stopping.wait(self._retry_seconds)

    def stop(self) -> None:
        """Ask ``run`` to return, within ``LOOK_SECONDS``."""
        self._stopping.set()

    def drain(self) -> int:
        """Do nothing: who drains does not wait."""
        return 0

    def _listen(self) -> None:
        with self._database.engine.connect() as taken:
            connection = taken.execution_options(isolation_level="AUTOCOMMIT")
            # Closed at the end and not put back: whoever got it next would be listening too.
            connection.detach()
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            self.has_begun.set()
            self._wake()  # for what was owed while nobody listened
            raw: Any = connection.connection.dbapi_connection
            while not self._stopping.is_set():
                for _ in raw.notifies(timeout=LOOK_SECONDS, stop_after=1):
                    self._wake()

    def _wake(self) -> None:
        for group in self._groups:
            group.wake()
