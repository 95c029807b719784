"""A lane of the server: one thread answers all requests that wait in it, side by side.

For requests that are short but for what they can do together, such as reports that share a commit.
A slow one would hold up its neighbours; those belong to the server's other threads.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from copydesk.precedence import PRECEDENCE
from copydesk.side_by_side import SideBySide

MOST_AT_ONCE = 64
"""Requests in one turn. More share a commit no better, and the first would wait for the last."""

log = logging.getLogger(__name__)


class Waiting(Protocol):
    """A connection whose request waits to be answered."""

    waiting_since: float

    def service(self) -> None:
        """Answer it."""


class Lane:
    """A queue of requests and the thread that answers them."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """``wake`` is called when a turn's answers have been given, once for all of them."""
        self._wake = wake
        self.queue: deque[Any] = deque()
        self._lock = threading.Lock()
        self._has_work = threading.Condition(self._lock)
        self._is_filling = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="lane", daemon=True)
        self._thread.start()

    def add(self, waiting: Waiting) -> None:
        """Let a request wait for ``release``, or until a turn's worth of them waits."""
        with self._lock:
            self.queue.append(waiting)
            self._is_filling = len(self.queue) < MOST_AT_ONCE
            if not self._is_filling:
                self._has_work.notify()

    def release(self) -> None:
        """Have what waits answered: the server's loop has read all that had arrived.

        Woken for each request, the lane took the first one or two, and the others, read meanwhile,
        shared the next commit: twice the commits, and both threads in each other's way.
        """
        if self._is_filling:
            with self._lock:
                self._is_filling = False
                self._has_work.notify()

    def is_current(self) -> bool:
        """Say whether it is the lane's own thread that asks."""
        return threading.current_thread() is self._thread

    def stop(self, patience_seconds: float) -> None:
        """Take nothing more up, and wait so long for the end of the turn."""
        with self._lock:
            self._is_stopping = True
            self._has_work.notify()
        self._thread.join(patience_seconds)

    def _run(self) -> None:
        side_by_side = SideBySide()
        while taken := self._take():
            with PRECEDENCE.taken():
                side_by_side.run([_guarded(one) for one in taken])
            # The loop comes first now: it sends the answers and sees who has come. Both at once
            # would take the interpreter from each other at every call of the system.
            self._is_filling = True
            self._wake()

    def _take(self) -> list[Waiting]:
        """Wait for requests and return those that wait; none when it is to stop."""
        with self._lock:
            while (self._is_filling or not self.queue) and not self._is_stopping:
                self._has_work.wait()
            if self._is_stopping:
                return []
            return [self.queue.popleft() for _ in range(min(MOST_AT_ONCE, len(self.queue)))]


def _guarded(waiting: Waiting) -> Callable[[], None]:
    def service() -> None:
        try:
            waiting.service()
        except BaseException:  # the server answers what the application raises: this is its own
            log.exception("serving.crashed")

    return service
