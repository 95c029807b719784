"""The one place that reads foreign pages. Every rule of it is proved in ``test_fetch.py``."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urljoin

from requests import PreparedRequest, Request, RequestException, Response
from urllib3.exceptions import HTTPError

from copydesk.articles import problems
from copydesk.articles.gate import Gate, GuardedAdapter, Resolver, system_resolver
from copydesk.articles.problems import FetchFailed, FetchRefused
from copydesk.articles.retry_after import retry_after
from copydesk.urls import host_of, request_url

__all__ = ["FetchFailed", "FetchRefused", "FetchedPage", "Fetcher"]

DEADLINE = 10.0
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 5
_CHUNK = 16 * 1024
_BYTES_OF_HEADERS = 256 * 1024

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# What the requests stack unpacks, piece by piece ("br" with the package brotli). It leaves anything
# else as it came, and the bytes would be read as a page.
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_NOT_MODIFIED = 304
# Client errors that a later try may not meet: timeout, too early, too many requests.
_PASSING = frozenset({408, 425, 429})
_SERVER_ERRORS = 500
_OVERLOADED = frozenset({429, 503})


@dataclass(frozen=True)
class FetchedPage:
    """What a server answered. ``not_modified``: the known copy still holds and there is no body."""

    url: str
    """The address after all redirects."""
    status: int
    body: bytes
    """Decompressed, at most ``max_bytes``."""
    charset: str
    """From the Content-Type header, empty if it names none."""
    etag: str
    last_modified: str
    not_modified: bool


class Fetcher:
    """Reads pages from the public internet, and from the hosts that the operator named."""

    def __init__(
        self,
        allow_hosts: Collection[str] = (),
        user_agent: str = "Copydesk",
        *,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        resolve: Resolver = system_resolver,
    ) -> None:
        """``allow_hosts``: ``host:port`` that may be private or have an unusual port.

        ``deadline``: seconds for everything, lookups and redirects included. ``max_bytes``: after
        decompression. Raises ``ValueError`` for an entry that is no host.
        """
        self._allowed = frozenset(
            netloc for entry in allow_hosts for netloc in _with_ports(entry.strip().lower())
        )
        self._user_agent = user_agent
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._resolve = resolve

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> FetchedPage:
        """Read one page; with what is known of it the server may answer "not modified".

        Raises ``FetchRefused`` (our rules) and ``FetchFailed`` (the network or the server).
        """
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions = {name: value for name, value in known.items() if value}
        # Twice the body: whoever sends a page in tiny chunks sends its framing as well.
        most = 2 * self._max_bytes + _BYTES_OF_HEADERS
        with Gate(self._allowed, self._deadline, most, self._resolve) as gate:
            adapter = GuardedAdapter(gate)
            try:
                return self._follow(adapter, gate, _checked(url), conditions)
            except (RequestException, HTTPError, OSError, ValueError) as error:
                # ValueError: the standard library's, of a chunk whose size is below zero.
                if gate.is_over:
                    raise FetchFailed(problems.NOT_IN_TIME, overloaded=True) from error
                # The library's words may repeat the address and more; the kind is enough.
                raise FetchFailed(f"{problems.NOT_READ}: {type(error).__name__}") from error
            finally:
                adapter.close()

    def _follow(
        self, adapter: GuardedAdapter, gate: Gate, url: str, conditions: dict[str, str]
    ) -> FetchedPage:
        for _ in range(self._max_redirects + 1):
            with adapter.send(
                self._request(url, conditions),
                stream=True,
                timeout=gate.seconds_left,
                verify=True,
            ) as response:
                target = _redirect_target(response)
                if target is None:
                    return self._read(response, gate, url, is_conditional=bool(conditions))
            url = _checked(_joined(url, target))
        raise FetchFailed(
            problems.TOO_MANY_REDIRECTS % {"number": self._max_redirects}, permanent=True
        )

    def _request(self, url: str, conditions: dict[str, str]) -> PreparedRequest:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": "text/html,application/xhtml+xml",
            "Accept-Encoding": "gzip, deflate, br",
            "Connection": "close",
            **conditions,
        }
        return Request("GET", url, headers=headers).prepare()

    def _read(
        self, response: Response, gate: Gate, url: str, *, is_conditional: bool
    ) -> FetchedPage:
        not_modified = is_conditional and response.status_code == _NOT_MODIFIED
        if response.status_code != _OK and not not_modified:
            raise FetchFailed(
                problems.STATUS % {"number": response.status_code},
                permanent=response.status_code < _SERVER_ERRORS
                and response.status_code not in _PASSING,
                overloaded=response.status_code in _OVERLOADED,
                pause=retry_after(response.headers),
            )
        media_type, charset = _content_type(response)
        if not not_modified and media_type not in _HTML_TYPES:
            raise FetchFailed(problems.NOT_HTML, permanent=True)
        encodings = response.headers.get("Content-Encoding", "").lower().replace(" ", "").split(",")
        if not set(encodings) <= _ENCODINGS:
            raise FetchFailed(problems.PACKED, permanent=True)
        body = b"" if not_modified else self._body(response)
        if gate.is_over:  # a socket shut at the deadline looks like a page that ended
            raise FetchFailed(problems.NOT_IN_TIME, overloaded=True)
        return FetchedPage(
            url=url,
            status=response.status_code,
            body=body,
            charset=charset,
            etag=_plain_header(response, "ETag"),
            last_modified=_plain_header(response, "Last-Modified"),
            not_modified=not_modified,
        )

    def _body(self, response: Response) -> bytes:
        """Read and decompress piece by piece: a small answer may unpack to gigabytes."""
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._max_bytes:
                raise FetchFailed(problems.TOO_BIG % {"number": self._max_bytes}, permanent=True)
        return bytes(body)


def _with_ports(entry: str) -> tuple[str, ...]:
    netloc = host_of(f"//{entry}")
    has_port = netloc.rpartition(":")[2].isdecimal() and not netloc.endswith("]")
    if has_port:
        return (netloc,)
    if entry.endswith((":80", ":443")):
        return (entry,)
    return (f"{netloc}:80", f"{netloc}:443")


def _checked(url: str) -> str:
    try:
        return request_url(url)
    except ValueError as error:
        raise FetchRefused(str(error)) from None


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:  # brackets that do not match, a host that is no host
        raise FetchRefused(problems.BAD_REDIRECT) from None


def _redirect_target(response: Response) -> str | None:
    if response.status_code not in _REDIRECTS:
        return None
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchFailed(problems.NOWHERE, permanent=True)
    # Header bytes come as Latin-1; servers that don't escape send UTF-8, and raw spaces.
    return location.encode("latin-1", "replace").decode("utf-8", "replace").replace(" ", "%20")


def _plain_header(response: Response, name: str) -> str:
    """Return a header that can be stored and sent back; one with odd characters is forgotten."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() else ""


def _content_type(response: Response) -> tuple[str, str]:
    media_type, _, parameters = response.headers.get("Content-Type", "").partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            return media_type.strip().lower(), value.strip().strip("\"'")
    return media_type.strip().lower(), ""
