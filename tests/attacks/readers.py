"""Ways to read a page over ``requests``: our own, bare, and by packages that are not ours."""

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from copydesk.articles.fetch import MAX_BYTES, Fetcher

DEADLINE = 0.5
_PIECE = 16 * 1024
_REDIRECTS = 5

Reader = Callable[[str], bytes]
Get = Callable[[str, dict[str, Any]], requests.Response]


class TooMuch(Exception):
    """More bytes, time or redirects than allowed, or another port."""


def ours(url: str) -> bytes:
    """Read with the service's own fetcher."""
    return Fetcher(deadline=DEADLINE).fetch(url).body


def bare(url: str) -> bytes:
    """Read with ``requests`` alone: what happens without any guard."""
    return requests.get(url, timeout=DEADLINE).content


def _hardened() -> Get:
    package = importlib.import_module("requests_hardened")
    config = package.Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=False,
        never_redirect=False,
        default_timeout=DEADLINE,
    )
    manager = package.Manager(config)
    return lambda url, options: manager.send_request("GET", url, **options)


def _ssrfguard() -> Get:
    policy = importlib.import_module("ssrfguard").Policy()
    session = importlib.import_module("ssrfguard.requests").Session(policy=policy)
    return lambda url, options: session.get(url, **options)


def _as_documented(get: Get) -> Reader:
    def read(url: str) -> bytes:
        body: bytes = get(url, {"timeout": DEADLINE}).content
        return body

    return read


def _wrapped(get: Get) -> Reader:
    """Add what can be added from outside: ports, redirects by hand, size, time between pieces."""

    def read(url: str) -> bytes:
        end = time.monotonic() + DEADLINE
        for _ in range(_REDIRECTS + 1):
            if urlsplit(url).port not in {None, 80, 443}:
                raise TooMuch("another port")
            options = {"timeout": DEADLINE, "stream": True, "allow_redirects": False}
            with closing(get(url, options)) as answer:
                if not answer.is_redirect:
                    return b"".join(_cut(answer, end))
                url = urljoin(url, answer.headers["Location"])
        raise TooMuch("redirects")

    return read


def _cut(answer: requests.Response, end: float) -> Iterator[bytes]:
    size = 0
    for piece in answer.iter_content(_PIECE):
        size += len(piece)
        if size > MAX_BYTES or time.monotonic() > end:
            raise TooMuch("bytes or seconds")
        yield piece


def readers() -> tuple[dict[str, Reader], list[str]]:
    """Return what can be run here by name, and the names of what is not installed."""
    found: dict[str, Reader] = {"requests alone": bare}
    missing = []
    for name, make in (("requests-hardened", _hardened), ("ssrfguard", _ssrfguard)):
        try:
            get = make()
        except ImportError:
            missing.append(name)
            continue
        found[name] = _as_documented(get)
        found[f"{name}, wrapped"] = _wrapped(get)
    return found | {"Copydesk": ours}, missing
