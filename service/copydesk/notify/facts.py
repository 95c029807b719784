"""What a mail is about, read from the database once: plain data that the templates show.

Every piece of foreign text passes ``wording`` here, so a template can't forget it.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from copydesk.errata.corrected import left_the_page
from copydesk.errata.sentence import around
from copydesk.errata.spot import spot_link
from copydesk.errata.worddiff import Piece, word_diff
from copydesk.notify.links import answer_link
from copydesk.notify.wording import inert, line, marked, only_change, shorten
from copydesk.store.tables import Erratum, Kind, Message, Proof, Report
from copydesk.tokens import Signer

MOST_COMMENTS = 5
MOST_VERSIONS = 5
# What a first line may hold of a quote or title and still be read in a list of mails.
HEADLINE = 90


@dataclass(frozen=True)
class ErratumFacts:
    """One erratum as its author is told of it."""

    title: str
    error: str
    """The wrong words, as short as they can be told."""
    correction: str
    """The right words, as short as they can be told; empty when no reader offered any."""
    before: str
    """The sentence up to the quote."""
    after: str
    pieces: tuple[Piece, ...]
    """From the quote to the suggestion; the quote alone, as ``same``, without one."""
    sentence: str
    """The whole in plain text, the change in brackets."""
    kind: Kind
    is_about_page: bool
    """It is about what can't be selected: ``sentence`` is the comment that says what."""
    readers: int
    versions: tuple[tuple[str, int], ...]
    """Other readers' suggestions, and how many made each."""
    comments: tuple[str, ...]
    verified: bool
    page_link: str
    answer: str
    """Address of the answer page; the template adds ``?do=``."""


@dataclass(frozen=True)
class ThanksFacts:
    """One correction as the reader who asked for it is told."""

    title: str
    pieces: tuple[Piece, ...]
    sentence: str
    is_gone: bool
    """The sentence was taken out altogether."""
    words: str
    """What the newsroom adds in its own words; may be empty."""
    page_link: str
    status_link: str


def of_erratum(message: Message, *, signer: Signer, base_url: str) -> ErratumFacts:
    """Read the facts of a message about one erratum; needs its session open."""
    erratum = message.erratum
    assert erratum is not None, "a mail about an erratum names it"
    pieces = pieces_of(erratum)
    before, after = (inert(text) for text in around(erratum))
    change = only_change(pieces) if erratum.suggestion else None
    error, correction = change or (inert(erratum.quote), inert(erratum.suggestion))
    reports = [report for report in erratum.reports if not report.spam_reason]
    plain = marked(pieces) if erratum.suggestion else f"[{inert(erratum.quote)}]"
    sentence = " ".join(f"{before}{plain}{after}".split())
    comments = _comments(reports)
    if erratum.is_about_page:
        said = comments or _comments(erratum.reports)
        error = sentence = said[0] if said else ""
        comments = said[1:]
    return ErratumFacts(
        title=line(erratum.article.title or erratum.article.canonical_url, 200),
        error=line(error, HEADLINE),
        correction=line(correction, HEADLINE),
        before=before,
        after=after,
        pieces=pieces,
        sentence=sentence,
        kind=erratum.kind,
        is_about_page=erratum.is_about_page,
        readers=erratum.report_count,
        versions=_versions(reports, erratum.suggestion),
        comments=comments,
        verified=erratum.proof is Proof.FOUND,
        page_link=page_link(erratum, signer),
        answer=answer_link(signer, message.id, base_url),
    )


def of_thanks(session: Session, message: Message, *, base_url: str) -> ThanksFacts:
    """Read the facts of a reader's thanks: only the newsroom's own words, never a reader's."""
    erratum, report = message.erratum, message.report
    assert erratum is not None, "thanks name the erratum"
    assert report is not None, "thanks name the report"
    before, after = line(erratum.before, 600), line(erratum.after, 600)
    if erratum.is_about_page:
        before = after = ""  # the headline, which nobody has corrected
    pieces = tuple(word_diff(before, after)) if before and after else ()
    return ThanksFacts(
        title=line(erratum.article.title or erratum.site.name, 200),
        pieces=pieces,
        sentence=marked(pieces),
        is_gone=left_the_page(session, erratum),
        words=line(erratum.site.thanks, 600),
        page_link=web_link(erratum.article.canonical_url),
        status_link=f"{base_url}/r/{report.token}",
    )


def pieces_of(erratum: Erratum) -> tuple[Piece, ...]:
    """Return the change from the quote to the suggestion, in words, made inert."""
    if not erratum.suggestion:
        return (("same", inert(erratum.quote)),)
    return tuple(word_diff(inert(erratum.quote), inert(erratum.suggestion)))


def page_link(erratum: Erratum, signer: Signer) -> str:
    """Return the link that scrolls to the very words; empty when the address is not the web's."""
    address = web_link(erratum.article.canonical_url)
    return spot_link(erratum, address, signer) if address else ""


def web_link(address: str) -> str:
    """Return ``address`` if a link may lead there: http and https only."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def _versions(reports: list[Report], shown: str) -> tuple[tuple[str, int], ...]:
    counted = Counter(
        report.suggestion for report in reports if report.suggestion not in {"", shown}
    )
    return tuple((line(text, 300), count) for text, count in counted.most_common(MOST_VERSIONS))


def _comments(reports: list[Report]) -> tuple[str, ...]:
    said = list(dict.fromkeys(report.comment for report in reports if report.comment.strip()))
    return tuple(shorten(inert(text.strip()), 700) for text in said[:MOST_COMMENTS])
