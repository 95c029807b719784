"""The loop that keeps the index of words, and the tally, short of nothing that was committed.

It is no job of the outbox: every report and every move would owe one, and its row would cost more
than its work. What is owed stands in a table of its own that triggers write (``store/search.py``),
in the transaction that causes it; this loop looks there and is a second behind at most.
"""

import threading

import structlog

from copydesk.errata.search_index import index_some, is_owed
from copydesk.precedence import PRECEDENCE
from copydesk.store import tally
from copydesk.store.database import STORE_AWAY, Database

log = structlog.get_logger(__name__)


class Indexer:
    """Works like a worker of the outbox and stands beside those."""

    def __init__(self, database: Database, *, poll_seconds: float = 1.0) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self.has_begun = threading.Event()

    def run(self) -> None:
        """Index until ``stop`` is called."""
        while not self._stopping.is_set():
            try:
                worked = self.step()
            except STORE_AWAY as error:
                # What is owed stays owed.
                log.warning("indexer.database_unavailable", error=type(error).__name__)
                worked = False
            except Exception:  # an index that stopped without a word would look healthy
                log.exception("indexer.crashed")
                worked = False
            self.has_begun.set()
            if not worked:
                self._stopping.wait(self._poll_seconds)

    def stop(self) -> None:
        """Ask ``run`` to return after the batch in hand."""
        self._stopping.set()

    def drain(self) -> int:
        """Index all that is owed now. Returns 0: it is no step of the outbox's."""
        while not self._stopping.is_set() and self.step():
            pass
        return 0

    def step(self) -> bool:
        """Index one batch; False when nothing was owed, or another process is at it."""
        PRECEDENCE.give()
        with self._database.reading() as session:
            owed, long = is_owed(session), tally.is_long(session)
        worked = owed and self._database.write(index_some)
        if long:
            self._database.write(tally.fold)
        return worked
