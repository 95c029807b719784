"""Addresses: one spelling for one page, so that equal pages compare equal as text.

Pure: nothing here looks a name up. Whatever two parsers could read in two ways (a backslash, user
info, ``0x7f.1``) is refused rather than repaired, because the address is compared in one place and
connected to in another.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote as escape
from urllib.parse import unquote, urlsplit

import idna

MAX_URL = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

_TRACKING = frozenset(
    {"yclid", "ysclid", "gclid", "gbraid", "wbraid", "fbclid", "msclkid"}
    | {"_openstat", "erid", "from", "igsh"}
)
_TRACKING_PREFIXES = ("utm_", "mc_", "pk_")

# White space and control characters (RFC 3986 allows none), the backslash, which browsers read as a
# slash and others do not, and what no browser leaves unescaped.
_REFUSED = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"\ud800-\udfff]")
_LONGEST_HOST = 253  # RFC 1035 §2.3.4, written out with dots
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Context for a text fragment: enough to tell copies apart, little enough to survive small edits.
_FRONT_PAGE = re.compile(r"/(?:(?:index|default)\.(?:html?|php|aspx?|jsp))?", re.IGNORECASE)


@dataclass(frozen=True)
class _Address:
    """The parts of an address, normalised; ``port`` is None when it is the scheme's own."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def netloc(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


def normalise_url(url: str) -> str:
    """Return the one spelling of an absolute http or https address (at most 2,048 characters).

    Host in lower case and Punycode, no default port, no fragment, no dot segments, upper-case
    escapes (RFC 3986 §6.2.2), known tracking parameters dropped and the others sorted by name.
    Raises ``ValueError`` for anything else: another scheme, user info, a host that is spelt oddly.
    """
    parts = _parse(url)
    query = f"?{parts.query}" if parts.query else ""
    result = f"{parts.scheme}://{parts.netloc}{parts.path}{query}"
    if len(result) > MAX_URL:
        raise ValueError(f"the address has more than {MAX_URL} characters")
    return result


def request_url(url: str) -> str:
    """Return the address as it is requested: checked and escaped, but with its query untouched.

    A server may answer differently without a parameter that means nothing to us. Raises
    ``ValueError`` like ``normalise_url``.
    """
    parts = _parse(url)
    query = _plain_escapes(urlsplit(url).query)
    return f"{parts.scheme}://{parts.netloc}{parts.path}{'?' if query else ''}{query}"


def host_of(url: str) -> str:
    """Return ``host``, or ``host:port`` when the port is not the scheme's own.

    Also takes ``//host[:port]`` without a scheme; then 80 and 443 count as the scheme's own.
    Raises ``ValueError``.
    """
    if url.startswith("//"):
        netloc = _parse(f"http:{url}").netloc
        return netloc.removesuffix(":443")
    return _parse(url).netloc


def origin_of(url: str) -> str:
    """Return ``scheme://host[:port]`` (RFC 6454 §6.2); raises ``ValueError``."""
    parts = _parse(url)
    return f"{parts.scheme}://{parts.netloc}"


def same_host(url: str, other: str) -> bool:
    """Say whether two addresses are on one host and port; an unreadable one never is."""
    try:
        return host_of(url) == host_of(other)
    except ValueError:
        return False


def is_home_page(url: str) -> bool:
    """Say whether the address is a site's front page, never an article. Raises ``ValueError``."""
    parts = _parse(url)
    return not parts.query and _FRONT_PAGE.fullmatch(parts.path) is not None


@lru_cache(maxsize=512)  # one report asks for its address several times
def _parse(url: str) -> _Address:
    if len(url) > MAX_URL:
        raise ValueError(f"the address has more than {MAX_URL} characters")
    if _REFUSED.search(url):
        raise ValueError("the address holds a character that must be escaped")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise ValueError("only http and https addresses are read")
    if "@" in parts.netloc:
        raise ValueError("the address holds user information")
    port = parts.port
    if port == 0:
        raise ValueError("port 0 is none")
    return _Address(
        scheme=scheme,
        host=_plain_host(parts.hostname or "", is_literal=parts.netloc.startswith("[")),
        port=None if port == DEFAULT_PORTS[scheme] else port,
        path=_plain_path(parts.path),
        query=_plain_query(parts.query),
    )


def _plain_host(host: str, *, is_literal: bool) -> str:
    if is_literal:
        if "%" in host:
            raise ValueError("a zone has no meaning outside of its machine")
        return f"[{_numeric(ipaddress.IPv6Address, host)}]"
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise ValueError("the host is not a valid name") from None
    host = host.lower().removesuffix(".")
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise ValueError("the host is not a valid name")
    if re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]):
        # A number in the last place means an IPv4 address (WHATWG URL §3.5). Only the dotted
        # decimal form is taken: libraries differ over octal, hexadecimal and short ones.
        return _numeric(ipaddress.IPv4Address, host)
    return host


def _numeric(kind: Callable[[str], object], host: str) -> str:
    try:
        return str(kind(host))
    except ValueError:  # the library's own words repeat the host
        raise ValueError("the host is not a valid network address") from None


def _plain_path(path: str) -> str:
    # Escapes first: "%2e%2e" is a dot segment too (WHATWG URL, "double-dot path segment").
    return _without_dots(_plain_escapes(path)) or "/"


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986 §5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        is_last = number == len(segments) - 1
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
            continue
        if is_last:
            kept.append("")
    return "/" + "/".join(kept)


def _plain_query(query: str) -> str:
    pairs = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    # Sorted by name alone: repeated names may mean something in their order.
    pairs.sort(key=lambda pair: pair.partition("=")[0])
    return "&".join(_plain_escapes(pair) for pair in pairs)


def _is_tracking(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _plain_escapes(text: str) -> str:
    """Escape what is not ASCII and write each escape one way (RFC 3986 §6.2.2)."""
    if text.isascii() and "%" not in text:
        return text  # whatever else had to be escaped was refused before
    escaped = escape(text, safe="!#$%&'()*+,/:;=?@[]|^`{}~")
    return _ESCAPE.sub(_plain_escape, escaped)


def _plain_escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()
