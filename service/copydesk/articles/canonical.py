"""The one address of an article among all that lead to it."""

from collections.abc import Collection
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from copydesk.urls import host_of, is_home_page, normalise_url

_SIDE_HOSTS = ("www.", "m.", "amp.", "mobile.")


def canonical_url(tree: LexborHTMLParser, url: str, hosts: Collection[str] = ()) -> str:
    """Return what the page names as its address, if it may be believed, else its own.

    ``<link rel=canonical>``, then ``og:url``. Not believed: the front page, another site's host
    (``hosts`` are the site's; without them the page's own, also with www., m. or amp.). Raises
    ``ValueError`` when ``url`` itself is none.
    """
    own = normalise_url(url)
    link = tree.css_first("link[rel~='canonical' i][href]")
    graph = tree.css_first("meta[property='og:url'][content]")
    named = (
        link.attributes.get("href") if link else None,
        graph.attributes.get("content") if graph else None,
    )
    for address in named:
        believed = _believed(address or "", own, hosts)
        if believed:
            return believed
    return own


def _believed(address: str, own: str, hosts: Collection[str]) -> str:
    try:
        named = normalise_url(urljoin(own, address.strip()))
    except ValueError:
        return ""
    if not address.strip() or (is_home_page(named) and not is_home_page(own)):
        return ""
    host = host_of(named)
    is_ours = host in hosts if hosts else _main(host) == _main(host_of(own))
    return named if is_ours else ""


def _main(host: str) -> str:
    for prefix in _SIDE_HOSTS:
        if host.startswith(prefix):
            return host.removeprefix(prefix)
    return host
