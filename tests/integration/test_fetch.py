"""The guarded fetcher against servers that mean no good, all of them on loopback."""

import gzip
import socket
import threading
import time
from datetime import timedelta

import pytest
from tests.page_server import OK, PAGE, Script, Server, page, says, serving

from copydesk.articles.addresses import is_public
from copydesk.articles.fetch import FetchedPage, Fetcher, FetchFailed, FetchRefused
from copydesk.articles.gate import Resolver


def answering(*addresses: str) -> Resolver:
    """Resolve every name to these addresses."""

    def resolve(host: str, port: int) -> list[str]:
        del host, port
        return list(addresses)

    return resolve


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def fetch(server: Server, path: str = "/a", **options: float) -> FetchedPage:
    return Fetcher([server.host], "Tester", **options).fetch(server.url(path))  # type: ignore[arg-type]


def test_reads_a_page_of_an_allowed_host() -> None:
    with serving(says(page(extra=b'ETag: "1"\r\nLast-Modified: Mon\r\n'))) as server:
        found = fetch(server, "/a?utm_source=kept&b=1")
    assert found == FetchedPage(
        url=server.url("/a?utm_source=kept&b=1"),
        status=200,
        body=PAGE,
        charset="UTF-8",
        etag='"1"',
        last_modified="Mon",
        not_modified=False,
    )
    head = server.requests[0].decode()
    assert head.startswith("GET /a?utm_source=kept&b=1 HTTP/1.1\r\n")
    assert "User-Agent: Tester\r\n" in head
    assert "Cookie" not in head
    assert "Authorization" not in head


def test_asks_whether_the_known_copy_still_holds() -> None:
    with serving(says(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")) as server:
        found = Fetcher([server.host]).fetch(server.url(), etag='"1"', last_modified="Mon")
    assert found.not_modified
    assert found.body == b""
    assert b'If-None-Match: "1"\r\n' in server.requests[0]
    assert b"If-Modified-Since: Mon\r\n" in server.requests[0]


def test_an_unasked_not_modified_is_no_page() -> None:
    with serving(says(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as server, pytest.raises(FetchFailed):
        fetch(server)


def test_follows_a_redirect_and_keeps_no_cookie() -> None:
    def script(connection: socket.socket, request: bytes) -> None:
        if request.startswith(b"GET /a "):
            connection.sendall(
                b"HTTP/1.1 301 Moved\r\nLocation: /b c\r\nSet-Cookie: a=b\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
        else:
            connection.sendall(page())

    with serving(script) as server:
        assert fetch(server).url == server.url("/b%20c")
    assert b"Cookie" not in server.requests[1]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_the_inside_is_refused(status: int) -> None:
    with serving(says(page())) as inside:
        there = f"http://127.0.0.1:{inside.port}/admin"
        with serving(says(redirect(there, status))) as server, pytest.raises(FetchRefused):
            fetch(server)
        assert inside.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//127.0.0.1\\@news.example/",
        "http://a:b@news.example/",
        "http://2130706433/",
    ],
)
def test_each_hop_is_judged_anew(location: str) -> None:
    with serving(says(redirect(location))) as server, pytest.raises(FetchRefused):
        fetch(server)


def test_redirects_end() -> None:
    with serving(says(redirect("/a"))) as server, pytest.raises(FetchFailed) as failed:
        fetch(server)
    assert failed.value.permanent
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://１２７.0.0.1:{port}/",
        "http://127。0。0。1:{port}/",
        "http://0.0.0.0:{port}/",
        "http://127.0.0.1\\@news.example:{port}/",
        "http://news.example@127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}\t/",
    ],
)
def test_no_spelling_of_loopback_is_let_in(url: str) -> None:
    with serving(says(page())) as server:
        with pytest.raises(FetchRefused):
            Fetcher().fetch(url.format(port=server.port))
        # The allow list names one exact host and port, so its neighbour stays closed.
        with pytest.raises(FetchRefused):
            Fetcher(["127.0.0.1:1"]).fetch(url.format(port=server.port))
    assert server.requests == []


@pytest.mark.parametrize("port", [22, 25, 8080, 6379])
def test_odd_ports_are_refused_on_public_hosts(port: int) -> None:
    fetcher = Fetcher(resolve=answering("93.184.215.14"))
    with pytest.raises(FetchRefused, match="port"):
        fetcher.fetch(f"http://news.example:{port}/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:a00:1::",
        "2001:0:1::1",
        "fe80::1",
        "fe80::1%lo",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "nonsense",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
    if address and address != "nonsense":
        with pytest.raises(FetchRefused, match="public"):
            Fetcher(resolve=answering(address)).fetch("http://news.example/")


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "2a00:1450::5"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    fetcher = Fetcher(resolve=answering("93.184.215.14", "10.0.0.1"))
    with pytest.raises(FetchRefused):
        fetcher.fetch("http://news.example/")


def test_a_name_is_looked_up_once_a_connection_so_rebinding_has_no_second_answer() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving(says(page())) as server:
        fetcher = Fetcher([f"news.example:{server.port}"], resolve=rebinding)
        assert fetcher.fetch(f"http://news.example:{server.port}/").body == PAGE
    assert asked == [f"news.example:{server.port}"]
    assert b"Host: news.example" in server.requests[0]


def test_rebinding_between_two_hops_is_caught_by_the_second_check() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    def rebinding(host: str, port: int) -> list[str]:
        del host, port
        return next(answers)

    with serving(says(redirect("http://news.example/inside"))) as server:
        fetcher = Fetcher([f"news.example:{server.port}"], resolve=rebinding)
        with pytest.raises(FetchRefused):
            fetcher.fetch(f"http://news.example:{server.port}/")


def test_a_resolver_that_hangs_ends_at_the_deadline() -> None:
    release = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        release.wait(30)
        return []

    began = time.monotonic()
    with pytest.raises(FetchFailed, match="in time") as failed:
        Fetcher(resolve=hanging, deadline=0.3).fetch("http://news.example/")
    release.set()
    assert failed.value.overloaded
    assert time.monotonic() - began < 5


def _endless(start: bytes, piece: bytes, pause: float) -> Script:
    """Send ``start`` and then ``piece`` again and again until the client hangs up."""
    gone = threading.Event()

    def script(connection: socket.socket, request: bytes) -> None:
        del request
        connection.sendall(start)
        while not gone.wait(pause):
            connection.sendall(piece)

    return script


@pytest.mark.parametrize(
    ("start", "piece", "pause"),
    [
        (OK + b"\r\n", b"x", 0.05),  # a body, a byte at a time, without an end
        (OK + b"Content-Length: 100000\r\n\r\n", b"x", 0.05),
        (OK + b"X-Endless: ", b"x", 0.05),  # a header line that does not end
        (b"", b"H", 0.05),  # a status line that does not end
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
        (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"", mtime=0)[:10], 0.05),
    ],
)
def test_a_dripping_server_ends_at_the_deadline(start: bytes, piece: bytes, pause: float) -> None:
    began = time.monotonic()
    with serving(_endless(start, piece, pause)) as server, pytest.raises(FetchFailed) as failed:
        fetch(server, deadline=0.5)
    assert time.monotonic() - began < 5
    assert not failed.value.permanent


def test_endless_headers_end() -> None:
    script = _endless(OK, b"X-More: and more\r\n" * 50, 0.0)
    with serving(script) as server, pytest.raises(FetchFailed):
        fetch(server, deadline=3)


def test_a_silent_server_ends_at_the_deadline() -> None:
    silent = _endless(b"", b"", 0.05)
    with serving(silent) as server, pytest.raises(FetchFailed, match="in time") as failed:
        fetch(server, deadline=0.3)
    assert failed.value.overloaded


@pytest.mark.parametrize(
    ("status", "overloaded", "pause"),
    [
        (b"429 Too Many Requests\r\nRetry-After: 30", True, timedelta(seconds=30)),
        (b"503 Busy\r\nRetry-After: soon", True, None),
        (b"500 Error", False, None),
        (b"404 Not Found", False, None),
    ],
)
def test_a_server_that_wants_to_be_left_alone_says_so(
    status: bytes, overloaded: bool, pause: timedelta | None
) -> None:
    answer = page().replace(b"200 OK", status)
    with serving(says(answer)) as server, pytest.raises(FetchFailed) as failed:
        fetch(server)
    assert (failed.value.overloaded, failed.value.pause) == (overloaded, pause)


def test_a_bomb_is_cut_off_while_it_unpacks() -> None:
    bomb = gzip.compress(gzip.compress(b"a" * 80_000_000, mtime=0))
    head = b"Content-Encoding: gzip, gzip\r\n"
    with serving(says(page(bomb, head))) as server, pytest.raises(FetchFailed, match="bytes") as it:
        fetch(server)
    assert it.value.permanent


def test_a_long_page_is_cut_off() -> None:
    with serving(says(page(b"a" * 10_001))) as server, pytest.raises(FetchFailed, match="bytes"):
        fetch(server, max_bytes=10_000)


@pytest.mark.parametrize("type_", [b"application/json", b"image/png", b"text/plain", b""])
def test_only_html_is_read(type_: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: " + type_ + b"\r\nContent-Length: 2\r\n\r\n{}"
    with serving(says(answer)) as server, pytest.raises(FetchFailed, match="HTML") as failed:
        fetch(server)
    assert failed.value.permanent


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(404, True), (410, True), (403, True), (429, False), (408, False), (500, False), (503, False)],
)
def test_an_error_page_is_never_a_page(status: int, permanent: bool) -> None:
    answer = page().replace(b"200 OK", b"%d Oops" % status)
    with serving(says(answer)) as server, pytest.raises(FetchFailed) as failed:
        fetch(server)
    assert failed.value.permanent is permanent


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff\x00\xff\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        OK + b"Content-Length: 500\r\n\r\nshort",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_nonsense_is_a_failure_and_never_a_crash(answer: bytes) -> None:
    with serving(says(answer)) as server, pytest.raises(FetchFailed):
        fetch(server)


def test_a_closed_port_is_a_passing_failure() -> None:
    with serving(says(b"")) as server:
        host, url = server.host, server.url()
    with pytest.raises(FetchFailed) as failed:
        Fetcher([host]).fetch(url)
    assert not failed.value.permanent


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(page())) as proxy, serving(says(page())) as server:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.host}")
        monkeypatch.setenv("ALL_PROXY", f"http://{proxy.host}")
        assert fetch(server).body == PAGE
    assert proxy.requests == []


def test_an_allowed_host_without_a_port_means_the_usual_two() -> None:
    fetcher = Fetcher(["intranet.example"], resolve=answering("127.0.0.1"))
    with pytest.raises(FetchRefused, match="port"):
        fetcher.fetch("http://intranet.example:8080/")
    with pytest.raises(ValueError, match="character"):
        Fetcher(["not a host"])


def test_a_tls_handshake_that_never_comes_ends_at_the_deadline() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    with listener, pytest.raises(FetchFailed, match="in time"):
        Fetcher([host], deadline=0.3).fetch(f"https://{host}/")


def test_a_server_without_tls_is_not_read_over_https() -> None:
    with serving(says(page())) as server, pytest.raises(FetchFailed):
        Fetcher([server.host], deadline=2).fetch(f"https://{server.host}/")


@pytest.mark.parametrize("encoding", [b"zstd", b"gzip, zstd", b"compress", b"br-d", b"dcb"])
def test_a_packing_that_was_not_asked_for_is_no_page(encoding: bytes) -> None:
    head = b"Content-Encoding: " + encoding + b"\r\n"
    answer = says(page(b"\x0b\x02\x80ferry\x03", head))
    with serving(answer) as server, pytest.raises(FetchFailed, match="packed") as failed:
        fetch(server)
    assert failed.value.permanent
    assert b"Accept-Encoding: gzip, deflate, br\r\n" in server.requests[0]
