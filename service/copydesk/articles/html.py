"""Parse a foreign page, unless it is built to keep the parser busy."""

from selectolax.lexbor import LexborHTMLParser

from copydesk.articles.html_traps import PageUnreadable, refuse_traps

__all__ = ["PageUnreadable", "parse_html"]


def parse_html(html: str) -> LexborHTMLParser:
    """Return the page's tree as a browser would build it. Raises ``PageUnreadable``."""
    refuse_traps(html)
    return LexborHTMLParser(html)
