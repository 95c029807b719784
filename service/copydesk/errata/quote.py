"""A quote: the words on the page and where they stand (W3C TextQuoteSelector, with hints)."""

from dataclasses import dataclass, replace

from copydesk.errata.normalize import one_space, squeeze
from copydesk.store.tables import Erratum

CONTEXT = 256
"""Characters of context each side that are compared."""
MAX_QUOTE = 1000


@dataclass(frozen=True)
class Quote:
    """The words and their surroundings, as the reader's browser saw them."""

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int | None = None
    """Offset in the page's text: a hint only, browsers count UTF-16 units."""
    nth: int | None = None
    """Which of the equal copies on the page it was, from 1."""
    of: int | None = None


def quote_of(erratum: Erratum) -> Quote:
    """Return the quote an erratum is about."""
    return Quote(
        exact=erratum.quote,
        prefix=erratum.prefix,
        suffix=erratum.suffix,
        start=erratum.start,
        nth=erratum.nth,
        of=erratum.of,
    )


def tidied(quote: Quote) -> Quote:
    """Return the quote as it is compared with the clean text of a page.

    All parts are clean, the outer space of the words belongs to their context, and no context is
    longer than 256 characters. Doing it twice changes nothing.
    """
    prefix, exact, suffix = (
        squeeze(part) for part in (quote.prefix, quote.exact[:MAX_QUOTE], quote.suffix)
    )
    before = exact[: len(exact) - len(exact.lstrip())]
    after = exact[len(exact.rstrip()) :]
    return replace(
        quote,
        prefix=one_space(prefix + before)[-CONTEXT:].lstrip(),
        exact=exact.strip(),
        suffix=one_space(after + suffix)[:CONTEXT].rstrip(),
    )
