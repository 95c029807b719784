"""What comes over the wire, byte by byte, at the server that operators run."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import func, select
from tests.factories import ORIGIN, make_site

from copydesk.cli.serve import listen_for
from copydesk.services import Services
from copydesk.serving import Listening
from copydesk.store.tables import Report

BODY = json.dumps(
    {"site": "gazette", "url": f"{ORIGIN}/harbour/ferry", "quote": {"exact": "recieved"}}
).encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.fixture
def backend() -> str:
    """One database is enough: a frame is read before there is anything to store."""
    return "sqlite"


@pytest.fixture
def server(services: Services) -> Iterator[Listening]:
    with services.database.transaction() as session:
        make_site(session, services.clock())
    listening = listen_for(services, "127.0.0.1:0")
    thread = threading.Thread(target=listening.run, daemon=True)
    thread.start()
    yield listening
    listening.stop()
    thread.join(20)


def post(headers: bytes, body: bytes, path: bytes = b"/api/v1/reports") -> bytes:
    start = b"POST " + path + b" HTTP/1.1\r\nHost: errata.example\r\nContent-Type: text/plain\r\n"
    return start + headers + b"\r\n" + body


def answers(server: Listening, request: bytes) -> list[bytes]:
    """Send ``request``, say that nothing more comes, and return each answer."""
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        try:
            connection.sendall(request)
            with suppress(OSError):  # answered and shut already
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:  # refused before all of it was read
            pass
    return [b"HTTP/1." + part for part in received.split(b"HTTP/1.")[1:]]


def statuses(server: Listening, request: bytes) -> list[int]:
    return [int(answer.split(b" ")[1]) for answer in answers(server, request)]


def stored(services: Services) -> int:
    with services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Report)) or 0


ODD: dict[str, tuple[bytes, bytes]] = {
    "length and chunks": (LENGTH + CHUNKED, CHUNKS),
    "chunks and length": (CHUNKED + b"Content-Length: 0\r\n", CHUNKS),
    "two lengths": (LENGTH + b"Content-Length: 5\r\n", BODY),
    "two equal lengths": (LENGTH + LENGTH, BODY),
    "lengths in a list": (b"Content-Length: 5, 5\r\n", BODY),
    "length below zero": (b"Content-Length: -5\r\n", BODY),
    "length with a plus": (b"Content-Length: +%d\r\n" % len(BODY), BODY),
    "length in hexadecimal": (b"Content-Length: 0x10\r\n", BODY),
    "length with an underline": (b"Content-Length: 1_0\r\n", BODY),
    "length in other digits": ("Content-Length: ١٠\r\n".encode(), BODY),
    "length in words": (b"Content-Length: ten\r\n", BODY),
    "length of nothing": (b"Content-Length:\r\n", BODY),
    "a space before the colon": (b"Content-Length : 5\r\n", BODY),
    "a folded length": (b"Content-Length:\r\n 5\r\n", BODY),
    "a length too great": (b"Content-Length: 5000\r\n", BODY),
    "transfer of our own": (b"Transfer-Encoding: ferry\r\n", CHUNKS),
    "identity": (b"Transfer-Encoding: identity\r\n", CHUNKS),
    "gzip, chunked": (b"Transfer-Encoding: gzip, chunked\r\n", CHUNKS),
    "chunked twice": (b"Transfer-Encoding: chunked, chunked\r\n", CHUNKS),
    "chunked in two lines": (CHUNKED + CHUNKED, CHUNKS),
    "chunked with a vertical tab": (b"Transfer-Encoding: \x0bchunked\r\n", CHUNKS),
    "chunked, hidden": (b"Transfer-Encoding : chunked\r\n" + LENGTH, BODY),
    "a bare line feed in a header": (b"X-A: b\nTransfer-Encoding: chunked\r\n" + LENGTH, BODY),
    "NUL in a header": (b"X-A: \x00\r\n" + LENGTH, BODY),
    "a header without a name": (b": b\r\n" + LENGTH, BODY),
    "chunk size below zero": (CHUNKED, b"-5\r\n" + BODY),
    "chunk size with a plus": (CHUNKED, b"+" + CHUNKS),
    "chunk size with 0x": (CHUNKED, b"0x" + CHUNKS),
    "chunk size with an underline": (CHUNKED, b"0_" + CHUNKS),
    "chunk size in words": (CHUNKED, b"ten\r\n" + BODY),
    "chunk without its end": (CHUNKED, CHUNKS.replace(b"}\r\n0", b"}xx0")),
    "chunks with bare line feeds": (CHUNKED, CHUNKS.replace(b"\r\n", b"\n")),
    "no last chunk": (CHUNKED, CHUNKS[:-5]),
}

UNFINISHED = {"a length too great"}
"""Nothing is odd about it but that the rest never comes: there is nothing to answer."""


@pytest.mark.parametrize("name", ODD)
def test_an_odd_frame_stores_nothing_and_smuggles_nothing(
    server: Listening, services: Services, name: str
) -> None:
    headers, body = ODD[name]
    behind = b"GET /healthz HTTP/1.1\r\nHost: errata.example\r\n\r\n"
    refused = [] if name in UNFINISHED else [400]
    assert statuses(server, post(headers, body + behind)) == refused
    assert stored(services) == 0
    # One that is read while the one before it is being answered is no other case.
    assert statuses(server, behind + post(headers, body + behind)) == [200, *refused]
    assert stored(services) == 0


@pytest.mark.parametrize("version", [b"1.0", b"1.2", b"2.0"])
def test_chunks_of_another_version_are_refused(
    server: Listening, services: Services, version: bytes
) -> None:
    """Taken for a request without a body, its chunks would be the next one."""
    behind = b"GET /healthz HTTP/1.1\r\nHost: errata.example\r\n\r\n"
    odd = post(CHUNKED + b"Connection: keep-alive\r\n", behind)
    assert statuses(server, odd.replace(b"HTTP/1.1", b"HTTP/" + version, 1)) == [400]
    assert stored(services) == 0


def test_an_odd_frame_behind_a_sound_report_is_refused(
    server: Listening, services: Services
) -> None:
    two_lengths = post(LENGTH + LENGTH, BODY)
    assert statuses(server, post(LENGTH, BODY) + two_lengths + post(LENGTH, BODY)) == [201, 400]
    assert stored(services) == 1


def test_sound_frames_are_read(server: Listening, services: Services) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (1, BODY[n : n + 1]) for n in range(len(BODY)))
    for headers, body in (
        (LENGTH, BODY),
        (CHUNKED, CHUNKS),
        (b"transfer-encoding:\tChunked \r\n", chunks + b"0\r\n\r\n"),
        (CHUNKED, CHUNKS.replace(b"\r\n", b";a=b\r\n", 1)),
    ):
        assert statuses(server, post(headers, body)) == [201]
    pipelined = post(LENGTH, BODY) + post(LENGTH, BODY)
    assert statuses(server, pipelined) == [201, 201]
    assert stored(services) == 6


def test_no_more_than_64_kib_are_read_before_the_answer(
    server: Listening, services: Services
) -> None:
    big = BODY[:-1] + b', "comment": "' + b"x" * 65_536 + b'"}'
    length = b"Content-Length: %d\r\n" % len(big)
    assert statuses(server, post(length, big)) == [413]
    assert statuses(server, post(CHUNKED, b"%x\r\n%s\r\n0\r\n\r\n" % (len(big), big))) == [413]
    # The answer comes from the length alone; not a byte of the body was sent.
    assert statuses(server, post(b"Content-Length: 1000000000\r\n", b"")) == [413]
    endless = post(CHUNKED, (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 40)
    assert set(statuses(server, endless)) <= {413, 400}
    assert stored(services) == 0


LIES = (
    b"Host: evil.example",
    b"X-Forwarded-Host: evil.example",
    b"X-Forwarded-Server: evil.example",
    b"X-Forwarded-Proto: gopher",
    b"X-Forwarded-Prefix: /evil.example",
    b"X-Forwarded-For: 10.0.0.1",
    b"X-Host: evil.example",
    b"X-Original-URL: /evil.example",
    b"X-Rewrite-URL: /evil.example",
    b"Forwarded: host=evil.example;proto=https;for=10.0.0.1",
    b"X-HTTP-Method-Override: DELETE",
    b"Origin: https://evil.example",
    b"Referer: https://evil.example/",
)


@pytest.mark.parametrize("lie", LIES)
def test_what_a_request_says_of_hosts_shows_in_no_link(server: Listening, lie: bytes) -> None:
    start = b"%s HTTP/1.1\r\nConnection: close\r\n" + lie + b"\r\n"
    if not lie.startswith(b"Host"):
        start += b"Host: errata.example\r\n"
    for path in (b"GET /", b"GET /desk/", b"GET /r/x", b"GET /api/v1/openapi.json", b"GET /none"):
        (answer,) = answers(server, start % path + b"\r\n")
        assert b"evil.example" not in answer, path
        assert b"gopher:" not in answer, path
    if not lie.startswith(b"Origin"):
        sent = start % b"POST /api/v1/reports" + b"Content-Type: text/plain\r\n" + LENGTH
        (answer,) = answers(server, sent + b"\r\n" + BODY)
        assert b'"status_url":"https://errata.example/r/' in answer.replace(b": ", b":")


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://evil.example/desk/ HTTP/1.1\r\nHost: errata.example\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET //evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%2f%2fevil.example/.. HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /desk HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET /desk HTTP/1.1\r\nHost: a/evil.example?\r\n\r\n",
        b"GET /desk HTTP/1.1\r\nHost: [::1\r\n\r\n",
        b"GET /desk HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /desk HTTP/1.1\r\nHost: " + b"a" * 60_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 60_000,
        b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"G\xcbT / HTTP/1.1\r\nHost: a\r\n\r\n",
        bytes(1000),
    ],
    ids=lambda request_: repr(request_[:40]),
)
def test_an_odd_request_is_an_error_or_a_page_and_never_a_crash(
    server: Listening, request_: bytes
) -> None:
    for answer in answers(server, request_):
        assert int(answer.split(b" ")[1]) != 500
        assert b"\nLocation: http" not in answer or b"evil.example" not in answer
        assert b"Traceback" not in answer
    assert statuses(server, b"GET /healthz HTTP/1.0\r\n\r\n") == [200]
