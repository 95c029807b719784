"""Who is being answered goes first: work that nobody watches waits for that moment to pass.

Threads of one interpreter compute one at a time, and each may go on for 5 ms before another one
has its turn. A report that is stored asks for ten turns, one after each answer of the database, so
a page that was read beside it cost its sender up to 50 ms.

The roads not taken: a shorter turn of the interpreter's (``sys.setswitchinterval``; 1 ms made the
slowest answers slower) and a process of its own for the work, which a small machine has no memory
for; whoever has it runs ``copydesk serve --no-worker`` and ``copydesk worker``.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_SECONDS = 0.02
"""How long a piece of work waits at most: when reports never end, the work goes on all the same."""


class Precedence:
    """Knows whether somebody is being answered in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answering = 0
        self._nobody = threading.Event()
        self._nobody.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Go first: whoever comes to ``give`` waits until the end of this block."""
        with self._lock:
            self._answering += 1
            self._nobody.clear()
        try:
            yield
        finally:
            with self._lock:
                self._answering -= 1
                if not self._answering:
                    self._nobody.set()

    def give(self, most_seconds: float = MOST_SECONDS) -> None:
        """Let those pass who are being answered. Not to be called within a transaction.

        They may wait for what it has locked.
        """
        self._nobody.wait(most_seconds)


PRECEDENCE = Precedence()
"""One for the process, as there is one interpreter."""
