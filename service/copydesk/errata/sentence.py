"""The sentence around an error, for people: what comes before the words, and after."""

import re

from copydesk.store.tables import Erratum

# Enough to recognise the place in the page, short enough for a phone.
_MOST = 240
_CAPITAL = "0-9A-ZÀ-ÖØ-ÞĄĆČĎĐĘĚĞİŁŃŇŐŘŚŞŠŤŮŰŹŻŽА-ЯЁІЇЄҐЎҚҒҢӘӨҰҮҺ"
# Letters without case: Hebrew and Arabic.
_CASELESS = "\u0590-\u06ff"
SENTENCE_END = re.compile(
    # A full stop may be an abbreviation's, so a capital has to follow.
    rf"[.!?…][\"»”’')\]]*\s+(?=[\"«“„‘(\[—–-]*\s*[{_CAPITAL}{_CASELESS}])"
    r"|؟\s+"
    # Chinese and Japanese put no space there.
    r"|[。！？]+[」』”’）]*"
    r"|\n+"
)


def around(erratum: Erratum) -> tuple[str, str]:
    """Return the text before and after the quote, cut to its sentence.

    The sentence that the service read on the page wins over the surroundings that the reader's
    browser sent: the first is the newsroom's own text.
    """
    prefix, suffix = erratum.prefix, erratum.suffix
    place = _place_in(erratum.before, erratum.quote, prefix)
    if place is not None:
        prefix = erratum.before[:place]
        suffix = erratum.before[place + len(erratum.quote) :]
    return cut_to_sentence(prefix, suffix)


def cut_to_sentence(prefix: str, suffix: str) -> tuple[str, str]:
    """Cut the text before and after a quote to the sentence that the quote stands in."""
    return _last_sentence(prefix), _first_sentence(suffix)


def _place_in(sentence: str, quote: str, prefix: str) -> int | None:
    """Return where in the sentence the quote stands; among copies, where the prefix fits best."""
    best, best_length = None, -1
    start = sentence.find(quote) if quote else -1
    while start >= 0:
        length = _shared_end(sentence[:start], prefix)
        if length > best_length:
            best, best_length = start, length
        start = sentence.find(quote, start + 1)
    return best


def _shared_end(left: str, right: str) -> int:
    count = 0
    while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
        count += 1
    return count


def _last_sentence(text: str) -> str:
    ends = [match.end() for match in SENTENCE_END.finditer(text + "A")]
    text = text[ends[-1] :] if ends else text
    if len(text) <= _MOST:
        return text.lstrip()
    cut = text[-_MOST:]
    return "…" + cut[cut.find(" ") + 1 :] if " " in cut else "…" + cut


def _first_sentence(text: str) -> str:
    end = SENTENCE_END.search(text)
    text = text[: end.end()] if end else text
    if len(text) <= _MOST:
        return text.rstrip()
    cut = text[:_MOST]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + "…"
