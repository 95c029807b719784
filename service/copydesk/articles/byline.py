"""Who wrote it: a ladder of rules, the first one that names a person wins and is remembered.

Ordered by how often a newsroom means it: what the operator chose, what is written for machines,
what is marked up, what is only printed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from copydesk.articles.byline_lines import LONGEST_LINE, by_label, by_signature
from copydesk.articles.jsonld import article_nodes, author_names, publisher_names
from copydesk.articles.names import names_in
from copydesk.articles.surroundings import MOST_ELEMENTS, MOST_LOOKED_AT, Surroundings
from copydesk.articles.text import node_text

NO_RULE = "none"

_META = (
    *("author", "article:author", "mediator_author", "ajur:article:authors", "dc.creator"),
    *("dcterms.creator", "parsely-author", "sailthru.author", "byl", "byline", "authors"),
    *("article.author", "og:author", "og:article:author", "cxenseparse:author", "news_author"),
    *("citation_author", "vr:author", "author_name"),
)
_CLASS_WORDS = ("author", "autor", "auteur", "avtor", "byline", "contributor", "signature", "firma")
# Where pages built from components have hashes for classes, these still say what is what.
_NAMED_BY = ("class", "data-testid", "data-component", "data-qa", "id")
_AUTHOR_CLASS = re.compile(
    r"[Aa]uthor|AUTHOR|[Bb]yline|[Cc]ontributor|Autor(?:in|en|a|es|ka)?(?![a-z])"
    r"|(?:^|[_-])(?:autor(?:in|en|a|es|ka)?|auteure?s?|avtory?|signature|firma)(?:$|[_-])"
)
# What a link to an author's own page looks like.
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|avtory?|autor(?:en|es|i)?|auteurs?|novinar|journaliste)/[^/?#]"
)
_NOT_CLASS = re.compile(
    r"photo|image|img|avatar|comment|bio|about|related|subscribe|sponsor|quote|authori[sz]"
    r"|foto|source|cite",
    re.IGNORECASE,
)
_BESIDE_CLASS = re.compile(r"source|avatar|comment|subscribe|follow", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s+[|—–·:-]\s+")


@dataclass(frozen=True)
class Byline:
    """One author as printed, and the rule that found the name."""

    name: str
    rule: str


def find_bylines(tree: LexborHTMLParser, text: str, selector: str = "") -> tuple[Byline, ...]:
    """Return the authors by the first rule that names any; empty if none does.

    ``text``: the page's clean text, for pages that show none of their own. ``selector``: the site's
    own CSS selector; a broken one counts as one that finds nothing, for the rest of the ladder
    still stands. What a reader's report calls the byline is never asked.
    """
    page = Surroundings(tree)
    not_these = _names_of_the_site(tree)
    rules: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("site-selector", lambda: _by_selector(tree, selector)),
        ("data-author", lambda: _by_attribute(tree)),
        ("json-ld", lambda: _by_json_ld(tree)),
        ("meta", lambda: _by_meta(tree, not_these)),
        ("itemprop", lambda: _by_itemprop(page)),
        ("rel-author", lambda: _texts(page, "[rel~='author' i]")),
        ("h-card", lambda: _texts(page, ".h-entry .p-author, .h-card .p-name")),
        ("class", lambda: _by_class(page)),
        ("text-label", lambda: by_label(page, text)),
        ("signature", lambda: by_signature(page, text)),
    )
    for rule, candidates in rules:
        names = [name for found in candidates() for name in names_in(found, not_these=not_these)]
        if names:
            return tuple(Byline(name, rule) for name in dict.fromkeys(names))
    return ()


def _names_of_the_site(tree: LexborHTMLParser) -> frozenset[str]:
    """Return what the page calls its site: some outlets are called like people."""
    names = publisher_names(tree)
    for key in ("property='og:site_name'", "name='application-name'", "name='publisher'"):
        node = tree.css_first(f"meta[{key}][content]")
        names.append((node.attributes.get("content") or "") if node else "")
    title = tree.css_first("head title")
    # "Headline | Outlet": the outlet comes last.
    names += _TITLE_PARTS.split(title.text(deep=True).strip())[1:][-1:] if title else []
    return frozenset({name.strip(' «»"“”').casefold() for name in names} - {""})


def _by_selector(tree: LexborHTMLParser, selector: str) -> Iterator[str]:
    if not selector.strip():
        return
    try:
        nodes = tree.css(selector)[:MOST_ELEMENTS]
    except SelectolaxError:
        return
    for node in nodes:
        yield node.attributes.get("content") or node_text(node)


def _by_attribute(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield what our own tag names: the author, or the selector that the widget uses too."""
    for node in tree.css("script[data-site]")[:1]:
        yield node.attributes.get("data-author") or ""
        yield from _by_selector(tree, node.attributes.get("data-byline") or "")


def _by_json_ld(tree: LexborHTMLParser) -> Iterator[str]:
    articles, by_id = article_nodes(tree)
    for article in articles:
        names = author_names(article, by_id)
        if names:
            yield from names
            return


def _by_meta(tree: LexborHTMLParser, not_these: frozenset[str]) -> Iterator[str]:
    named: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        key = (attributes.get("name") or attributes.get("property") or "").lower()
        content = attributes.get("content") or ""
        if key in _META and "://" not in content:  # a profile's address names nobody
            named.setdefault(key, []).append(content)
    for key in _META:
        if key in named and any(names_in(one, not_these=not_these) for one in named[key]):
            yield from named[key]
            return


def _by_itemprop(page: Surroundings) -> Iterator[str]:
    for node in page.own(page.tree.css("[itemprop~='author'], [itemprop~='creator']")):
        if "organization" in (node.attributes.get("itemtype") or "").lower():
            continue
        for name in node.css("[itemprop~='name']") or [node]:
            yield name.attributes.get("content") or node_text(name)


def _by_class(page: Surroundings) -> Iterator[str]:
    """Yield the first element that is named after the author and holds a name, inside out.

    Only within the article if the page says where it is: lists of other articles name authors too.
    Elements of the same class beside it are its co-authors.
    """
    if page.root is None:
        return
    first: LexborNode | None = None
    named = [f"[{key}*='{word}' i]" for key in (*_NAMED_BY, "href") for word in _CLASS_WORDS]
    for node in page.own(page.root.css(", ".join(named))):
        text = _text_apart(node)
        if len(text) > LONGEST_LINE or not _is_author_class(node) or not names_in(text):
            continue
        if first is None or _are_beside(first, node):
            first = first or node
            yield text


def _is_author_class(node: LexborNode) -> bool:
    """Say whether a class means the author; build tools append a hash: author_name__x1Y2z."""
    named = _names_of(node)
    if any(_AUTHOR_CLASS.search(name) and not _NOT_CLASS.search(name) for name in named):
        return True
    return node.tag == "a" and bool(_AUTHOR_LINK.search(node.attributes.get("href") or ""))


def _is_not_author(node: LexborNode) -> bool:
    return any(_BESIDE_CLASS.search(name) for name in _names_of(node))


def _names_of(node: LexborNode) -> list[str]:
    attributes = node.attributes
    return " ".join(attributes.get(key) or "" for key in _NAMED_BY).split()


def _text_apart(node: LexborNode) -> str:
    """Return an element's text with what only a style sheet sets apart on lines of its own."""
    text = node_text(node, without=_is_not_author)
    pieces = [
        one.text_content or "" for one in node.traverse(include_text=True) if one.tag == "-text"
    ]
    for left, right in pairwise(pieces[:MOST_LOOKED_AT]):
        if left[-1:].isalpha() and right[:1].isupper():
            before, after = left.split()[-1], right.split()[0]
            text = text.replace(f"{before}{after}", f"{before}\n{after}")
    return text


def _are_beside(first: LexborNode, other: LexborNode) -> bool:
    if first.attributes.get("class") != other.attributes.get("class"):
        return False
    left, right = first.parent, other.parent
    for _ in range(2):  # side by side, or each in an item of one list
        if left is None or right is None:
            return False
        if left.mem_id == right.mem_id:
            return True
        left, right = left.parent, right.parent
    return False


def _texts(page: Surroundings, selector: str) -> Iterator[str]:
    within = list(page.own(page.root.css(selector))) if page.root else []
    for node in within or page.own(page.tree.css(selector)):
        if node.tag != "link":
            yield node_text(node)
