"""What a step of work is, and how it says that it failed.

A handler does its slow part (reading a page, talking to a mail server) outside of any transaction
and returns a ``Finish``: what to write. The worker runs it in the transaction that settles the job,
so a result and "done" are one commit, and a crash anywhere repeats the step and loses nothing.
Every handler must therefore bear being run twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

Finish = Callable[[Session], None]


@dataclass(frozen=True)
class Job:
    """A claimed job, detached from its row."""

    id: int
    kind: str
    unique_key: str
    payload: dict[str, Any]
    created_at: datetime
    attempts: int
    failures: int
    lease_token: str
    lease_until: datetime


Handler = Callable[[Job], Finish]


def nothing_more(session: Session) -> None:
    """Be the ``Finish`` of a step that has nothing left to write."""
    del session


class RetryLater(Exception):
    """The step can't be done now.

    ``after``: the wait; None lets the outbox back off. ``counts``: False when nobody answered or
    we chose to wait, so that an outage burns no attempts. ``finish``: written with the retry.
    It may be raised for ever: the handler alone knows when to give up, and whom to tell then.
    """

    def __init__(
        self,
        reason: str,
        *,
        after: timedelta | None = None,
        counts: bool = True,
        finish: Finish = nothing_more,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.counts = counts
        self.finish = finish


class PutBack(Exception):
    """It is not the step's turn: nothing was tried, and nothing is counted or written down."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__(f"due again at {due_at}")
        self.due_at = due_at


class GiveUp(Exception):
    """The step will never succeed: to the dead letters, with ``finish`` written alongside."""

    def __init__(self, reason: str, *, finish: Finish = nothing_more) -> None:
        super().__init__(reason)
        self.reason = reason
        self.finish = finish
