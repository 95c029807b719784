"""Readers who report at a steady pace, whatever the service does (an open loop), and keep a book.

A reader whose report was not acknowledged sends it again under the same id, as the widget does.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.faults.scene import Scene

AT_ONCE = 64
TIMEOUT_SECONDS = 60.0
AGAIN_SECONDS = 0.1
GIVE_UP_SECONDS = 120.0
HEALED_WITHIN = 60.0


@dataclass
class Book:
    """What came of all requests."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """The token that was answered, by the report's id."""
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Answers that must not be: another error than 503, or one without Retry-After."""
    cut: int = 0
    """Requests that were taken (the connection stood) and got no answer."""
    given_up: int = 0
    seconds: list[float] = field(default_factory=list)
    """How long each acknowledging answer took."""
    put_off: list[float] = field(default_factory=list)
    """How long each 503 took."""

    def quantile(self, share: float) -> float:
        """Return the time that so many of the acknowledgements did not exceed, in milliseconds."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    def add(self, other: "Book") -> None:
        """Count what another book holds, too."""
        self.acknowledged |= other.acknowledged
        self.statuses += other.statuses
        self.wrong += other.wrong
        self.cut += other.cut
        self.given_up += other.given_up
        self.seconds += other.seconds
        self.put_off += other.put_off

    def lost(self, scene: Scene) -> int:
        """Return how many acknowledged reports are not stored, or under another token."""
        stored = scene.stored()
        return sum(stored.get(id_) != token for id_, token in self.acknowledged.items())


def post(
    scene: Scene, port: int, body: dict[str, Any], *, timeout: float = TIMEOUT_SECONDS
) -> tuple[int, dict[str, Any], str | None]:
    """Send one report once: status, answer and Retry-After. Raises ``OSError``, ``HTTPException``.

    ``ConnectionRefusedError`` when nobody listens.
    """
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as link:
        link.connect()
        head = {"Origin": scene.press_url, "Content-Type": "text/plain"}
        try:
            link.request("POST", "/api/v1/reports", json.dumps(body), head)
            answer = link.getresponse()
            text = answer.read()
        except ConnectionRefusedError as error:  # never on a connection that stood
            raise AssertionError from error
        is_json = "json" in answer.getheader("Content-Type", "")
        return answer.status, json.loads(text) if is_json else {}, answer.getheader("Retry-After")


class Readers:
    """Sends ``rate`` new reports a second while the ``with`` block lasts."""

    def __init__(self, scene: Scene, *ports: int, rate: float, again: bool = True) -> None:
        """``ports``: of the web processes, of which each request goes to any.

        ``again``: unanswered reports are sent again; else each is sent once.
        """
        self.book = Book()
        self._scene = scene
        self._ports = ports
        self._gap = 1 / rate
        self._again = again
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._sent: list[Future[None]] = []
        self._clock = threading.Thread(target=self._keep_pace)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Send no more, and wait until what is sent is answered.

        Raises what made no sense to a reader: an acknowledgement without its address, say.
        """
        self._ended.set()
        self._clock.join()
        self._pool.shutdown()
        for one in self._sent:
            one.result()

    def wait_for(self, number: int, seconds: float = GIVE_UP_SECONDS) -> None:
        """Return when so many reports are acknowledged."""
        self._wait(lambda: len(self.book.acknowledged) >= number, seconds)

    def wait_for_more(self, number: int) -> None:
        """Return when so many more reports are acknowledged than now."""
        self.wait_for(len(self.book.acknowledged) + number)

    def wait_for_status(self, status: int, number: int = 1) -> None:
        """Return when a status was answered so many times."""
        self._wait(lambda: self.book.statuses[status] >= number, GIVE_UP_SECONDS)

    def _wait(self, holds: Any, seconds: float) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, seconds), (self.book.statuses, self.book.wrong[:3])

    def _keep_pace(self) -> None:
        begun, number = time.monotonic(), 0
        while not self._ended.wait(max(0.0, begun + number * self._gap - time.monotonic())):
            self._sent.append(self._pool.submit(self._send, self._scene.report()))
            number += 1

    def _send(self, body: dict[str, Any]) -> None:
        until, pause = time.monotonic() + GIVE_UP_SECONDS, threading.Event()
        while not self._try(body):
            if not self._again or time.monotonic() > until:
                with self._changed:
                    self.book.given_up += 1
                return
            pause.wait(AGAIN_SECONDS)

    def _try(self, body: dict[str, Any]) -> bool:
        begun = time.monotonic()
        try:
            status, answer, retry_after = post(self._scene, random.choice(self._ports), body)
        except ConnectionRefusedError:
            return False
        except (OSError, http.client.HTTPException):
            with self._changed:
                self.book.cut += 1
            return False
        with self._changed:
            self._note(body, status, answer, retry_after, time.monotonic() - begun)
            self._changed.notify_all()
        return status in {200, 201}

    def _note(
        self,
        body: dict[str, Any],
        status: int,
        answer: dict[str, Any],
        retry_after: str | None,
        seconds: float,
    ) -> None:
        self.book.statuses[status] += 1
        if status in {200, 201}:
            self.book.acknowledged[body["id"]] = token_of(answer)
            self.book.seconds.append(seconds)
        elif status == 503 and retry_after is not None:
            self.book.put_off.append(seconds)
        else:
            self.book.wrong.append(f"{status} Retry-After: {retry_after}")


def token_of(answer: dict[str, Any]) -> str:
    """Return the token by which an acknowledged report is known."""
    return urlsplit(str(answer["status_url"])).path.rpartition("/")[2]


def seconds_to_heal(scene: Scene, port: int) -> float:
    """Return how long it takes from now until a new report is acknowledged."""
    begun, pause = time.monotonic(), threading.Event()
    while time.monotonic() - begun < HEALED_WITHIN:
        try:
            status, *_ = post(scene, port, scene.report())
        except (OSError, http.client.HTTPException):
            status = 0
        if status == 201:
            return time.monotonic() - begun
        pause.wait(0.05)
    raise AssertionError("it does not heal")
