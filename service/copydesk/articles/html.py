"""Parse a foreign page, unless it is built to keep the parser busy."""

import re

from selectolax.lexbor import LexborHTMLParser

# The parser is quick on pages and quadratic on a few shapes that no page has: 100,000 nested
# blocks took it 24 s, 100,000 options 29 s, 100,000 attributes 21 s. It can't be interrupted, so
# those shapes are counted first, in one pass that costs a few milliseconds.
MAX_NESTING_WORK = 20_000_000
"""Sum over all tags of how deep each stands; a large page comes to some 500,000."""
MAX_FORMATTING_WORK = 1_000_000
"""Sum over all tags of open formatting elements: HTML copies each into every following block."""
MAX_OPTIONS = 20_000
MAX_ATTRIBUTES = 5_000
"""White space within one tag."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr !doctype".split()  # noqa: SIM905
)
# Elements whose next sibling closes them: unclosed ones do not nest.
_CLOSES_ITSELF = frozenset({"p", "li", "dt", "dd", "option", "tr", "td", "th"})
_FORMATTING = frozenset(
    "a b big code em font i nobr s small strike strong tt u".split()  # noqa: SIM905
)


class PageUnreadable(Exception):
    """The page can't be parsed in reasonable time."""


def parse_html(html: str) -> LexborHTMLParser:
    """Return the page's tree as a browser would build it. Raises ``PageUnreadable``."""
    _refuse_traps(html)
    return LexborHTMLParser(html)


def _refuse_traps(html: str) -> None:
    depth = formatting = options = nesting_work = formatting_work = 0
    for match in _TAG.finditer(html):
        closes, name, rest = match[1], match[2].lower(), match[3]
        step = -1 if closes else 1
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
        if name not in _VOID and name not in _CLOSES_ITSELF:
            depth = max(0, depth + step)
        options += name == "option"
        nesting_work += depth
        formatting_work += formatting
        if (
            nesting_work > MAX_NESTING_WORK
            or formatting_work > MAX_FORMATTING_WORK
            or options > MAX_OPTIONS
            or (len(rest) > MAX_ATTRIBUTES and len(rest.split()) > MAX_ATTRIBUTES)
        ):
            raise PageUnreadable("the page is built in a way that no page is")
