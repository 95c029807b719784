"""An error beside the words: a missing comma, a missing word. Pure.

A reader selects "who" and proposes ", who". Once that is mended the word itself still stands there,
so the quote alone would say "still on the page" for ever; the proposal tells better.
"""

from dataclasses import replace

from copydesk.articles.locate import Verdict
from copydesk.articles.sentence import sentence_at
from copydesk.articles.window import copies, is_inside_word, plain, window_of
from copydesk.errata.normalize import clean
from copydesk.errata.quote import Quote


def with_suggestion(text: str, verdict: Verdict, quote: Quote, suggestion: str) -> Verdict:
    """Turn *there* into *changed* where the page (clean text) reads as the reader proposed.

    Only if the proposal holds the quote, and the page did not read so when it was reported.
    """
    window = window_of(quote)
    proposed = plain(clean(suggestion))
    if verdict.kind != "there" or verdict.start is None or proposed == window.quote:
        return verdict
    page = plain(text)
    for offset in copies(proposed, window.quote):
        before, now = window.start - offset, verdict.start - offset
        read_so_before = before >= 0 and window.text.startswith(proposed, before)
        if now < 0 or read_so_before or not page.startswith(proposed, now):
            continue
        end = now + len(proposed)
        if is_inside_word(page, now) or is_inside_word(page, end):
            continue
        return replace(
            verdict,
            kind="changed",
            found=text[now:end],
            start=now,
            reason="it reads as the reader proposed",
            sentence=sentence_at(text, now, end),
        )
    return verdict
