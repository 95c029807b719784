"""Calls of one thread stop where they wait for the same thing, and go on once it has been done."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from copydesk.side_by_side import SideBySide, together


class Doubling:
    """Doubles numbers, and keeps which ones came together and by which thread."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.threads: set[int] = set()

    def step(self, items: Sequence[int]) -> list[int | BaseException]:
        self.groups.append(list(items))
        self.threads.add(threading.get_ident())
        return [ValueError("13") if item == 13 else item * 2 for item in items]


def run_side_by_side(side_by_side: SideBySide, doubling: Doubling, numbers: list[int]) -> list[str]:
    """Double each number in a call of its own; return what became of each, in order of ending."""
    told: list[str] = []

    def call(number: int) -> None:
        try:
            told.append(f"{number}: {together(doubling.step, number)}")
        except ValueError as error:
            told.append(f"{number}: {error!r}")

    side_by_side.run([lambda number=number: call(number) for number in numbers])  # type: ignore[misc]
    return told


def test_what_all_wait_for_is_done_once() -> None:
    doubling = Doubling()
    assert run_side_by_side(SideBySide(), doubling, [1, 2, 3]) == ["1: 2", "2: 4", "3: 6"]
    assert doubling.groups == [[1, 2, 3]]
    assert doubling.threads == {threading.get_ident()}


def test_an_exception_is_raised_in_its_own_call() -> None:
    doubling = Doubling()
    told = run_side_by_side(SideBySide(), doubling, [1, 13, 3])
    assert told == ["1: 2", "13: ValueError('13')", "3: 6"]


def test_a_step_that_fails_is_raised_in_each_call_and_the_next_turn_works() -> None:
    def fail(items: Sequence[int]) -> list[int | BaseException]:
        raise OSError(f"{len(items)} at once")

    told: list[str] = []

    def call() -> None:
        with pytest.raises(OSError, match="2 at once") as caught:
            together(fail, 1)
        told.append(str(caught.value))

    side_by_side = SideBySide()
    side_by_side.run([call, call])
    assert told == ["2 at once", "2 at once"]
    assert run_side_by_side(side_by_side, Doubling(), [4]) == ["4: 8"]


def test_calls_may_stop_again_elsewhere_or_not_at_all() -> None:
    first, second, ended = Doubling(), Doubling(), []

    def twice(number: int) -> None:
        ended.append(together(second.step, together(first.step, number)))

    SideBySide().run(
        [lambda: twice(1), lambda: ended.append(0), lambda: twice(2), lambda: twice(3)]
    )
    assert ended == [0, 4, 8, 12]
    assert (first.groups, second.groups) == ([[1, 2, 3]], [[2, 4, 6]])


def test_alone_it_is_done_at_once() -> None:
    doubling = Doubling()
    assert together(doubling.step, 4) == 8
    with pytest.raises(ValueError, match="13"):
        together(doubling.step, 13)
    assert doubling.groups == [[4], [13]]


def test_threads_do_not_meet() -> None:
    doubling = Doubling()
    with ThreadPoolExecutor(4) as pool:
        told = list(
            pool.map(
                lambda start: run_side_by_side(
                    SideBySide(), doubling, list(range(start, start + 5))
                ),
                range(100, 500, 100),
            )
        )
    assert [one[0] for one in told] == ["100: 200", "200: 400", "300: 600", "400: 800"]
    assert sorted(len(group) for group in doubling.groups) == [5, 5, 5, 5]
