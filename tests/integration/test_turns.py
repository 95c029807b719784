"""Whose turn it is to ask a host: one at a time, a gap apart, and never for longer than a lease."""

import contextlib
import threading
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session
from tests.conftest import MovableClock

from copydesk.articles.problems import FetchFailed
from copydesk.articles.turns import SOON, Hurry, Resting, Turn, Turns
from copydesk.outbox import PutBack
from copydesk.store.database import Database
from copydesk.store.tables import ReadHost

GAP = timedelta(seconds=3)
LEASE = timedelta(minutes=2)
URL = "https://news.example/a"


@pytest.fixture
def turns(db: Database, clock: MovableClock) -> Turns:
    return Turns(db, clock, gap=GAP, lease=LEASE)


def back(db: Database, turns: Turns, turn: Turn, failure: FetchFailed | None = None) -> None:
    db.write(lambda session: turns.give_back(session, turn, failure))


def put_back(turns: Turns, url: str = URL, hurry: Hurry = Hurry.REPORT) -> datetime:
    with pytest.raises(PutBack) as caught:
        turns.take(url, hurry)
    return caught.value.due_at


def test_one_reader_at_a_time_whatever_the_path(
    db: Database, turns: Turns, clock: MovableClock
) -> None:
    turn = turns.take(URL, Hurry.REPORT)
    clock.forward(seconds=10)
    put_back(turns, "https://NEWS.example:443/b?c")
    turns.take("https://other.example/a", Hurry.NONE)
    turns.take("https://news.example:8443/a", Hurry.NONE)
    back(db, turns, turn)
    assert turns.take("https://news.example/b", Hurry.NONE).host == turn.host


def test_the_gap_counts_from_request_to_request(
    db: Database, turns: Turns, clock: MovableClock
) -> None:
    begin = clock()
    turn = turns.take(URL, Hurry.REPORT)
    clock.forward(seconds=1)
    back(db, turns, turn)
    assert put_back(turns) == begin + GAP
    clock.forward(seconds=2)
    turns.take(URL, Hurry.REPORT)


def test_those_who_wait_are_given_a_time_each(turns: Turns, clock: MovableClock) -> None:
    turns.take(URL, Hurry.REPORT)
    times = [put_back(turns) for _ in range(4)]
    assert [later - sooner for sooner, later in pairwise(times)] == [GAP] * 3
    # The schedule has room: it comes at any time, and takes no place in the line.
    for _ in range(20):
        due = put_back(turns, hurry=Hurry.NONE)
        assert clock() < due <= clock() + 2 * GAP + SOON
    assert put_back(turns) == times[-1] + GAP
    # Somebody waits for the answer to "corrected": ahead of the line.
    assert put_back(turns, hurry=Hurry.CLAIM) < times[1]


def test_a_reader_that_died_gives_its_turn_back_by_the_clock(
    db: Database, turns: Turns, clock: MovableClock
) -> None:
    dead = turns.take(URL, Hurry.REPORT)
    clock.forward(seconds=LEASE.total_seconds())
    heir = turns.take(URL, Hurry.REPORT)
    clock.forward(seconds=10)
    # The dead one was only slow: what it gives back is not its own any more.
    back(db, turns, dead, FetchFailed("the server answered 503", overloaded=True))
    put_back(turns)
    back(db, turns, heir)
    turns.take(URL, Hurry.REPORT)


def test_an_overloaded_host_rests(db: Database, turns: Turns, clock: MovableClock) -> None:
    asked = FetchFailed("the server answered 429", overloaded=True, pause=timedelta(hours=2))
    back(db, turns, turns.take(URL, Hurry.REPORT), asked)
    with pytest.raises(Resting) as caught:
        turns.take(URL, Hurry.REPORT)
    assert caught.value.until == clock() + timedelta(hours=2)
    assert caught.value.problem == "the server answered 429"
    clock.forward(hours=2)
    back(
        db,
        turns,
        turns.take(URL, Hurry.REPORT),
        FetchFailed("the server answered 404", permanent=True),
    )
    clock.forward(seconds=GAP.total_seconds())
    turns.take(URL, Hurry.REPORT)
    with db.reading() as session:
        assert session.get_one(ReadHost, "news.example").refusals == 0


def test_an_error_of_ours_gives_the_turn_back(turns: Turns, clock: MovableClock) -> None:
    turn = turns.take(URL, Hurry.REPORT)
    with pytest.raises(ZeroDivisionError), turns.given_back_on_error(turn):
        raise ZeroDivisionError
    clock.forward(seconds=GAP.total_seconds())
    turns.take(URL, Hurry.REPORT)


def test_many_readers_never_share_a_turn(db: Database, clock: MovableClock) -> None:
    turns = Turns(db, clock, gap=timedelta(0), lease=LEASE)
    held, taken, overlaps = [0], [0], [0]
    lock, start = threading.Lock(), threading.Barrier(6)

    def read() -> None:
        start.wait(20)
        for _ in range(3):
            turn = None
            while turn is None:
                with contextlib.suppress(PutBack):
                    turn = turns.take(URL, Hurry.CLAIM)
            with lock:
                held[0] += 1
                taken[0] += 1
                overlaps[0] += held[0] > 1

            def release(session: Session, turn: Turn = turn) -> None:
                with lock:
                    held[0] -= 1
                turns.give_back(session, turn)

            db.write(release)

    crowd = [threading.Thread(target=read) for _ in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(60)
    assert (overlaps, taken) == ([0], [18])
