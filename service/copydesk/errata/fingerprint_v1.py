"""Fingerprint, version 1: the same words at the same place of one article.

Pure and frozen: errata keep the version they were grouped by, so that a better rule never splits
yesterday's groups. A new rule is a new file.
"""

import hashlib

from copydesk.errata.normalize import clean, fold
from copydesk.errata.quote import Quote

VERSION = 1
NEAR = 32
"""Characters of context each side: enough to tell two equal words of one article apart, few enough
that an edit two sentences away does not open a second erratum for the same error."""


def fingerprint(quote: Quote) -> str:
    """Return the key of ``quote`` within its article: 64 hexadecimal digits."""
    parts = (
        f"v{VERSION}",
        clean(quote.prefix)[-NEAR:],
        clean(quote.exact),
        clean(quote.suffix)[:NEAR],
    )
    return hashlib.sha256(fold("\x1f".join(parts)).encode()).hexdigest()
