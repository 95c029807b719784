"""The sentence of a page around a place in it."""

from copydesk.errata.sentence import SENTENCE_END

LONGEST = 400


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence that holds ``text[start:end]``, cut to 400 characters around it."""
    near = max(0, start - LONGEST)
    # One character more on each side, so that an end right at the border is seen as one.
    ends = [match.end() for match in SENTENCE_END.finditer(text, near, min(len(text), start + 2))]
    begin = max((found for found in ends if found <= start), default=near)
    after = SENTENCE_END.search(text, max(start, end - 1), min(len(text), end + LONGEST))
    stop = after.end() if after else min(len(text), end + LONGEST)
    if end - start >= LONGEST:
        return text[start : start + LONGEST].strip()
    room = (LONGEST - (end - start)) // 2
    return text[max(begin, start - room) : min(stop, end + room)].strip()
