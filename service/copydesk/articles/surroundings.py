"""Which parts of a page are not the article itself: comments, other stories, margins.

People are named there as well, and with the same mark-up: readers under the story, the authors of
what else there is to read, the ones quoted.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from copydesk.articles.text import node_text

MOST_LEVELS = 100
"""How far up is looked; pages are some 30 levels deep."""
MOST_HEADLINES = 20
MOST_ELEMENTS = 20
MOST_LOOKED_AT = 200

_TAGS = frozenset({"aside", "nav", "blockquote", "figure", "figcaption", "dialog", "menu", "cite"})
_WORDS = frozenset(
    {
        *("comment", "comments", "commentlist", "commentaire", "commentaires", "kommentar"),
        *("kommentare", "komentar", "komentare", "comentario", "comentarios", "diskuse"),
        *("discussion", "disqus", "reply", "replies", "responses", "review", "reviews"),
        *("related", "relatedposts", "recommend", "recommended", "recommendations", "similar"),
        *("teaser", "teasers", "promo", "popular", "trending", "latest", "more", "readmore"),
        *("readnext", "sidebar", "newsletter", "subscribe", "quote", "pullquote", "blockquote"),
        *("caption", "figcaption", "gallery", "banner", "advert", "ads", "menu", "breadcrumb"),
        *(
            "widget",
            "widgets",
            "blogs",
            "right",
            "rail",
            "aside",
            "opinions",
            "tags",
            "testimonial",
            "testimonials",
        ),
        *("breadcrumbs", "copyright", "photo", "image"),
    }
)
# The state of a page, not a part of it: "comments-open", "has-sidebar", "single-with-related".
_STATES = frozenset({"open", "closed", "has", "with", "no", "without", "count", "enabled", "is"})
_PIECES = re.compile(r"[a-zA-Z][a-z]*|[A-Z]+(?![a-z])")
_ITEMS = re.compile(r"(?:^|\s)(?:comment|review|isrelatedto|citation|mentions)(?:\s|$)")


class Surroundings:
    """The parts of one page. What holds a headline is never taken for another part."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        # Once per page: asking each element for a headline in it would be quadratic.
        self._around_headlines = {
            id_ for headline in tree.css("h1")[:MOST_HEADLINES] for id_ in _ids_upwards(headline)
        }

    @cached_property
    def root(self) -> LexborNode | None:
        """The article's element: the one with the headline, else the first one, else the body."""
        articles = list(self.own(self.tree.css("article")))
        first = next((one for one in articles if one.mem_id in self._around_headlines), None)
        first = first or next(iter(articles), None)
        return first or self.tree.css_first("main") or self.tree.body

    @cached_property
    def lines(self) -> list[str]:
        """The text of the article's element without its other parts, line by line."""
        return self.lines_of(self.root)

    def lines_of(self, root: LexborNode | None) -> list[str]:
        """Return the text of an element without other parts of the page, line by line."""
        text = node_text(root, without=self.is_other_part)
        return text.split("\n") if text else []

    def own(self, nodes: Iterable[LexborNode]) -> Iterator[LexborNode]:
        """Yield those elements that belong to the article itself, 20 at most."""
        left = MOST_ELEMENTS
        for node in islice(nodes, MOST_LOOKED_AT):
            if left and not self.is_elsewhere(node):
                left -= 1
                yield node

    def is_elsewhere(self, node: LexborNode) -> bool:
        """Say whether a node stands in a part of the page that is not the article itself."""
        around: LexborNode | None = node
        for _ in range(MOST_LEVELS):
            if around is None or around.tag in {"body", "html"}:
                return False
            if self.is_other_part(around):
                return True
            around = around.parent
        return False

    def is_other_part(self, node: LexborNode) -> bool:
        """Say whether an element is such a part by itself."""
        tag = node.tag or ""
        if tag in _TAGS:
            return True
        attributes = node.attributes
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        items = (attributes.get("itemprop") or "").lower()
        is_named = named != " " and _is_named_so(named[:500])
        is_footer = tag == "footer" and not _is_in_article(node)
        is_part = is_named or is_footer or (items and _ITEMS.search(items) is not None)
        return bool(is_part) and node.mem_id not in self._around_headlines


def _ids_upwards(node: LexborNode) -> Iterator[int]:
    around = node.parent
    while around is not None:
        yield around.mem_id
        around = around.parent


@lru_cache(maxsize=4096)
def _is_named_so(names: str) -> bool:
    for name in names.split():
        pieces = {piece.lower() for piece in _PIECES.findall(name)}
        if pieces & _WORDS and not pieces & _STATES:
            return True
    return False


def _is_in_article(node: LexborNode) -> bool:
    around = node.parent
    for _ in range(MOST_LEVELS):
        if around is None:
            return False
        if around.tag in {"article", "main"}:
            return True
        around = around.parent
    return False
