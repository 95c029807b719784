"""The one address of an article among all that lead to it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from copydesk.articles.twins import first_page, main_address, same_house
from copydesk.urls import host_of, is_home_page, normalise_url

MOST_LINKS = 200


@dataclass(frozen=True)
class Addresses:
    """What a page says of where it stands. All are on the site's hosts and in one spelling."""

    canonical: str
    """What the page names as its address, if it may be believed, else its own."""
    aliases: tuple[str, ...] = ()
    """Its other addresses: its own, its AMP, print and mobile twins as it names them."""
    twin_of: str = ""
    """Where its spelling says that the article itself stands, when the page names nothing: a guess,
    to be believed only when the same article is known there."""


def read_addresses(tree: LexborHTMLParser, url: str, hosts: Collection[str] = ()) -> Addresses:
    """Return the addresses of a page that was read at ``url``.

    ``<link rel=canonical>``, then ``og:url``. Not believed: the front page, another site's host
    (``hosts`` are the site's; without them the page's own, also with www., m. or amp.). A further
    page of a long article belongs to the first one when the page links its neighbours so. Raises
    ``ValueError`` when ``url`` itself is none.
    """
    own = normalise_url(url)
    named = [_believed(address, own, hosts) for address in named_addresses(tree)]
    canonical = next((address for address in named if address), own)
    canonical = _first_of_its_pages(tree, canonical, own) or canonical
    twins = [_believed(address, own, hosts) for address in _twins(tree)]
    others = dict.fromkeys([own, *named, *twins])
    return Addresses(
        canonical=canonical,
        aliases=tuple(address for address in others if address and address != canonical),
        twin_of=main_address(own, hosts) if canonical == own else "",
    )


def canonical_url(tree: LexborHTMLParser, url: str, hosts: Collection[str] = ()) -> str:
    """Return the one address of a page; see ``read_addresses``."""
    return read_addresses(tree, url, hosts).canonical


def named_addresses(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield what the page names as its address, as written: its canonical link, then og:url."""
    link = tree.css_first("link[rel~='canonical' i][href]")
    graph = tree.css_first("meta[property='og:url'][content]")
    yield (link.attributes.get("href") or "") if link else ""
    yield (graph.attributes.get("content") or "") if graph else ""


def _twins(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("link[rel~='amphtml' i][href], link[rel~='alternate' i][media][href]"):
        media = (link.attributes.get("media") or "handheld").lower()
        if "handheld" in media or "print" in media or "max-width" in media:
            yield link.attributes.get("href") or ""


def _first_of_its_pages(tree: LexborHTMLParser, canonical: str, own: str) -> str:
    """Return the first page's address when this is a further page of it.

    The spelling must say so, and a ``rel=prev`` or ``rel=next`` must lead to another page of the
    same: in "?page=12" the number may be the article's own.
    """
    first = first_page(canonical)
    if not first:
        return ""
    for link in tree.css("[rel~='prev' i][href], [rel~='next' i][href]")[:MOST_LINKS]:
        try:
            neighbour = normalise_url(urljoin(own, (link.attributes.get("href") or "").strip()))
            if neighbour == first or first_page(neighbour) == first:
                return first
        except ValueError:
            continue
    return ""


def _believed(address: str, own: str, hosts: Collection[str]) -> str:
    try:
        named = normalise_url(urljoin(own, address.strip()))
    except ValueError:
        return ""
    if not address.strip() or (is_home_page(named) and not is_home_page(own)):
        return ""
    is_ours = host_of(named) in hosts if hosts else same_house(named, own)
    return named if is_ours else ""
