"""What a page that was read says of a quote: the one judgement that all readings share. Pure."""

from copydesk.articles.locate import Verdict, locate_in_text
from copydesk.articles.metadata import PageFacts
from copydesk.articles.page_kind import REASONS, PageKind, has_shrunk
from copydesk.articles.taken_up import with_suggestion
from copydesk.errata.quote import Quote


def read_quote(
    facts: PageFacts, quote: Quote, suggestion: str = "", *, last_length: int = 0
) -> Verdict:
    """Find the quote in the page's text and judge what is there now.

    On a wall, an error page or a shell words may be seen to stand, but what is missing there proves
    nothing: that is *unsure*. So is a page that lost most of its story; ``last_length`` is the
    story's length (characters) when its page was last read, 0 if that is not known.
    """
    verdict = locate_in_text(facts.text, quote)
    if verdict.kind == "there":
        verdict = with_suggestion(facts.text, verdict, quote, suggestion)
    kind = kind_since(facts, last_length)
    if verdict.kind == "there" or kind is PageKind.ARTICLE:
        return verdict
    return Verdict("unsure", reason=REASONS[kind])


def kind_since(facts: PageFacts, last_length: int) -> PageKind:
    """Return what kind of page it is, also in the light of how long its story was before."""
    if facts.kind is PageKind.ARTICLE and has_shrunk(len(facts.article_text), last_length):
        return PageKind.SHRUNK
    return facts.kind
