"""What a process does once it is told to end: by systemd, by Docker, by Ctrl+C."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_stop_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at the first of the signals, and leave those that follow without effect.

    Python runs a handler in the main thread, between any two steps of what that thread does, a
    handler included. So a ``stop`` that takes a lock (``threading.Event.set`` does) must not be
    entered twice, and the main thread must not wait on that same lock: ``stop_told`` is for that.
    """
    told = False

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        nonlocal told
        if not told:
            told = True
            stop()

    before = [(number, signal.signal(number, handle)) for number in STOP_SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def stop_told() -> Iterator[Callable[[], None]]:
    """Yield a function for the main thread that returns once one of the signals has come.

    By a ``SimpleQueue``, whose ``put`` may be called in a handler while ``get`` waits in the same
    thread. An ``Event`` hangs for ever when the signal comes as ``wait`` takes its lock.
    """
    told: SimpleQueue[None] = SimpleQueue()
    with on_stop_signals(lambda: told.put(None)):
        yield told.get
