"""Addresses that newsrooms give to one article: AMP, print, mobile, and its pages. Pure.

Only spellings. Whether two addresses are one article is for the pages themselves to say; a spelling
alone may be somebody's headline ("/print", "?page=12" as an article's number).
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

from copydesk.urls import host_of, is_home_page, normalise_url

SIDE_HOSTS = ("www.", "m.", "amp.", "mobile.", "mobi.", "wap.", "print.", "touch.")
MOST_PAGES = 99

_ON = r"=(?:1|y|yes|true|on)?"
_TWIN_PARAMETER = re.compile(
    rf"(?:amp|is_amp|print|printable|print_version|mobile){_ON}|(?:amp|print)"
    r"|(?:output|outputtype|view|version|mode|format|display|type|tmpl)=(?:amp|print|mobile)",
    re.IGNORECASE,
)
_TWIN_SUFFIX = re.compile(r"(?:/(?:amp|print|print_version)|\.amp(?=\.html?$))/?", re.IGNORECASE)
_TWIN_PREFIX = re.compile(r"^/(?:amp|print|mobile|m)(?=/)", re.IGNORECASE)
_PAGE_PARAMETER = re.compile(r"(?:page|p|paged|pagen_\d|seite|pg)=(\d{1,2})", re.IGNORECASE)
_PAGE_SUFFIX = re.compile(r"/(?:page|seite|p)[/-]?(\d{1,2})/?$", re.IGNORECASE)


def main_address(url: str, hosts: Collection[str]) -> str:
    """Return the address that an AMP, print or mobile twin's spelling points to; empty if none.

    ``hosts``: the site's; another host is only ever one of them. Raises ``ValueError`` when ``url``
    is none.
    """
    own = normalise_url(url)
    parts = urlsplit(own)
    host = _main_host(parts.netloc, hosts)
    path = _TWIN_PREFIX.sub("", parts.path)
    suffix = _TWIN_SUFFIX.search(path)
    if suffix and suffix.end() in {len(path), len(path) - len(".html"), len(path) - len(".htm")}:
        path = path[: suffix.start()] + path[suffix.end() :]
    kept = [pair for pair in parts.query.split("&") if not _TWIN_PARAMETER.fullmatch(pair)]
    found = normalise_url(urlunsplit((parts.scheme, host, path or "/", "&".join(kept), "")))
    return "" if found == own or is_home_page(found) else found


def first_page(url: str) -> str:
    """Return the address of the first page that a further page's spelling points to; else empty.

    Raises ``ValueError`` when ``url`` is none.
    """
    own = normalise_url(url)
    parts = urlsplit(own)
    path = _PAGE_SUFFIX.sub(_drop_page, parts.path)
    kept = [pair for pair in parts.query.split("&") if not _is_page(pair)]
    found = normalise_url(urlunsplit((parts.scheme, parts.netloc, path or "/", "&".join(kept), "")))
    return "" if found == own or is_home_page(found) else found


def is_page_of(url: str, article: str) -> bool:
    """Say whether ``url`` is spelt as a further page of the article at ``article``."""
    try:
        first, own, its = first_page(url), normalise_url(url), normalise_url(article)
        return bool(first) and own != its and _bare(first) == _bare(first_page(its) or its)
    except ValueError:
        return False


def _bare(url: str) -> str:
    return url.removesuffix("/")


def _drop_page(match: re.Match[str]) -> str:
    return "" if 1 <= int(match[1]) <= MOST_PAGES else match[0]


def _is_page(pair: str) -> bool:
    match = _PAGE_PARAMETER.fullmatch(pair)
    return match is not None and 1 <= int(match[1]) <= MOST_PAGES


def _main_host(netloc: str, hosts: Collection[str]) -> str:
    """Return the site's host that this one is a side entrance of, else itself."""
    main = _plain(netloc)
    if main == netloc or netloc.startswith("www."):
        return netloc
    return next((host for host in (main, f"www.{main}") if host in hosts), netloc)


def _plain(host: str) -> str:
    return next((host.removeprefix(side) for side in SIDE_HOSTS if host.startswith(side)), host)


def same_house(url: str, other: str) -> bool:
    """Say whether two addresses are on one host, side entrances left aside."""
    return _plain(host_of(url)) == _plain(host_of(other))
