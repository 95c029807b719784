"""Group commit: requests that wait at the same time share one transaction.

A durable commit waits for the disk, 2 to 4 ms on a small machine: with one commit a request the
disk's sync rate is the limit, whatever the code does. Here the first one that comes does the work
itself (it *leads*), and whoever comes meanwhile waits; then one of those leads, for all that wait.
Nobody lingers for company, so a lone request pays nothing.

The road not taken is a writer thread of its own: it costs a lone request two hand-overs between
threads, has to be started after a fork, and to be stopped.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from copydesk.errors import Unavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

MOST = 256
"""Items in one transaction: it must stay short, for others wait for the database too."""
CAPACITY = 1024
"""Items that may wait; beyond it the sender is better off to come again."""
PATIENCE_SECONDS = 5.0
"""How long an item waits to be taken up."""
RETRY_AFTER_SECONDS = 5


class _Waiting(Generic[Item, Outcome]):
    """One item, and the thread that waits for what becomes of it."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.outcomes: list[Outcome] = []
        self.error: BaseException | None = None
        self.leads = False
        self.woken = threading.Event()

    def answer(self) -> Outcome:
        if self.error is not None:
            raise self.error
        return self.outcomes[0]


class GroupCommit(Generic[Item, Outcome]):
    """Hands items to ``commit`` in groups, one group at a time, and each sender its outcome."""

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Outcome]],
        *,
        most: int = MOST,
        capacity: int = CAPACITY,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """``commit`` stores a group in one transaction and returns an outcome for each item.

        It must be safe to call again with the items of a group that failed.
        """
        self._commit = commit
        self._most = most
        self._capacity = capacity
        self._patience = patience_seconds
        self._lock = threading.Lock()
        self._queue: deque[_Waiting[Item, Outcome]] = deque()
        self._is_led = False

    def put(self, item: Item) -> Outcome:
        """Return what became of ``item`` once its transaction is committed.

        Raises what ``commit`` raised for it, and ``Unavailable`` when too many wait already or the
        store does not get round to it in time; then nothing of it was stored.
        """
        waiting: _Waiting[Item, Outcome] = _Waiting(item)
        with self._lock:
            if len(self._queue) >= self._capacity:
                raise _busy()
            self._queue.append(waiting)
            waiting.leads = not self._is_led
            self._is_led = True
        if not waiting.leads:
            self._await(waiting)
        if waiting.leads:
            self._lead()
        return waiting.answer()

    @property
    def waiting(self) -> int:
        """How many items wait to be taken up."""
        return len(self._queue)

    def _await(self, waiting: _Waiting[Item, Outcome]) -> None:
        if waiting.woken.wait(self._patience):
            return
        with self._lock:
            if waiting.leads:
                return
            if waiting in self._queue:
                self._queue.remove(waiting)
                raise _busy()
        # It is being stored at this moment: only the outcome tells whether it was.
        waiting.woken.wait()

    def _lead(self) -> None:
        """Store one group and pass the lead on. The leader's own item is the first of it."""
        with self._lock:
            group = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
        try:
            self._store(group)
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._is_led = following is not None
                if following is not None:
                    following.leads = True
            if following is not None:
                following.woken.set()
            for waiting in group:
                waiting.woken.set()

    def _store(self, group: list[_Waiting[Item, Outcome]]) -> None:
        try:
            outcomes = self._commit([waiting.item for waiting in group])
        except Unavailable as error:
            # The store is away for all of them: trying each one by itself would only take longer.
            for waiting in group:
                waiting.error = Unavailable(error.detail, retry_after=error.retry_after)
                waiting.error.__cause__ = error.__cause__  # what the log says of it
        except Exception as error:  # noqa: BLE001 - it belongs to whoever sent the item
            if len(group) == 1:
                group[0].error = error
                return
            for waiting in group:  # one that can't be stored must not fail its neighbours
                self._store([waiting])
        else:
            for waiting, outcome in zip(group, outcomes, strict=True):
                waiting.outcomes.append(outcome)


def _busy() -> Unavailable:
    return Unavailable("The store is busy; try again.", retry_after=RETRY_AFTER_SECONDS)
