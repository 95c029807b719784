"""The text of a page as its readers see it, with a line feed between blocks.

The widget has the same walk in JavaScript. Blocks go by tag name and not by layout: a style sheet
is not read here, and the two must agree.
"""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from copydesk.articles.html import parse_html
from copydesk.errata.normalize import WHITE_SPACE, visible

SKIPPED = frozenset(
    {
        *("script", "style", "noscript", "template", "head", "title", "textarea", "input"),
        *("select", "option", "datalist", "iframe", "object", "video", "audio", "canvas", "svg"),
        "copydesk-widget",
    }
)
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd"),
        *("details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li"),
        *("main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "ul", "br"),
    }
)

# A border between blocks while the text is put together. It can't come from the page itself: the
# white space of a text node is made plain before it is joined.
_BREAK = "\n"
_NODE_SPACE = re.compile(f"[{WHITE_SPACE}]+")
_SPACES = re.compile(r" {2,}")
_BORDER = re.compile(r" ?\n[ \n]*")
_TEXT_NODE = "-text"


def page_text(page: str | LexborHTMLParser) -> str:
    """Return the clean text of a whole page. Raises ``PageUnreadable``."""
    tree = parse_html(page) if isinstance(page, str) else page
    return node_text(tree.body)


def node_text(root: LexborNode | None, without: Callable[[LexborNode], bool] | None = None) -> str:
    """Return the clean text of one element and what is in it; empty without an element.

    ``without``: which elements in it to leave out; the widget's walk has no such thing.
    """
    pieces: list[str] = []
    # By hand instead of by recursion: a page may be nested deeper than Python's stack.
    stack: list[tuple[LexborNode, bool]] = [(root, False)] if root is not None else []
    while stack:
        node, is_leaving = stack.pop()
        tag = node.tag or ""
        if is_leaving:
            pieces.append(_BREAK)
            continue
        if tag == _TEXT_NODE:
            pieces.append(_NODE_SPACE.sub(" ", visible(node.text_content or "")))
            continue
        if tag in SKIPPED or (without is not None and node is not root and without(node)):
            continue
        if tag in BLOCKS:
            pieces.append(_BREAK)
            stack.append((node, True))
        _push_children(stack, node)
    return tidy("".join(pieces))


def _push_children(stack: list[tuple[LexborNode, bool]], node: LexborNode) -> None:
    child = node.last_child
    while child is not None:
        stack.append((child, False))
        child = child.prev


def tidy(text: str) -> str:
    """Make a run of spaces one space, a run with a border one line feed; nothing outside."""
    # In this order each step is linear: the second meets one space at most before a border.
    return _BORDER.sub("\n", _SPACES.sub(" ", text)).strip(" \n")
