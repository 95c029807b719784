"""Who writes a SQLite file: one at a time, and nobody waits for ever.

Threads take turns by a lock, processes by a lock on a file beside the database. Both are queued
for. The system has no limit of time for a lock on a file, and a process that stands still with it
(stopped, or on a disk that hangs) would leave everybody without an answer. So where the lock is
taken, a thread of its own queues for it, and the writer waits for that thread as long as it likes.

Roads not taken: to ask again and again, as SQLite's own busy handler does, for whoever writes much
takes the lock again before the other one asks; and a signal that ends the waiting, for Python
hands signals to the main thread alone.
"""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from copydesk.errors import store_is_busy


class WritersTurn:
    """The turn of whoever writes; any number of these on one ``path``, in any process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._place: _Place | None = None

    @contextmanager
    def taken(self, patience_seconds: float) -> Iterator[float]:
        """Have it while the block lasts, and yield how many seconds of patience are left.

        Raises ``Unavailable`` when it does not come in time.
        """
        ends = time.monotonic() + patience_seconds
        if not self._threads.acquire(timeout=patience_seconds):
            raise store_is_busy()
        try:
            with self._lock_file(ends):  # to close it is to let go of it
                yield max(0.0, ends - time.monotonic())
        finally:
            self._threads.release()

    def _lock_file(self, ends: float) -> TextIOWrapper:
        if self._place is None or not self._place.is_kept():
            try:
                lock = self._path.open("a")
            except OSError as error:  # it can't be made: the disk is full or only to be read
                raise store_is_busy() from error
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._place = _Place(lock)
            else:
                return lock
        mine = self._place.wait(ends - time.monotonic())
        if mine is None:  # the place is kept for whoever comes next
            raise store_is_busy()
        self._place = None
        return mine


class _Place:
    """A place in the queue for the lock on a file, with a thread that stands there."""

    def __init__(self, lock: TextIOWrapper) -> None:
        self._lock = lock
        self._changed = threading.Condition()
        self._is_wanted = True
        self._has_come = False
        threading.Thread(target=self._stand, name="writers-turn", daemon=True).start()

    def is_kept(self) -> bool:
        """Say whether it is still there after ``wait`` gave up, and want it again."""
        with self._changed:
            self._is_wanted = not self._lock.closed
            return self._is_wanted

    def wait(self, seconds: float) -> TextIOWrapper | None:
        """Return the locked file; None when it took longer."""
        with self._changed:
            self._is_wanted = self._changed.wait_for(lambda: self._has_come, max(0.0, seconds))
            return self._lock if self._is_wanted else None

    def _stand(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        with self._changed:
            self._has_come = True
            if self._is_wanted:
                self._changed.notify()
            else:  # nobody waits any more: others may
                self._lock.close()
