"""The gate: every connection the service makes to read a page passes here, or is refused.

A name is looked up once and the connection goes to the very address that was checked, so a second
answer of the name server (rebinding) has no second question to answer. The check stands at the
connect and not before the request, because that is the one place no parser can be argued past.
"""

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Callable, Collection
from functools import partial
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from copydesk.articles import problems
from copydesk.articles.addresses import is_public
from copydesk.articles.metered import MeteredResponse
from copydesk.articles.problems import FetchFailed, FetchRefused

Resolver = Callable[[str, int], list[str]]
"""Return the addresses of a host (literals); raises ``OSError``."""

PORTS = (80, 443)
MOST_ADDRESSES = 4
"""Addresses tried one after another; more would only spend the deadline."""


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the machine's own resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Gate:
    """Opens connections for one fetch: only to allowed addresses, and none beyond the deadline.

    A context manager. At the deadline a timer shuts every socket down: time limits per socket call
    do not end a server that sends a byte a second.
    """

    def __init__(
        self,
        allowed: Collection[str],
        deadline: float,
        most_bytes: int,
        resolve: Resolver = system_resolver,
    ) -> None:
        """``allowed``: ``host:port`` that may be private; ``deadline``: seconds in all.

        ``most_bytes``: what one answer may have on the wire, its headers and framing included.
        """
        self.most_bytes = most_bytes
        self._allowed = frozenset(allowed)
        self._resolve = resolve
        self._ends = time.monotonic() + deadline
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._is_over = False
        self._timer = threading.Timer(deadline, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self._is_over or time.monotonic() >= self._ends

    @property
    def seconds_left(self) -> float:
        """Time left, at least a millisecond: zero would mean "do not wait" to a socket."""
        return max(0.001, self._ends - time.monotonic())

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to a checked address of ``host``.

        Raises ``FetchRefused`` (policy), ``FetchFailed`` (deadline), ``OSError`` (the network).
        """
        addresses = self._checked(host, port)
        problem: OSError | None = None
        for address in addresses[:MOST_ADDRESSES]:
            if self.is_over:
                break
            try:
                return self._watched(
                    socket.create_connection((address, port), timeout=self.seconds_left)
                )
            except OSError as error:
                problem = error
        if self.is_over:
            raise FetchFailed(problems.NOT_IN_TIME, overloaded=True)
        raise problem or OSError("no address to connect to")

    def _checked(self, host: str, port: int) -> list[str]:
        is_allowed = _netloc(host, port) in self._allowed
        if not is_allowed and port not in PORTS:
            raise FetchRefused(problems.ODD_PORT % {"number": port})
        addresses = self._resolve_in_time(host, port)
        if not addresses:
            raise FetchFailed(problems.NO_ADDRESS)
        if not is_allowed and not all(is_public(address) for address in addresses):
            raise FetchRefused(problems.NOT_PUBLIC)
        return addresses

    def _resolve_in_time(self, host: str, port: int) -> list[str]:
        """Look the name up in a thread of its own: the system's resolver knows no deadline."""
        answer: queue.Queue[list[str] | OSError] = queue.Queue(maxsize=1)

        def ask() -> None:
            try:
                answer.put([_literal(found) for found in self._resolve(host, port)])
            except (OSError, ValueError) as error:  # no such name, or no address for an answer
                answer.put(OSError(str(error)))

        threading.Thread(target=ask, daemon=True, name="resolve").start()
        try:
            result = answer.get(timeout=self.seconds_left)
        except queue.Empty:
            late = "the host's name was not looked up in time"
            raise FetchFailed(late, overloaded=True) from None
        if isinstance(result, OSError):
            raise FetchFailed(problems.NO_HOST)
        return result

    def _watched(self, connection: socket.socket) -> socket.socket:
        """Keep a second handle: TLS takes the first one's descriptor away from it."""
        with self._lock:
            if self._is_over:
                connection.close()
                raise FetchFailed(problems.NOT_IN_TIME, overloaded=True)
            self._handles.append(connection.dup())
        return connection

    def _shut(self) -> None:
        with self._lock:
            self._is_over = True
            for handle in self._handles:
                try:
                    handle.shutdown(socket.SHUT_RDWR)
                except OSError:  # the other side was quicker
                    continue


def _literal(address: str) -> str:
    return str(ipaddress.ip_address(address))


def _netloc(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _dial(connection: HTTPConnection, gate: Gate) -> socket.socket:
    try:
        return gate.connect(connection.host.strip("[]").lower(), connection.port or 0)
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error


class _PlainConnection(HTTPConnection):
    def __init__(self, *args: Any, gate: Gate, **options: Any) -> None:
        super().__init__(*args, **options)
        self._gate = gate
        self.response_class = partial(  # type: ignore[assignment]  # it is only called
            MeteredResponse, most=gate.most_bytes
        )

    def _new_conn(self) -> socket.socket:
        return _dial(self, self._gate)


class _TlsConnection(HTTPSConnection):
    def __init__(self, *args: Any, gate: Gate, **options: Any) -> None:
        super().__init__(*args, **options)
        self._gate = gate
        self.response_class = partial(  # type: ignore[assignment]  # it is only called
            MeteredResponse, most=gate.most_bytes
        )

    def _new_conn(self) -> socket.socket:
        return _dial(self, self._gate)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class GuardedAdapter(HTTPAdapter):
    """A requests adapter whose connections all come from one gate.

    Used without a requests session on purpose: no cookies, no netrc, no proxies from the
    environment, and no body of a redirect read behind our back.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make pools whose connections know the gate."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_PlainPool, gate=self._gate),
            "https": partial(_TlsPool, gate=self._gate),
        }
