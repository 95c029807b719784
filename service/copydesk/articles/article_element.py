"""Which element of a page holds the article: for its length, its context and what it names.

Words are looked for in the whole page, because readers select captions and headlines too; this is
the part of it that is the story.
"""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from copydesk.articles.text import SKIPPED, node_text

LEAST = 140
"""Characters below which an element is no story: teasers and comments come in ``<article>`` too."""
SHORTEST_PARAGRAPH = 40
MOST_PARAGRAPHS = 5_000
MOST_ELEMENTS = 50
MOST_LINKED = 0.5
"""Share of linked characters above which a paragraph belongs to a list of links."""


@dataclass(frozen=True)
class ArticleElement:
    """The story of a page: its clean text, and the rule that found it."""

    text: str
    rule: str


def find_article(tree: LexborHTMLParser, selector: str = "") -> ArticleElement:
    """Return the article by the first rule that finds one; the whole body if none does.

    ``selector``: the site's own CSS selector; a broken one counts as one that finds nothing.
    """
    if selector.strip():
        try:
            chosen = "\n".join(node_text(node) for node in tree.css(selector)[:MOST_ELEMENTS])
        except SelectolaxError:
            chosen = ""
        if chosen.strip():
            return ArticleElement(chosen.strip(), "site-selector")
    for rule, candidates in (
        ("itemprop", "[itemprop~='articleBody']"),
        ("article", "article"),
        ("main", "main, [role='main']"),
    ):
        found = tree.css(candidates)[:MOST_ELEMENTS]
        texts = [node_text(node) for node in found if _is_shown(node)]
        longest = max(texts, key=len, default="")
        if len(longest) >= LEAST:
            return ArticleElement(longest, rule)
    densest = _densest(tree)
    if densest is not None:
        return ArticleElement(node_text(densest), "densest")
    return ArticleElement(node_text(tree.body), "body")


def _is_shown(node: LexborNode) -> bool:
    """Say whether a browser that runs scripts shows it: not what lies in a ``<noscript>``."""
    around = node.parent
    while around is not None:
        if around.tag in SKIPPED:
            return False
        around = around.parent
    return True


def _densest(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the element whose own paragraphs hold the most text that is not linked.

    A paragraph counts for its parent, and half for the element around that: stories are cut into
    parts by adverts.
    """
    weights: dict[int, float] = {}
    nodes: dict[int, LexborNode] = {}
    for paragraph in tree.css("p")[:MOST_PARAGRAPHS]:
        length = len(node_text(paragraph))
        linked = sum(len(node_text(link)) for link in paragraph.css("a"))
        is_prose = length >= SHORTEST_PARAGRAPH and linked <= MOST_LINKED * length
        if not is_prose or not _is_shown(paragraph):
            continue
        holder, share = paragraph.parent, 1.0
        while holder is not None and share >= 0.5 and holder.tag not in {"html", None}:
            weights[holder.mem_id] = weights.get(holder.mem_id, 0.0) + share * (length - linked)
            nodes[holder.mem_id] = holder
            holder, share = holder.parent, share / 2
    if not weights:
        return None
    best = max(weights, key=lambda known: weights[known])
    return nodes[best] if len(node_text(nodes[best])) >= LEAST else None
