"""Moments at which a process dies as by ``kill -9``, named by an environment variable.

The service itself knows nothing of them: the functions between which the moments lie are wrapped
when a process of the tests starts.
"""

import functools
import os
import signal
import smtplib
import threading
from dataclasses import dataclass
from typing import Any

from copydesk.intake import reception
from copydesk.outbox import worker

VARIABLE = "CRASH_POINT"
"""``name:n``: the process dies at the n-th time that it comes there."""


@dataclass(frozen=True)
class CrashPoint:
    """A function, and whether the moment lies before it or after it."""

    owner: Any
    function: str
    is_before: bool = False


WEB = {
    "report written, not committed": CrashPoint(reception, "submit_all"),
    "report committed, not answered": CrashPoint(reception.Reception, "_store"),
}
WORKER = {
    "step claimed": CrashPoint(worker.Worker, "_work", is_before=True),
    "mail taken by the server": CrashPoint(smtplib.SMTP, "data"),
    "step marked as done, not committed": CrashPoint(worker, "settle_done"),
    "step done": CrashPoint(worker.Worker, "_settle_done"),
}
DOUBLING = ("mail taken by the server", "step marked as done, not committed")
"""Where the mail server has taken a mail and nothing of it is committed: it is sent again."""


def arm(which: str) -> None:
    """Let this process die at ``which``; nothing when it is empty."""
    if not which:
        return
    name, _, times = which.rpartition(":")
    point = (WEB | WORKER)[name]
    left, lock = [int(times)], threading.Lock()
    function = getattr(point.owner, point.function)

    def come_by() -> None:
        with lock:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        if point.is_before:
            come_by()
        result = function(*arguments, **named)
        if not point.is_before:
            come_by()
        return result

    setattr(point.owner, point.function, wrapped)
