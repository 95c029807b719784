"""The text of a page for finding words in it, also where scripts would have put it.

Some pages come with their story in JSON-LD or in a ``<noscript>`` alone, or with its beginning.
That is the newsroom's own text, so it stands in for what a browser would show.
"""

import html
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from copydesk.articles.article_element import ArticleElement, find_article
from copydesk.articles.jsonld import article_nodes, text_of
from copydesk.articles.page_kind import Traits
from copydesk.articles.text import node_text, page_text
from copydesk.errata.normalize import clean

LEAST = 200
"""Characters that make a hidden text a story."""
LONGER = 2
"""How many times longer than the visible story a hidden one must be to stand in for it."""
PLACEHOLDER = 40
"""Characters that an element may hold until scripts fill it in: "Loading…"."""
MOST_HIDDEN = 500_000
MOST_NOSCRIPTS = 50

_MOUNTS = "#root, #app, #__next, #__nuxt, #react-root, #main-app, [data-reactroot], app-root"


@dataclass(frozen=True)
class Story:
    """What a page tells: all of its text, the story in it, and where that came from."""

    text: str
    article_text: str
    article_rule: str
    """The rule that found the article's element, or ``json-ld`` or ``noscript``."""
    traits: Traits


def read_story(tree: LexborHTMLParser, selector: str = "") -> Story:
    """Return the text of a page; ``selector`` is the site's own one of the article's element."""
    text, article = page_text(tree), find_article(tree, selector)
    notice = _noscript(tree)
    for rule, hidden in (("json-ld", _article_body(tree)), ("noscript", notice)):
        if len(hidden) >= LEAST and len(hidden) >= LONGER * len(article.text):
            text, article = _put_in(text, article, hidden, rule)
            break
    traits = Traits(
        headings=_headings(tree),
        text=text,
        article_text=article.text,
        has_password_field=tree.css_first("input[type='password' i]") is not None,
        has_empty_mount=any(len(node_text(node)) < PLACEHOLDER for node in tree.css(_MOUNTS)),
        script_notice=notice,
        is_for_subscribers=_is_for_subscribers(tree),
    )
    return Story(text, article.text, article.rule, traits)


def _put_in(
    text: str, article: ArticleElement, hidden: str, rule: str
) -> tuple[str, ArticleElement]:
    """Replace the visible beginning by the whole story; what only stands on the page stays."""
    flat = _flat(hidden)
    kept = [line for line in article.text.split("\n") if line and _flat(line) not in flat]
    whole = "\n".join([*kept, hidden])
    before, found, after = text.partition(article.text) if article.text else (text, "", "")
    pieces = (before, whole, after) if found else (text, hidden)
    joined = "\n".join(piece.strip("\n ") for piece in pieces if piece.strip("\n "))
    return joined, ArticleElement(whole, rule)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _article_body(tree: LexborHTMLParser) -> str:
    bodies = [text_of(node, "articleBody")[:MOST_HIDDEN] for node in article_nodes(tree)[0]]
    longest = max(bodies, key=len, default="")
    if "</" in longest or "<br" in longest:
        return page_text(longest)
    return clean(html.unescape(longest))


def _noscript(tree: LexborHTMLParser) -> str:
    pieces = [
        node_text(child)
        for notice in tree.css("body noscript")[:MOST_NOSCRIPTS]
        for child in notice.iter(include_text=True)
    ]
    return clean("\n".join(piece for piece in pieces if piece))


def _headings(tree: LexborHTMLParser) -> tuple[str, ...]:
    title = tree.css_first("title")
    nodes = [*tree.css("h1")[:3], *tree.css("h2")[:1]]
    found = [clean(title.text(deep=True)) if title else "", *(node_text(node) for node in nodes)]
    return tuple(heading.replace("\n", " ")[:300] for heading in found if heading)


def _is_for_subscribers(tree: LexborHTMLParser) -> bool:
    return any(
        str(node.get("isAccessibleForFree", "")).lower() == "false"
        for node in article_nodes(tree)[0]
    )
