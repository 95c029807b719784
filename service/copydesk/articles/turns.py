"""Whose turn it is to ask a host for a page: one reader at a time, with a gap in between.

The turns are rows of the database, because readers are threads of several processes and machines. A
turn is a lease and no lock: nothing is held while the page travels, and a reader that dies gives
its turn back by the clock. Readers never wait for a turn, they put their job back; so one slow host
holds one reader and no more. Those who meet a busy host are given different times to come again:
else all of them would come back at once, over and over.
"""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from copydesk.articles.problems import FetchFailed
from copydesk.clock import Clock
from copydesk.outbox import PutBack
from copydesk.outbox.backoff import ceiling
from copydesk.store.database import Database, insert_into
from copydesk.store.tables import ReadHost
from copydesk.urls import host_of


class Hurry(Enum):
    """Who waits for the reading, and so when a busy host is tried again."""

    CLAIM = 1
    """Somebody who said "corrected": as soon as the gap allows."""
    REPORT = 2
    """A new report: in line, a gap apart."""
    NONE = 3
    """Nobody, the schedule has hours of room: any time soon, and never in a report's way."""


SOON = timedelta(minutes=10)
LEAST_WAIT = timedelta(seconds=1)
"""Before another look at a busy host, also where no gap is kept."""

_random = random.SystemRandom()


@dataclass(frozen=True)
class Turn:
    """The right to ask one host, until it is given back or its lease ends."""

    host: str
    token: str


class Resting(Exception):
    """The host was overloaded or did not answer: nobody asks it before ``until``."""

    def __init__(self, until: datetime, problem: str) -> None:
        super().__init__(problem)
        self.until = until
        self.problem = problem


class Turns:
    """Hands out turns; ``gap`` lies between two requests, ``lease`` is longer than any fetch."""

    def __init__(
        self, database: Database, clock: Clock, *, gap: timedelta, lease: timedelta
    ) -> None:
        self._database = database
        self._clock = clock
        self._gap = gap
        self._lease = lease

    def take(self, url: str, hurry: Hurry) -> Turn:
        """Return the turn to ask the host of ``url``.

        Raises ``PutBack`` with the time to come again, and ``Resting``.
        """
        host = host_of(url)[:255]
        found = self._database.write(lambda session: self._ask(session, host, hurry))
        if isinstance(found, Turn):
            return found
        raise found

    def give_back(self, session: Session, turn: Turn, failure: FetchFailed | None = None) -> None:
        """End the turn in the caller's transaction; ``failure`` is what the host made of it.

        An overloaded host rests as long as it asked for, else a minute that doubles to four hours.
        """
        row = session.get(ReadHost, turn.host, with_for_update=True, populate_existing=True)
        if row is None or row.lease_token != turn.token:
            return  # the lease ended, and the host is somebody else's
        row.lease_token, row.lease_until = "", None
        if failure is None or not failure.overloaded:
            row.refusals, row.problem = 0, ""
            return
        pause = failure.pause if failure.pause is not None else ceiling(row.refusals)
        row.refusals += 1
        row.problem = failure.reason
        row.free_at = max(row.free_at, self._database.now(session, self._clock) + pause)

    @contextmanager
    def given_back_on_error(self, turn: Turn) -> Iterator[None]:
        """Give the turn back at once when the step within fails by a mistake of ours."""
        try:
            yield
        except Exception:
            self._database.write(lambda session: self.give_back(session, turn))
            raise

    def _ask(self, session: Session, host: str, hurry: Hurry) -> Turn | PutBack | Resting:
        now = self._database.now(session, self._clock)
        turn = self._take(session, host, now)
        if turn is not None:
            return turn
        row = session.get(ReadHost, host, with_for_update=True, populate_existing=True)
        if row is None:
            fresh = insert_into(session, ReadHost).values(
                host=host, free_at=now, booked_until=now, lease_token="", refusals=0, problem=""
            )
            session.execute(fresh.on_conflict_do_nothing(index_elements=["host"]))
            return self._ask(session, host, hurry)
        is_taken = row.lease_until is not None and row.lease_until > now
        if row.refusals and row.free_at > now and not is_taken:
            return Resting(row.free_at, row.problem)
        if row.free_at > now and not is_taken:
            return PutBack(row.free_at)
        return PutBack(self._next_try(row, hurry, now))

    def _take(self, session: Session, host: str, now: datetime) -> Turn | None:
        token = secrets.token_hex(8)
        taken = session.execute(
            update(ReadHost)
            .where(
                ReadHost.host == host,
                ReadHost.free_at <= now,
                or_(ReadHost.lease_until.is_(None), ReadHost.lease_until <= now),
            )
            # The gap counts from one request to the next, however long the answer takes.
            .values(lease_token=token, lease_until=now + self._lease, free_at=now + self._gap)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(taken, CursorResult)
        return Turn(host, token) if taken.rowcount == 1 else None

    def _next_try(self, row: ReadHost, hurry: Hurry, now: datetime) -> datetime:
        step, free = max(self._gap, LEAST_WAIT), max(now, row.free_at)
        if hurry is Hurry.CLAIM:
            return free + step
        if hurry is Hurry.NONE:
            return free + step + SOON * _random.random()
        row.booked_until = max(free, row.booked_until) + step
        return row.booked_until
