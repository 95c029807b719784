"""Workers side by side, so that slow work of one kind does not keep work of another kind waiting.

Each worker claims only the kinds it was given. Threads and not processes: they wait for other
people's servers nearly all of the time, and an operator sees one process less.
"""

import threading
import time
from collections.abc import Sequence
from typing import Protocol

FIRST_STEPS_SECONDS = 0.3
"""How long a start waits for the first steps, all together: one of them may hang for a minute."""


class Hand(Protocol):
    """Whoever can work in a crew: a worker of the outbox, the indexer."""

    has_begun: threading.Event
    """Set once it has taken its first step, found nothing to do, or failed."""

    def run(self) -> None:
        """Work until ``stop`` is called."""

    def stop(self) -> None:
        """Ask ``run`` to return after what is in hand."""

    def drain(self) -> int:
        """Do all that is due now and return how many steps of the outbox were taken."""


class Crew:
    """Runs each of its workers in a thread of its own."""

    def __init__(self, workers: Sequence[Hand]) -> None:
        self._workers = tuple(workers)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work; returns when each has taken its first step, or soon after.

        For a first step each opens a connection and compiles its statements: the first readers
        would wait beside that, for a tenth of a second.
        """
        for number, worker in enumerate(self._workers, start=1):
            thread = threading.Thread(target=worker.run, name=f"worker-{number}")
            self._threads.append(thread)
            thread.start()
        ends = time.monotonic() + FIRST_STEPS_SECONDS
        for worker in self._workers:
            worker.has_begun.wait(max(0.0, ends - time.monotonic()))

    def stop(self) -> None:
        """Ask all to end after the job in hand; fit for a signal handler."""
        for worker in self._workers:
            worker.stop()

    def join(self, seconds: float | None = None) -> bool:
        """Wait until all have ended, in all at most ``seconds``, and say whether they have.

        None: as long as it takes.
        """
        ends = None if seconds is None else time.monotonic() + seconds
        for thread in self._threads:
            thread.join(None if ends is None else max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def drain(self) -> int:
        """Do all that is due now and return how many steps were taken.

        Round after round, because a step may owe work of another worker's kinds.
        """
        steps = 0
        while done := self._drain_once():
            steps += done
        return steps

    def _drain_once(self) -> int:
        done: list[int] = []
        problems: list[BaseException] = []

        def drain(worker: Hand) -> None:
            try:
                done.append(worker.drain())
            except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
                problems.append(error)

        threads = [threading.Thread(target=drain, args=(worker,)) for worker in self._workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]
        return sum(done)
