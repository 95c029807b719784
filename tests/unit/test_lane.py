"""When the lane takes up what waits: all that was read together, and no more than it can share."""

import queue
from collections.abc import Iterator

import pytest

from copydesk.lane import MOST_AT_ONCE, Lane

WAIT = 10


class Request:
    """Says when it has been answered."""

    waiting_since = 0.0

    def __init__(self, answered: "queue.Queue[Request | None]") -> None:
        self._answered = answered

    def service(self) -> None:
        self._answered.put(self)


@pytest.fixture
def answered() -> "queue.Queue[Request | None]":
    """Return where requests come out; None is the end of a turn."""
    return queue.Queue()


@pytest.fixture
def lane(answered: "queue.Queue[Request | None]") -> Iterator[Lane]:
    found = Lane(lambda: answered.put(None))
    yield found
    found.stop(WAIT)


def test_what_was_read_together_is_answered_in_one_turn(
    lane: Lane, answered: "queue.Queue[Request | None]"
) -> None:
    requests = [Request(answered) for _ in range(3)]
    for one in requests:
        lane.add(one)
    lane.release()
    assert [answered.get(timeout=WAIT) for _ in range(4)] == [*requests, None]
    lane.add(requests[0])
    assert len(lane.queue) == 1
    lane.release()
    assert [answered.get(timeout=WAIT) for _ in range(2)] == [requests[0], None]


def test_a_turn_that_is_full_waits_for_nobody(
    lane: Lane, answered: "queue.Queue[Request | None]"
) -> None:
    for _ in range(MOST_AT_ONCE):
        lane.add(Request(answered))
    taken = [answered.get(timeout=WAIT) for _ in range(MOST_AT_ONCE + 1)]
    assert taken[-1] is None
    assert None not in taken[:-1]


def test_the_lane_stops_while_requests_wait_to_be_released(
    lane: Lane, answered: "queue.Queue[Request | None]"
) -> None:
    lane.add(Request(answered))
    lane.stop(WAIT)
    assert answered.empty()
