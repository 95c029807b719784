"""Who wrote it: a ladder of rules, the first one that names a person wins and is remembered.

Ordered by how often a newsroom means it: what the operator chose, what is written for machines,
what is marked up, what is only printed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from copydesk.articles.jsonld import article_nodes, author_names
from copydesk.articles.names import LABELS, is_signature, names_in
from copydesk.articles.text import node_text

NO_RULE = "none"
LONGEST_LINE = 160
LAST_LINES = 12
MOST_ELEMENTS = 20

_META = (
    *("author", "article:author", "mediator_author", "ajur:article:authors", "dc.creator"),
    *("dcterms.creator", "parsely-author", "sailthru.author", "byl"),
)
_CLASS = re.compile(r"(?:^|[\s_-])(?:authors?|autor|byline)(?:$|[\s_-])", re.IGNORECASE)
_NOT_CLASS = re.compile(r"photo|image|avatar|comment|bio|about|related|subscribe", re.IGNORECASE)
_LABELLED = re.compile(
    rf"^{LABELS}\s*[:—–]\s*(\S.*)$|^(?:by|материал\s+подготовил[аи]?|подготовил[аи]?)\s+(\S.*)$",
    re.IGNORECASE,
)
_AUTHOR_WORD = re.compile(r"author|autor|byline", re.IGNORECASE)


@dataclass(frozen=True)
class Byline:
    """One author as printed, and the rule that found the name."""

    name: str
    rule: str


def find_bylines(tree: LexborHTMLParser, text: str, selector: str = "") -> tuple[Byline, ...]:
    """Return the authors by the first rule that names any; empty if none does.

    ``text``: the page's clean text. ``selector``: the site's own CSS selector; a broken one counts
    as one that finds nothing, for the rest of the ladder still stands.
    """
    site = tree.css_first("meta[property='og:site_name'][content]")
    outlet = (site.attributes.get("content") or "") if site else ""
    not_these = frozenset({outlet.strip().lower()} - {""})
    rules: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("site-selector", lambda: _by_selector(tree, selector)),
        ("data-author", lambda: _by_attribute(tree)),
        ("json-ld", lambda: _by_json_ld(tree)),
        ("meta", lambda: _by_meta(tree)),
        ("itemprop", lambda: _by_itemprop(tree)),
        ("rel-author", lambda: _texts(tree, "a[rel~='author' i]")),
        ("h-card", lambda: _texts(tree, ".h-entry .p-author, .h-card .p-name")),
        ("class", lambda: _by_class(tree)),
        ("text-label", lambda: _by_label(text)),
        ("signature", lambda: _by_signature(text)),
    )
    for rule, candidates in rules:
        names = [name for found in candidates() for name in names_in(found, not_these=not_these)]
        if names:
            return tuple(Byline(name, rule) for name in dict.fromkeys(names))
    return ()


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
    for node in tree.css("script[data-site][data-author]")[:1]:
        yield node.attributes.get("data-author") or ""


def _by_json_ld(tree: LexborHTMLParser) -> Iterator[str]:
    articles, by_id = article_nodes(tree)
    for article in articles:
        names = author_names(article, by_id)
        if names:
            yield from names
            return


def _by_meta(tree: LexborHTMLParser) -> Iterator[str]:
    named: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        key = (attributes.get("name") or attributes.get("property") or "").lower()
        content = attributes.get("content") or ""
        if key in _META and "://" not in content:  # a profile's address names nobody
            named.setdefault(key, []).append(content)
    for key in _META:
        if key in named:
            yield from named[key]
            if any(names_in(content) for content in named[key]):
                return


def _by_itemprop(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css("[itemprop~='author']")[:MOST_ELEMENTS]:
        if "organization" in (node.attributes.get("itemtype") or "").lower():
            continue
        names = node.css("[itemprop~='name']") or [node]
        for name in names:
            yield name.attributes.get("content") or node_text(name)


def _by_class(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the first element that is named after the author and holds a name, inside out.

    Only within the article if the page says where it is: lists of other articles name authors too.
    """
    root = tree.css_first("article") or tree.css_first("main") or tree.body
    if root is None:
        return
    for node in root.css("[class*='author' i], [class*='autor' i], [class*='byline' i]"):
        classes = node.attributes.get("class") or ""
        if _is_author_class(classes):
            text = node_text(node)
            if len(text) <= LONGEST_LINE and names_in(text):
                yield text
                return


def _is_author_class(classes: str) -> bool:
    for name in classes.split():
        # Build tools append a hash: author_name__x1Y2z, Byline-module--root--3kd.
        if _AUTHOR_WORD.search(name) and not _NOT_CLASS.search(name):
            return _CLASS.search(name) is not None or "author" in name.lower()
    return False


def _texts(tree: LexborHTMLParser, selector: str) -> Iterator[str]:
    root: LexborNode | LexborHTMLParser = tree.css_first("article") or tree
    for node in (root.css(selector) or tree.css(selector))[:MOST_ELEMENTS]:
        yield node_text(node)


def _by_label(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        match = _LABELLED.match(line) if len(line) <= LONGEST_LINE else None
        if match:
            name = match[1] or match[2]
            if names_in(name):
                yield name
                return


def _by_signature(text: str) -> Iterator[str]:
    for line in reversed(text.split("\n")[-LAST_LINES:]):
        if is_signature(line):
            yield line
            return
