"""Servers that mean no good: the reader is done at its deadline, with a page or a clear failure."""

import time
import tracemalloc
from collections.abc import Iterator

import pytest
from tests.attacks.case import PUBLIC, PUBLIC_TOO
from tests.attacks.internet import Internet, internet
from tests.attacks.servers import Hostile, everything
from tests.page_server import page, says

from copydesk.articles.fetch import Fetcher, FetchFailed, FetchRefused

URL = "http://news.example/"
LIMIT = 2 * 1024 * 1024
_SLOW = 20
"""Seconds that nothing here takes on the slowest machine, and an unguarded reader always would."""


@pytest.fixture
def quick() -> Fetcher:
    return Fetcher(deadline=0.6, max_bytes=LIMIT)


@pytest.fixture
def silent() -> Iterator[Internet]:
    with internet(says(page())) as net:
        yield net


@pytest.mark.parametrize("hostile", everything(), ids=lambda hostile: hostile.name)
def test_a_hostile_server_costs_its_deadline_and_no_more(hostile: Hostile) -> None:
    patience = Fetcher(deadline=0.6 if hostile.endless else 10, max_bytes=LIMIT)
    with internet(hostile.script) as net:
        tracemalloc.start()
        began = time.monotonic()
        try:
            assert len(patience.fetch(URL).body) <= LIMIT
            assert not hostile.endless
        except (FetchFailed, FetchRefused):
            pass
        finally:
            took = time.monotonic() - began
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert net.inside == []
    assert took < _SLOW
    assert peak < 16 * LIMIT, f"{peak} bytes"


def test_two_hundred_addresses_that_do_not_answer_end_at_the_deadline(
    silent: Internet, quick: Fetcher
) -> None:
    silent.begin(((PUBLIC, PUBLIC_TOO, *(f"93.184.215.{n}" for n in range(15, 213))),))
    silent.is_silent = True
    with pytest.raises(FetchFailed) as failed:
        quick.fetch(URL)
    assert not failed.value.permanent
    assert 1 <= len(silent.connects) <= 4


def test_a_name_server_that_does_not_answer_ends_at_the_deadline(
    silent: Internet, quick: Fetcher
) -> None:
    silent.slow_names.clear()
    with pytest.raises(FetchFailed, match="in time"):
        quick.fetch(URL)
    silent.slow_names.set()
    assert silent.connects == []
