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

from copydesk.errors import Unavailable, store_is_busy

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

MOST = 256
"""Items in one transaction, unless one thread has more: it must stay short, for others wait for the
database too."""
CAPACITY = 1024
"""Items that may wait; beyond it the sender is better off to come again."""
PATIENCE_SECONDS = 5.0
"""How long an item waits to be taken up."""


class _Waiting(Generic[Item, Outcome]):
    """What one thread hands in, and waits for what becomes of it."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.outcomes: list[Outcome | BaseException] = []
        self.leads = False
        self.woken = threading.Event()


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
        self._count = 0
        self._is_led = False

    def put(self, items: Sequence[Item]) -> list[Outcome | BaseException]:
        """Return what became of each of ``items`` once their transaction is committed.

        Among the outcomes is what ``commit`` raised for an item, and ``Unavailable`` for all of
        them when too many wait already or the store does not get round to it in time; then nothing
        was stored.
        """
        waiting: _Waiting[Item, Outcome] = _Waiting(items)
        with self._lock:
            if self._count + len(items) > self._capacity:
                return [store_is_busy() for _ in items]
            self._queue.append(waiting)
            self._count += len(items)
            waiting.leads = not self._is_led
            self._is_led = True
        if not waiting.leads and not self._await(waiting):
            return [store_is_busy() for _ in items]
        if waiting.leads:
            self._lead()
        return waiting.outcomes

    @property
    def waiting(self) -> int:
        """How many items wait to be taken up."""
        return self._count

    def _await(self, waiting: _Waiting[Item, Outcome]) -> bool:
        """Return True once it has been stored or leads; False when it was given up."""
        if waiting.woken.wait(self._patience):
            return True
        with self._lock:
            if waiting.leads:
                return True
            if waiting in self._queue:
                self._queue.remove(waiting)
                self._count -= len(waiting.items)
                return False
        # It is being stored at this moment: only the outcome tells whether it was.
        waiting.woken.wait()
        return True

    def _lead(self) -> None:
        """Store one group and pass the lead on. The leader's own item is the first of it."""
        with self._lock:
            group = [self._queue.popleft()]
            items = list(group[0].items)
            while self._queue and len(items) + len(self._queue[0].items) <= self._most:
                group.append(self._queue.popleft())
                items += group[-1].items
            self._count -= len(items)
        try:
            outcomes = iter(self._store(items))
            for one in group:
                one.outcomes = [next(outcomes) for _ in one.items]
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

    def _store(self, items: Sequence[Item]) -> list[Outcome | BaseException]:
        try:
            return list(self._commit(items))
        except Unavailable as error:
            # The store is away for all of them: trying each one by itself would only take longer.
            return [_again(error) for _ in items]
        except Exception as error:  # noqa: BLE001 - it belongs to whoever sent the item
            if len(items) == 1:
                return [error]
            # One that can't be stored must not fail its neighbours.
            return [outcome for item in items for outcome in self._store([item])]


def _again(error: Unavailable) -> Unavailable:
    copy = Unavailable(error.detail, retry_after=error.retry_after)
    copy.__cause__ = error.__cause__  # what the log says of it
    return copy
