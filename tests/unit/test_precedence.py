"""Work lets whoever is being answered pass."""

import threading
from collections.abc import Callable

import pytest

from copydesk.lane import Lane
from copydesk.precedence import PRECEDENCE, Precedence

WAIT = 30
FOR_EVER = 3600
A_WHILE = 0.05


class Work:
    """A thread that comes to the place where it gives precedence."""

    def __init__(self, give: Callable[[float], None]) -> None:
        self.went_on = threading.Event()
        self._give = give
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        self._give(FOR_EVER)
        self.went_on.set()


def test_work_goes_on_when_the_last_one_has_been_answered() -> None:
    precedence = Precedence()
    assert Work(precedence.give).went_on.wait(WAIT)  # nobody is there
    with precedence.taken():
        with precedence.taken():
            work = Work(precedence.give)
        assert not work.went_on.wait(A_WHILE)
    assert work.went_on.wait(WAIT)


def test_work_goes_on_after_its_wait_and_after_a_failure() -> None:
    precedence = Precedence()
    with precedence.taken():
        precedence.give(A_WHILE)
    with pytest.raises(KeyError), precedence.taken():
        raise KeyError
    assert Work(precedence.give).went_on.wait(WAIT)


class Request:
    """Looks, while it is answered, whether work waits."""

    waiting_since = 0.0
    work: Work
    waited = False

    def service(self) -> None:
        self.work = Work(PRECEDENCE.give)
        self.waited = not self.work.went_on.wait(A_WHILE)


def test_the_lane_goes_first() -> None:
    answered = threading.Event()
    lane = Lane(answered.set)
    request = Request()
    lane.add(request)
    lane.release()
    assert answered.wait(WAIT)
    lane.stop(WAIT)
    assert request.waited
    assert request.work.went_on.wait(WAIT)
