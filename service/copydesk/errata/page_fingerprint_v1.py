"""Fingerprint of a report about the page as a whole, version 1: the same remark on one article.

What cannot be selected (an image, a broken link) has no words of its own. The headline that comes
with such a report proves the page and tells nothing apart, so the reader's remark is the key.

Pure and frozen like ``fingerprint_v1``; a new rule is a new file, and its version the next number
from ``PAGE_RULES_FROM`` on.
"""

import hashlib

from copydesk.errata.normalize import clean, fold
from copydesk.store.tables import PAGE_RULES_FROM

VERSION = PAGE_RULES_FROM


def fingerprint(comment: str) -> str:
    """Return the key of a remark within its article: 64 hexadecimal digits.

    Case, line breaks and the form of quotes and dashes make no other remark.
    """
    remark = " ".join(fold(clean(comment)).casefold().split())
    return hashlib.sha256(f"page v1\x1f{remark}".encode()).hexdigest()
