"""Does the database take writes? Asked by machines, every few seconds, and answered by a write."""

import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from copydesk.errors import CopydeskError
from copydesk.store.database import Database

EVERY_SECONDS = 1.0
"""So often one writes at most, however many ask: an answer is good for so long."""


class WriteProbe:
    """Asks the database, and gives all that ask within a second the same answer."""

    def __init__(self, database: Database, *, tick: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._tick = tick
        self._lock = threading.Lock()
        self._good_until = float("-inf")
        self._answer = False

    def takes_writes(self) -> bool:
        """Say whether a write was taken just now."""
        with self._lock:  # who comes meanwhile waits for the same answer
            if self._tick() >= self._good_until:
                self._answer = self._ask()
                self._good_until = self._tick() + EVERY_SECONDS
            return self._answer

    def _ask(self) -> bool:
        try:
            self._database.check()
        except (SQLAlchemyError, CopydeskError, OSError):  # OSError: its file can't be locked
            return False
        return True
