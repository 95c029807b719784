"""The server itself: it answers what is in flight when it stops; slow senders keep nobody out."""

import json
import select
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from waitress.parser import HTTPRequestParser

from copydesk import channel, serving
from copydesk.serving import Listening, listen

WAIT = 20
REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class App:
    """Answers when it is let; tells when a request has come in."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        del environ
        self.entered.set()
        assert self.gate.wait(WAIT)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def server(app: App) -> Iterator[Listening]:
    with running(listen(app, "127.0.0.1:0", threads=2)) as found:
        yield found
        app.gate.set()


@contextmanager
def running(server: Listening) -> Iterator[Listening]:
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join(WAIT)
    assert not thread.is_alive()


def connected(server: Listening) -> socket.socket:
    port = int(server.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT)


def answer(link: socket.socket, end: bytes = b"done") -> bytes:
    received = b""
    while not received.endswith(end):
        piece = link.recv(4096)
        if not piece:
            break
        received += piece
    return received


def test_a_request_in_flight_is_answered_and_told_that_the_connection_ends(
    app: App, server: Listening
) -> None:
    app.gate.clear()
    with connected(server) as link:
        link.sendall(REQUEST)
        assert app.entered.wait(WAIT)
        server.stop()
        app.gate.set()
        received = answer(link)
        assert received.startswith(b"HTTP/1.1 200")
        assert received.endswith(b"done")
        assert b"\r\nConnection: close\r\n" in received
        assert link.recv(1) == b""


def test_a_request_on_its_way_when_the_end_is_told_is_answered(app: App, server: Listening) -> None:
    with connected(server) as link:
        link.sendall(REQUEST)
        assert answer(link).endswith(b"done")  # the connection is kept, and known to the server
        server.stop()
        link.sendall(REQUEST)
        received = answer(link)
        assert received.endswith(b"done")
        assert b"\r\nConnection: close\r\n" in received


def test_a_hundred_and_fifty_half_requests_keep_nobody_out(server: Listening) -> None:
    slow = [connected(server) for _ in range(150)]
    try:
        for link in slow:
            link.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Le")
        with connected(server) as quick:
            quick.sendall(REQUEST)
            assert answer(quick).endswith(b"done")
    finally:
        for link in slow:
            link.close()


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HT",
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nfour",
    ],
)
def test_a_request_that_takes_too_long_to_arrive_is_cut(
    server: Listening, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(channel, "REQUEST_SECONDS", 0.1)
    with connected(server) as link:
        link.sendall(begun)
        assert link.recv(1) == b""


def test_a_slow_answer_is_not_a_slow_request(
    app: App, server: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "REQUEST_SECONDS", 0.0)
    app.gate.clear()
    with connected(server) as link, connected(server) as late:
        link.sendall(REQUEST)
        assert app.entered.wait(WAIT)
        late.sendall(b"GET / HT")
        assert late.recv(1) == b""  # by now the server has looked
        app.gate.set()
        assert answer(link).endswith(b"done")


def test_who_would_wait_too_long_is_turned_away(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "FEW", 1)
    app.gate.clear()
    with running(listen(app, "127.0.0.1:0", threads=1)) as server, ExitStack() as links:
        served, *others = (links.enter_context(connected(server)) for _ in range(5))
        served.sendall(REQUEST)
        assert app.entered.wait(WAIT)
        for link in others:  # whichever is read first may wait
            link.sendall(REQUEST)
        told = list(readable(others, len(others) - 1))
        late = links.enter_context(connected(server))
        for received in [*(answer(link, b"}") for link in told), answer(late, b"}")]:
            assert received.startswith(b"HTTP/1.1 503 ")
            assert b"\r\nRetry-After: 5\r\n" in received
            assert b"\r\nAccess-Control-Allow-Origin: *\r\n" in received
            assert json.loads(received.partition(b"\r\n\r\n")[2])["status"] == 503
        waits = next(link for link in others if link not in told)
        app.gate.set()
        for link in (served, waits):
            assert answer(link).startswith(b"HTTP/1.1 200 ")
        # One that comes while the last is being turned away may be turned away with it.
        while not is_served(server):
            pass


@pytest.mark.parametrize("address", [b"http://[x", b"http://x]/"])
def test_an_address_that_can_not_be_read_is_a_400_and_nothing_in_the_log(
    server: Listening, caplog: pytest.LogCaptureFixture, address: bytes
) -> None:
    with connected(server) as link:
        link.sendall(b"GET " + address + b" HTTP/1.1\r\nHost: here\r\n\r\n")
        assert link.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert caplog.messages == []


def test_a_crash_of_the_loop_names_no_sender(
    server: Listening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # The package's own parser stumbles over the address.
    monkeypatch.setattr(channel.Channel, "parser_class", HTTPRequestParser)
    with connected(server) as link:
        link.sendall(b"GET http://[x HTTP/1.1\r\n\r\n")
        assert link.recv(1) == b""
        peer = "{}:{}".format(*link.getsockname())
    (told,) = caplog.messages
    assert "closing channel <Channel at 0x" in told
    assert peer not in told


def is_served(server: Listening) -> bool:
    with suppress(ConnectionError), connected(server) as link:
        link.sendall(REQUEST)
        return answer(link).startswith(b"HTTP/1.1 200 ")
    return False


def readable(links: list[socket.socket], number: int) -> set[socket.socket]:
    """Wait until so many of them have something to read."""
    found: set[socket.socket] = set()
    while len(found) < number:
        some, *_ = select.select([link for link in links if link not in found], [], [], WAIT)
        assert some
        found.update(some)
    return found
