"""Who waits at the same time shares a commit; each gets its own outcome, and none is lost."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest

from copydesk.errors import Unavailable
from copydesk.side_by_side import together
from copydesk.store.group_commit import GroupCommit

PATIENCE = 10.0


class Store:
    """Stores numbers and answers with their doubles; a gate holds a commit up."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def commit(self, items: Sequence[int]) -> list[int]:
        self.entered.set()
        assert self.gate.wait(PATIENCE)
        if 13 in items:
            raise ValueError("13 can't be stored")
        if -1 in items:
            raise Unavailable("away", retry_after=7)
        self.groups.append(list(items))
        return [item * 2 for item in items]


def put(group: GroupCommit[int, int], item: int) -> int:
    return together(group.put, item)


def start(
    group: GroupCommit[int, int], store: Store, first: int, others: Sequence[int]
) -> tuple[ThreadPoolExecutor, list[Future[int]]]:
    """Put ``first``, and all others in their order while its commit is held up."""
    store.gate.clear()
    store.entered.clear()
    pool = ThreadPoolExecutor(len(others) + 1)
    futures = [pool.submit(put, group, first)]
    assert store.entered.wait(PATIENCE)
    for number, other in enumerate(others, start=1):
        futures.append(pool.submit(put, group, other))
        wait_until(lambda number=number: group.waiting == number)  # type: ignore[misc]
    return pool, futures


def wait_until(holds: Callable[[], bool]) -> None:
    turn = threading.Event()
    for _ in range(10_000):
        if holds():
            return
        turn.wait(0.001)
    raise AssertionError("it never came to that")


def test_a_lone_item_is_stored_by_itself() -> None:
    store = Store()
    assert put(GroupCommit(store.commit), 4) == 8
    assert store.groups == [[4]]


def test_what_waits_meanwhile_shares_the_next_commit() -> None:
    store = Store()
    group = GroupCommit(store.commit)
    pool, futures = start(group, store, 1, range(2, 9))
    with pool:
        store.gate.set()
        assert [future.result(PATIENCE) for future in futures] == list(range(2, 18, 2))
    assert store.groups == [[1], [2, 3, 4, 5, 6, 7, 8]]
    assert put(group, 9) == 18  # nobody was left in the lead


def test_a_group_has_its_size() -> None:
    store = Store()
    group = GroupCommit(store.commit, most=3)
    pool, futures = start(group, store, 1, range(2, 9))
    with pool:
        store.gate.set()
        assert [future.result(PATIENCE) for future in futures] == list(range(2, 18, 2))
    assert [len(one) for one in store.groups] == [1, 3, 3, 1]


def test_one_that_can_not_be_stored_fails_alone() -> None:
    store = Store()
    group = GroupCommit(store.commit)
    pool, futures = start(group, store, 1, [2, 13, 3])
    with pool:
        store.gate.set()
        with pytest.raises(ValueError, match="13"):
            futures[2].result(PATIENCE)
        assert [futures[at].result(PATIENCE) for at in (0, 1, 3)] == [2, 4, 6]
    assert store.groups == [[1], [2], [3]]


def test_a_store_that_is_away_is_asked_once_for_all() -> None:
    store = Store()
    group = GroupCommit(store.commit)
    pool, futures = start(group, store, 1, [2, -1, 3])
    with pool:
        store.gate.set()
        for future in futures[1:]:
            with pytest.raises(Unavailable) as caught:
                future.result(PATIENCE)
            assert caught.value.retry_after == 7
    assert store.groups == [[1]]
    assert put(group, 5) == 10


def test_who_finds_too_many_waiting_is_sent_away() -> None:
    store = Store()
    group = GroupCommit(store.commit, capacity=2)
    pool, futures = start(group, store, 1, [2, 3])
    with pool:
        with pytest.raises(Unavailable) as caught:
            put(group, 4)
        assert caught.value.retry_after
        store.gate.set()
        assert [future.result(PATIENCE) for future in futures] == [2, 4, 6]


def test_who_is_not_taken_up_in_time_is_sent_away_and_not_stored() -> None:
    store = Store()
    group = GroupCommit(store.commit, patience_seconds=0.01)
    pool, futures = start(group, store, 1, [])
    with pool:
        with pytest.raises(Unavailable):
            put(group, 2)
        store.gate.set()
        assert futures[0].result(PATIENCE) == 2
    assert store.groups == [[1]]
    assert put(group, 3) == 6


def test_many_threads_lose_nothing() -> None:
    store = Store()
    group = GroupCommit(store.commit, most=7)
    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(partial(put, group), range(20, 1020))) == list(range(40, 2040, 2))
    assert sorted(item for one in store.groups for item in one) == list(range(20, 1020))


def test_what_one_thread_hands_in_shares_a_commit_and_each_has_its_outcome() -> None:
    store = Store()
    group = GroupCommit(store.commit)
    assert group.put([1, 2, 3]) == [2, 4, 6]
    assert store.groups == [[1, 2, 3]]
    first, wrong, last = group.put([4, 13, 5])
    assert (first, last) == (8, 10)
    assert isinstance(wrong, ValueError)
    assert store.groups[1:] == [[4], [5]]


def test_what_one_thread_hands_in_is_never_parted() -> None:
    store = Store()
    group = GroupCommit(store.commit, most=3, capacity=4)
    pool, futures = start(group, store, 1, [2])
    with pool, ThreadPoolExecutor(1) as another:
        several = another.submit(group.put, [3, 4, 5])
        wait_until(lambda: group.waiting == 4)
        assert [type(one) for one in group.put([6])] == [Unavailable]
        store.gate.set()
        assert several.result(PATIENCE) == [6, 8, 10]
        assert [future.result(PATIENCE) for future in futures] == [2, 4]
    assert store.groups == [[1], [2], [3, 4, 5]]
    assert group.waiting == 0
