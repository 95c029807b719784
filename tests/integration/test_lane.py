"""Requests of one path that wait at the same time are answered by one thread, side by side."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from tests.integration.test_serving import WAIT, answer, connected, running

from copydesk import serving
from copydesk.serving import Listening, listen
from copydesk.side_by_side import together

TOGETHER = b"GET /together HTTP/1.1\r\nHost: here\r\n\r\n"
ALONE = b"GET /alone HTTP/1.1\r\nHost: here\r\n\r\n"


class App:
    """Answers ``/together`` with how many did; a gate holds them up where they wait."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        number = 0
        if environ["PATH_INFO"] == "/together":
            number = together(self.count, "one")
        start_response("200 OK", [("Content-Length", "5")])
        return [f"{number}done".encode()]

    def count(self, items: Sequence[str]) -> list[int | BaseException]:
        self.entered.set()
        assert self.gate.wait(WAIT)
        return [len(items)] * len(items)


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def server(app: App) -> Iterator[Listening]:
    with running(listen(app, "127.0.0.1:0", threads=1, together=["/together"])) as found:
        yield found
        app.gate.set()


def held_up(app: App, server: Listening, links: ExitStack, others: int) -> list[Any]:
    """Hold one request up and return it with so many others that wait behind it."""
    app.gate.clear()
    first = links.enter_context(connected(server))
    first.sendall(TOGETHER)
    assert app.entered.wait(WAIT)
    behind = [links.enter_context(connected(server)) for _ in range(others)]
    for link in behind:
        link.sendall(TOGETHER)
    while len(server._lane.queue) < others:
        pass
    return [first, *behind]


def test_who_waits_at_the_same_time_is_answered_together(app: App, server: Listening) -> None:
    with ExitStack() as links:
        waiting = held_up(app, server, links, 3)
        app.gate.set()
        assert [answer(link)[-5:] for link in waiting] == [b"1done", b"3done", b"3done", b"3done"]
        waiting[0].sendall(TOGETHER)  # the connection is kept
        assert answer(waiting[0])[-5:] == b"1done"


def test_other_paths_do_not_wait_for_them(app: App, server: Listening) -> None:
    with ExitStack() as links:
        held_up(app, server, links, 1)
        other = links.enter_context(connected(server))
        other.sendall(ALONE)
        assert answer(other)[-5:] == b"0done"


def test_when_they_wait_too_long_the_next_is_turned_away_and_others_are_not(
    app: App, server: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as links:
        waiting = held_up(app, server, links, 1)
        monkeypatch.setattr(serving, "LONGEST_WAIT_SECONDS", 0.0)
        late, other = (links.enter_context(connected(server)) for _ in range(2))
        late.sendall(TOGETHER)
        assert answer(late, b"}").startswith(b"HTTP/1.1 503 ")
        other.sendall(ALONE)
        assert answer(other)[-5:] == b"0done"
        app.gate.set()
        assert [answer(link)[-5:] for link in waiting] == [b"1done", b"1done"]


def test_they_are_answered_when_the_server_stops(app: App, server: Listening) -> None:
    with ExitStack() as links:
        waiting = held_up(app, server, links, 2)
        server.stop()
        app.gate.set()
        for link in waiting:
            received = answer(link)
            assert received.startswith(b"HTTP/1.1 200 ")
            assert b"\r\nConnection: close\r\n" in received


def test_a_request_that_can_not_be_read_has_no_lane(server: Listening) -> None:
    with connected(server) as link:
        link.sendall(b"GET http://[/together HTTP/1.1\r\nno header\r\n\r\n")
        assert b" 400 Bad Request" in answer(link)
    with connected(server) as link:
        link.sendall(TOGETHER)
        assert answer(link)[-5:] == b"1done"


def test_one_that_goes_away_costs_the_others_nothing(app: App, server: Listening) -> None:
    with ExitStack() as links:
        waiting = held_up(app, server, links, 3)
        waiting[2].close()
        app.gate.set()
        assert [answer(waiting[at])[-5:] for at in (0, 1, 3)] == [b"1done", b"3done", b"3done"]
