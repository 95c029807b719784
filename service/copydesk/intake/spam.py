"""What looks like a machine's work: kept and folded away, never refused and never mailed.

A mark is a suspicion: whatever people do too, however rarely, gets none, because the desk looks
into that drawer seldom. So a link is a source and five equal comments are a habit.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from copydesk.intake.payload import ReportDraft
from copydesk.intake.submission import Entry
from copydesk.store.counters import count_all
from copydesk.tokens import Signer

HONEYPOT = "honeypot"
TOO_FAST = "too fast"
LINKS = "links"
REPEATED = "repeated text"

LEAST_MS = 60
"""From the dialog's opening to "Send". Pressing a key twice takes a hand longer than that; what is
missing (a form without scripts) is no mark."""
MOST_LINKS = 3
"""A reader gives a source or two; each link counts once, and none that the page itself has."""
LONG_ENOUGH = 30
"""Characters of a comment that two people don't write alike by chance."""
MOST_OF_ONE_READER = 5
MOST_OF_ALL_READERS = 20
DAY = timedelta(days=1)

_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"')\]]+", re.IGNORECASE)
_MARKUP = re.compile(r"\[url\b|\[link\b|<a\s[^>]{0,200}href", re.IGNORECASE)


def spam_reason(draft: ReportDraft) -> str:
    """Return why this looks like a machine's work by itself, or nothing."""
    if draft.website.strip():
        return HONEYPOT
    if draft.elapsed_ms is not None and draft.elapsed_ms < LEAST_MS:
        return TOO_FAST
    if _MARKUP.search(draft.comment) or len(_new_links(draft)) > MOST_LINKS:
        return LINKS
    return ""


def mark_repeated(
    session: Session, entries: Sequence[Entry], signer: Signer, *, now: datetime
) -> None:
    """Mark what says the same as many reports of today: of one reader, or on the whole site.

    Counted like the limits, so it is right for all processes, costs two statements a group and
    nothing at all for reports without a long comment. Of the text only a keyed hash is kept, for
    two days.
    """
    limits = {id(entry): _limits(entry, signer) for entry in entries}
    asked = Counter(key for one in limits.values() for key in one)
    if not asked:
        return
    seen = Counter(count_all(session, asked, window=DAY, now=now))
    for entry in entries:
        mine = limits[id(entry)]
        if not entry.spam_reason and any(seen[key] >= limit for key, limit in mine.items()):
            entry.spam_reason = REPEATED
        seen.update(mine.keys())


def _new_links(draft: ReportDraft) -> set[str]:
    return set(_LINK.findall(f"{draft.comment}\n{draft.suggestion}")) - set(
        _LINK.findall(draft.quote.exact)
    )


def _limits(entry: Entry, signer: Signer) -> dict[str, int]:
    comment = " ".join(entry.draft.comment.casefold().split())
    if len(comment) < LONG_ENOUGH:
        return {}
    text = signer.pseudonym("comment", comment, b"")
    return {
        f"text:reader:{entry.reader_key}:{text}": MOST_OF_ONE_READER,
        f"text:site:{entry.site.id}:{text}": MOST_OF_ALL_READERS,
    }
