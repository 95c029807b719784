"""A quote: the words on the page and where they stand (W3C TextQuoteSelector, with hints)."""

from dataclasses import dataclass

from copydesk.store.tables import Erratum


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
