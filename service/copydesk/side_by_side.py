"""One thread makes several calls side by side, and does what they wait for once for all of them.

Where a call comes to such a place the thread turns to the next one, and goes on with each when it
has been done. For requests that share a commit.

A request for each thread is easier to picture; but a thread that waits must be woken, and of an
interpreter's threads one runs at a time, so that with 32 of them nearly half of the processor went
to waking and to waiting for each other (docs/adr/0019). Here a call has a stack of its own (a
greenlet), which its thread leaves and comes back to at the price of a few function calls. The road
not taken is an event loop: it asks every function on the way to be written for it.

Between two steps of a call other calls run in its thread: it must not stop while it holds a lock
that knows threads and not calls (``RLock``).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from greenlet import getcurrent, greenlet

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Step = Callable[[Sequence[Item]], Sequence[Outcome | BaseException]]
"""Does something for many at once; an exception among its outcomes is that item's alone."""


class _Stopped(NamedTuple):
    """A call that waits, and for what."""

    call: "_Stack"
    step: Step[Any, Any]
    item: Any


class _Stack(greenlet):
    """Where calls are made, one after another: a new one costs the system a piece of memory."""

    def run(self, call: Callable[[], None]) -> None:
        while True:
            call()
            call = self.turn(None)

    def turn(self, asked: "_Stopped | None") -> Any:
        """Let the thread turn to the others; return what it comes back with."""
        assert self.parent is not None
        return self.parent.switch(asked)


class SideBySide:
    """Makes calls in the thread that owns it."""

    def __init__(self) -> None:
        self._idle: list[_Stack] = []

    def run(self, calls: Sequence[Callable[[], None]]) -> None:
        """Make all ``calls`` and return when each has returned. None of them may raise."""
        stopped: list[_Stopped] = []
        for call in calls:
            stack = self._idle.pop() if self._idle else _Stack()
            self._go_on(stack, call, stopped)
        while stopped:
            step = stopped[0].step
            alike = [one for one in stopped if one.step == step]
            stopped = [one for one in stopped if one.step != step]
            outcomes = _done(step, [one.item for one in alike])
            for one, outcome in zip(alike, outcomes, strict=True):
                self._go_on(one.call, outcome, stopped)

    def _go_on(self, stack: _Stack, given: object, stopped: list[_Stopped]) -> None:
        asked = stack.switch(given)
        if asked is None:
            self._idle.append(stack)
        else:
            stopped.append(asked)


def _done(step: Step[Any, Any], items: Sequence[Any]) -> Sequence[Any]:
    try:
        return step(items)
    except Exception as error:  # noqa: BLE001 - each call raises it where it stopped
        return [error] * len(items)


def together(step: Step[Item, Outcome], item: Item) -> Outcome:
    """Return what ``step`` makes of ``item``, or raise it if it is an exception.

    Within ``SideBySide.run`` it is done for all calls that have come to it, elsewhere for this one
    item and at once.
    """
    here = getcurrent()
    if isinstance(here, _Stack):
        outcome = here.turn(_Stopped(here, step, item))
    else:
        (outcome,) = step([item])
    if isinstance(outcome, BaseException):
        raise outcome
    return cast("Outcome", outcome)
