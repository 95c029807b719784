"""Everything the service wants to know of a page, read in one go."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser

from copydesk.articles.byline import NO_RULE, Byline, find_bylines
from copydesk.articles.canonical import read_addresses
from copydesk.articles.decoding import decode
from copydesk.articles.html import parse_html
from copydesk.articles.jsonld import article_nodes, text_of
from copydesk.articles.page_kind import PageKind, kind_of
from copydesk.articles.story import read_story
from copydesk.articles.text import node_text
from copydesk.errata.normalize import clean

LONGEST_TITLE = 500
LONGEST_SECTION = 200
# BCP 47 (RFC 5646 §2.1), as long as the column.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
LONGEST_LANGUAGE = 16


@dataclass(frozen=True)
class SiteRules:
    """What a site's editors entered about their pages."""

    byline_selector: str = ""
    hosts: tuple[str, ...] = ()
    """Where its articles live; an address elsewhere is not believed."""
    article_selector: str = ""


@dataclass(frozen=True)
class PageFacts:
    """What a page says of itself. Foreign text throughout: show it as text, never as mark-up."""

    canonical_url: str
    title: str
    lang: str
    authors: tuple[Byline, ...]
    section: str
    text: str
    """The clean text of the whole page, as the widget sees it."""
    published: datetime | None = None
    kind: PageKind = PageKind.ARTICLE
    """Whether it is an article at all, or a wall or an error page in its place."""
    article_text: str = ""
    """The clean text of the story alone."""
    article_rule: str = ""
    """Which rule found the story: a selector, an element, JSON-LD …"""
    aliases: tuple[str, ...] = ()
    """Its other addresses, as the page names them."""
    twin_of: str = ""
    """Where the article itself may stand, by how the page's address is spelt: a guess."""

    @property
    def byline_rule(self) -> str:
        """The rule that found the authors, or ``none``."""
        return self.authors[0].rule if self.authors else NO_RULE


def read_page(
    html: bytes | str, url: str, *, site_rules: SiteRules | None = None, charset: str = ""
) -> PageFacts:
    """Read a page that was fetched from ``url``; ``charset`` is the Content-Type header's.

    Raises ``PageUnreadable`` for HTML built as a trap, ``ValueError`` for a broken ``url``.
    """
    rules = site_rules or SiteRules()
    tree = parse_html(decode(html, charset) if isinstance(html, bytes) else html)
    story = read_story(tree, rules.article_selector)
    addresses = read_addresses(tree, url, rules.hosts)
    return PageFacts(
        canonical_url=addresses.canonical,
        title=_title(tree),
        lang=_language(tree),
        authors=find_bylines(tree, story.text, rules.byline_selector),
        section=_section(tree),
        text=story.text,
        published=_published(tree),
        kind=kind_of(story.traits),
        article_text=story.article_text,
        article_rule=story.article_rule,
        aliases=addresses.aliases,
        twin_of=addresses.twin_of,
    )


def _title(tree: LexborHTMLParser) -> str:
    """Return the headline: what the page gives to others, its first heading, its title."""
    shared = _meta(tree, "og:title")
    heading = tree.css_first("article h1") or tree.css_first("h1")
    title = tree.css_first("title")
    printed = node_text(heading).replace("\n", " ") if heading else ""
    last = clean(title.text(deep=True)) if title else ""
    return (shared or printed or last).replace("\n", " ")[:LONGEST_TITLE]


def _language(tree: LexborHTMLParser) -> str:
    root = tree.root
    named = [
        (root.attributes.get("lang") or "") if root else "",
        *(text_of(node, "inLanguage") for node in article_nodes(tree)[0]),
    ]
    for language in named:
        plain = language.strip().replace("_", "-")
        if len(plain) <= LONGEST_LANGUAGE and _LANGUAGE.fullmatch(plain):
            return plain
    return ""


def _section(tree: LexborHTMLParser) -> str:
    named = [
        _meta(tree, "article:section"),
        *(text_of(node, "articleSection") for node in article_nodes(tree)[0]),
    ]
    return next((clean(name)[:LONGEST_SECTION] for name in named if clean(name)), "")


def _published(tree: LexborHTMLParser) -> datetime | None:
    named = [
        _meta(tree, "article:published_time"),
        *(text_of(node, "datePublished") for node in article_nodes(tree)[0]),
    ]
    for moment in named:
        try:
            parsed = datetime.fromisoformat(moment.strip())
        except ValueError:
            continue
        if parsed.tzinfo is not None:  # without a zone it may be half a day off
            return parsed.astimezone(UTC)
    return None


def _meta(tree: LexborHTMLParser, key: str) -> str:
    node = tree.css_first(f"meta[property='{key}'][content], meta[name='{key}'][content]")
    return clean(node.attributes.get("content") or "") if node else ""
