"""A bounded load on loopback: so many connections, each with one request at a time, from a child.

A process of its own, so that the client's work is not on the server's account. Requests are made
before the clock starts. The client costs the same for each server it is pointed at: compare ratios.
"""

import json
import multiprocessing
import selectors
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

READY = b"ready"


@dataclass
class Outcome:
    """What came of a load; seconds throughout."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    cut_off: int = 0
    """Requests whose connection ended before their answer was whole."""

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Return the latency that so many of the answers did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def report_request(site: str, host: str, number: int, *, scheme: str = "https") -> bytes:
    """Return a report as the widget sends it, about 1 KiB, different from all others."""
    word = uuid.uuid4().hex
    body = {
        "id": str(uuid.uuid4()),
        "site": site,
        "url": f"{scheme}://{host}/news/{number % 2000}",
        "canonical_url": f"{scheme}://{host}/news/{number % 2000}",
        "title": "Мост через реку Ветлугу откроют к осени",
        "byline": "Иван Петров",
        "lang": "ru",
        "quote": {
            "exact": f"админстрация{word[:8]}",
            "prefix": f"{word} Городская комиссия ещё раз проверила опоры, и " * 2,
            "suffix": f" сообщила, что ремонт закончат к осени. {word} " * 2,
            "start": number,
            "nth": 1,
            "of": 1,
        },
        "suggestion": f"администрация{word[:8]}",
        "kind": "language",
        "elapsed_ms": 5200,
        "website": "",
    }
    text = json.dumps(body, ensure_ascii=False).encode()
    return _post("/api/v1/reports", text, f"{scheme}://{host}")


def report_id(request: bytes) -> str:
    """Return the id of such a report."""
    return str(json.loads(request.partition(b"\r\n\r\n")[2])["id"])


def _post(path: str, body: bytes, origin: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nOrigin: {origin}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get_request(path: str) -> bytes:
    """Return a plain GET."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def load(port: int, requests: list[bytes], *, connections: int, seconds: float) -> Outcome:
    """Send ``requests`` in turn for so many seconds, or until they run out."""
    outcome = from_child(_drive, port, requests, connections, seconds)
    assert isinstance(outcome, Outcome)
    return outcome


def from_child(drive: Callable[..., None], *arguments: Any) -> Any:
    """Return what ``drive`` sends into its first argument, a pipe, from a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=drive, args=(theirs, *arguments))
    child.start()
    theirs.close()  # or we would wait for ever for a child that has died
    outcome = ours.recv()
    child.join()
    return outcome


def _drive(pipe: Any, port: int, requests: list[bytes], connections: int, seconds: float) -> None:
    selector, outcome, turn = selectors.DefaultSelector(), Outcome(), iter(requests)
    for _ in range(connections):
        link = socket.create_connection(("127.0.0.1", port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(link, selectors.EVENT_READ, [0.0, b""])
    begun = time.perf_counter()
    end, open_ = begun + seconds, 0
    for key in selector.get_map().values():
        open_ += _send(key, turn)
    while open_:
        for key, _ in selector.select(timeout=10):
            received = _receive(key.fileobj)
            key.data[1] += received
            status = answered(key.data[1])
            if not received and status is None:
                outcome.cut_off += 1
                selector.unregister(key.fileobj)
                open_ -= 1
                continue
            if status is None:
                continue
            now = time.perf_counter()
            outcome.latencies.append(now - key.data[0])
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            open_ -= 1
            if now < end and not _ends(key.data[1]) and _send(key, turn):
                open_ += 1
            else:
                selector.unregister(key.fileobj)
    outcome.seconds = time.perf_counter() - begun
    pipe.send(outcome)


def _send(key: Any, turn: Any) -> int:
    request = next(turn, None)
    if request is None:
        return 0
    key.data[:] = [time.perf_counter(), b""]
    try:
        key.fileobj.sendall(request)
    except OSError:  # closed between two requests, as a server may: nothing was lost
        return 0
    return 1


def _ends(received: bytes) -> bool:
    """Say whether the server closes the connection after this answer (RFC 9112, 9.6)."""
    return b"connection: close" in received.partition(b"\r\n\r\n")[0].lower()


def _receive(link: Any) -> bytes:
    try:
        return bytes(link.recv(65536))
    except OSError:
        return b""


def answered(received: bytes) -> int | None:
    """Return the status once the whole answer is here."""
    head, mark, body = received.partition(b"\r\n\r\n")
    if not mark:
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return int(head[9:12]) if len(body) >= length else None
