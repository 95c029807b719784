"""Find a quote in a page again, and say whether it still stands there. Pure; never a guess.

The context says *where*, the quote says *whether it changed*. Only the whole window (context,
quote, context) is believed at sight; otherwise the place is chosen by the context alone, so that
another copy of the same words elsewhere can't win. See ``docs/reading-pages.md``.
"""

import re
from dataclasses import dataclass

from copydesk.articles.places import candidates
from copydesk.articles.reading import BOTH, Kind, Place, read_place
from copydesk.articles.sentence import sentence_at
from copydesk.articles.text import BLOCKS, page_text
from copydesk.articles.window import Page, Window, copies, spaced, window_of
from copydesk.errata.normalize import clean
from copydesk.errata.quote import Quote
from copydesk.i18n import N_

MAX_TEXT = 2_000_000
RIVAL = 0.6
"""A second place with this share of the best one's score may be the right one instead."""
EQUAL = 0.98
CLEARLY = 1.4

_INLINE = ("a", "abbr", "b", "cite", "code", "em", "i", "img", "mark", "q", "s", "small", "span")
_TAGS = "|".join(sorted({"!doctype", "html", "strong", "sub", "sup", "u", *_INLINE, *BLOCKS}))
_HTML = re.compile(rf"<(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
"""A tag of a page's text. Clean text that shows one, as a page about HTML does, is for
``locate_in_text``."""


@dataclass(frozen=True)
class Verdict:
    """What a page says of a quote, with the evidence."""

    kind: Kind
    found: str = ""
    """What stands at the place now; empty when gone or unsure."""
    start: int | None = None
    """Where it stands in the page's clean text, in code points; None when unsure."""
    score: float = 0.0
    """How much of the context was found at the place, 0 to 1; 1 is all of it."""
    reason: str = ""
    sentence: str = ""
    """The sentence at the place now; empty when unsure or when the whole sentence is gone."""


def locate(text_or_html: str, quote: Quote) -> Verdict:
    """Say whether ``quote`` stands in a page: *there*, *changed*, *gone* or *unsure*.

    Takes the page's HTML or its clean text. Raises ``PageUnreadable`` for HTML built as a trap.
    """
    is_html = _HTML.search(text_or_html) is not None
    return locate_in_text(page_text(text_or_html) if is_html else clean(text_or_html), quote)


def locate_in_text(text: str, quote: Quote) -> Verdict:
    """Do what ``locate`` does with text that is clean already (``page_text``, ``clean``)."""
    page, window = Page(text[:MAX_TEXT]), window_of(quote)
    if not window.quote:
        return Verdict("unsure", reason=N_("the quote is empty"))
    is_row = quote.of is not None and _is_among_equals(window)
    verdict = _at_sight(page, quote)
    if verdict is None:
        places = [read_place(page, window, found) for found in candidates(page.text, window)]
        found = _ranked([place for place in places if place is not None])
        verdict = _judge(page, window, quote, found)
    elif not is_row or len(copies(page.text, window.quote)) >= (quote.of or 0):
        return verdict
    if verdict.kind == "there" and is_row:
        reason = N_("one of equal neighbours has changed")
        return Verdict("unsure", score=verdict.score, reason=reason)
    return verdict


def _at_sight(page: Page, quote: Quote) -> Verdict | None:
    found = (_whole_window(page, window_of(reading), reading) for reading in spaced(quote))
    return next((verdict for verdict in found if verdict is not None), None)


def _is_among_equals(window: Window) -> bool:
    """Say whether the same words stand right beside the quote, as in a table.

    When anything changes around a row of equal words, nobody can tell which of them it was.
    """
    length = len(window.quote) + 1
    near = window.text[max(0, window.start - length) : window.end + length]
    return len(copies(near, window.quote)) > 1


def _whole_window(page: Page, window: Window, quote: Quote) -> Verdict | None:
    quotes = [start + window.start for start in copies(page.text, window.text)]
    if not quotes:
        return None
    chosen = quotes[0] if len(quotes) == 1 else _tie(page, window, quote, quotes)
    if chosen is None:
        reason = N_("%(number)s equal places, and fewer copies than were reported")
        reason %= {"number": len(quotes)}
        return Verdict("unsure", score=1.0, reason=reason)
    reason = "the whole window" if len(quotes) == 1 else f"one of {len(quotes)} equal places"
    end = chosen + len(window.quote)
    return _verdict(
        page, Place("there", chosen, end, 1.0, reason, 2, whole_block=True, is_wide=True)
    )


def _tie(page: Page, window: Window, quote: Quote, equal: list[int]) -> int | None:
    """Choose between equal windows by the hints; None when a copy of the quote has vanished."""
    if quote.of is not None:
        standing = copies(page.text, window.quote)
        if len(standing) < quote.of:
            return None
        if quote.nth is not None and len(standing) == quote.of:
            nth = standing[min(quote.nth, len(standing)) - 1]
            if nth in equal:
                return nth
    hint = quote.start
    return equal[0] if hint is None else min(equal, key=lambda start: abs(start - hint))


def _ranked(places: list[Place]) -> list[Place]:
    """Return each place once, best first."""
    ranked: dict[tuple[int, int], Place] = {}
    for place in sorted(places, key=lambda place: -place.score):
        ranked.setdefault((place.start, place.end), place)
    return list(ranked.values())


def _judge(page: Page, window: Window, quote: Quote, places: list[Place]) -> Verdict:
    """Choose between the places; a conflict that the evidence can't settle is *unsure*."""
    if not places:
        return Verdict("unsure", reason=N_("the place was not found"))
    best = places[0]
    for rival in places[1:]:
        same = rival.kind == best.kind and abs(rival.start - best.start) <= 1
        is_conflict = (rival.kind == "there") != (best.kind == "there")
        # A block that moved took little of its context along, but all of itself.
        has_moved = rival.kind == "there" and rival.whole_block
        if is_conflict and (has_moved or rival.score >= RIVAL * best.score):
            chosen = _settle(page, window, quote, best, rival)
        elif rival.kind != "unsure" and rival.score >= EQUAL * best.score and not same:
            chosen = None  # two equal places that differ in what stands there
        else:
            continue
        if chosen is None:
            reason = N_("two places, and both may be it")
            return Verdict("unsure", score=best.score, reason=reason)
        best = chosen
        break
    if _may_have_moved(page, window, quote, best):
        reason = N_("as many copies stand as were reported")
        return Verdict("unsure", score=best.score, reason=reason)
    return _verdict(page, best)


def _may_have_moved(page: Page, window: Window, quote: Quote, best: Place) -> bool:
    """Say whether words that seem to be gone may stand elsewhere, or right beside the place.

    Deleting leaves a copy less, unless one was put in elsewhere. With as many as before it is
    believed where the words alone went, and not where all around them went along.
    """
    if quote.of is None or best.kind != "gone":
        return False
    standing = copies(page.text, window.quote)
    beside = range(best.start - len(window.quote) - 1, best.start + 2)
    return len(standing) >= quote.of and (best.sides < BOTH or any(at in beside for at in standing))


def _settle(page: Page, window: Window, quote: Quote, best: Place, rival: Place) -> Place | None:
    """Tell a block that moved, and left a hole, from one that changed while a copy stands.

    Moving keeps the number of copies, correcting and deleting lower it.
    """
    there, other = (best, rival) if best.kind == "there" else (rival, best)
    if quote.of is not None and len(copies(page.text, window.quote)) < quote.of:
        return other
    if there is best and there.sides == 2 and there.score >= CLEARLY * other.score:
        return there
    has_moved = other.kind in {"gone", "unsure"} and there.whole_block
    return there if has_moved and quote.of is not None else None


def _verdict(page: Page, place: Place) -> Verdict:
    if place.kind == "unsure":
        return Verdict("unsure", score=round(place.score, 3), reason=place.reason)
    is_whole_sentence_gone = place.kind == "gone" and place.sides < 2
    return Verdict(
        place.kind,
        found=page.shown[place.start : place.end],
        start=place.start,
        score=round(place.score, 3),
        reason=place.reason,
        sentence="" if is_whole_sentence_gone else sentence_at(page.shown, place.start, place.end),
    )
