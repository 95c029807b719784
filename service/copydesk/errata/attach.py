"""Find the erratum that a new report belongs to, or open one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata import fingerprint_v1, page_fingerprint_v1
from copydesk.errata.history import READER, SERVICE, record
from copydesk.errata.overlap import Claim, same_error
from copydesk.errata.quote import quote_of
from copydesk.errata.triage import reopen
from copydesk.outbox import enqueue
from copydesk.store.tables import PAGE_RULES_FROM, Article, Erratum, Kind, Report, State
from copydesk.tokens import random_token

CANDIDATES = 300
"""The newest errata of an article that are compared by overlap. An article with more open errors
than that is under attack, and exact repeats are still found by their fingerprint."""


def find_or_open(
    session: Session, article: Article, claim: Claim, kind: Kind, *, is_spam: bool, now: datetime
) -> Erratum:
    """Return the erratum of ``claim``; a new one is open, or folded away as spam.

    The article's row is locked, so that two readers at the same moment can't open it twice.
    """
    session.execute(select(Article.id).where(Article.id == article.id).with_for_update())
    return (
        _by_fingerprint(session, article, claim)
        or _by_overlap(session, article, claim)
        or _open(session, article, claim, kind, is_spam=is_spam, now=now)
    )


def attach(session: Session, erratum: Erratum, report: Report, *, now: datetime) -> None:
    """Count ``report`` (already added, flushed) and do to the erratum what a new report does.

    A corrected erratum is reopened; a declined one stays, its reader is told the reason.
    """
    if report.spam_reason:
        record(session, erratum, who=SERVICE, what="spam_report", now=now, note=report.spam_reason)
        return
    is_first = erratum.report_count == 0
    erratum.report_count += 1
    erratum.last_seen_at = max(now, erratum.last_seen_at)
    if not erratum.is_about_page:
        erratum.suggestion = erratum.suggestion or report.suggestion
    record(session, erratum, who=READER, what="received", now=now)
    was_folded_as_spam = erratum.state is State.SPAM and is_first
    if erratum.state is State.CORRECTED or was_folded_as_spam:
        reopen(session, erratum, who=READER, now=now, note="reported again")
        is_first = True
    if is_first and erratum.state is State.OPEN:
        enqueue(
            session,
            "read_article",
            f"read:{erratum.id}:{report.id}",
            {"erratum_id": erratum.id, "report_id": report.id},
            now=now,
        )


def _fingerprint(claim: Claim) -> tuple[int, str]:
    """Return the rule's version and the key: about words and about the page never share one."""
    if claim.about_page:
        return page_fingerprint_v1.VERSION, page_fingerprint_v1.fingerprint(claim.about_page)
    return fingerprint_v1.VERSION, fingerprint_v1.fingerprint(claim.quote)


def _by_fingerprint(session: Session, article: Article, claim: Claim) -> Erratum | None:
    version, fingerprint = _fingerprint(claim)
    found = session.scalar(
        select(Erratum).where(
            Erratum.article_id == article.id,
            Erratum.fingerprint_version == version,
            Erratum.fingerprint == fingerprint,
        )
    )
    return found.merged_into if found and found.merged_into else found


def _by_overlap(session: Session, article: Article, claim: Claim) -> Erratum | None:
    if claim.about_page:
        return None  # many may quote the headline, each for another error
    candidates = session.scalars(
        select(Erratum)
        .where(
            Erratum.article_id == article.id,
            Erratum.fingerprint_version < PAGE_RULES_FROM,
        )
        .order_by(Erratum.id.desc())
        .limit(CANDIDATES)
    )
    for erratum in candidates:
        if same_error(Claim(quote_of(erratum), erratum.suggestion), claim):
            return erratum.merged_into or erratum
    return None


def _open(
    session: Session, article: Article, claim: Claim, kind: Kind, *, is_spam: bool, now: datetime
) -> Erratum:
    quote = claim.quote
    version, fingerprint = _fingerprint(claim)
    erratum = Erratum(
        public_id=random_token(),
        site_id=article.site_id,
        article_id=article.id,
        fingerprint_version=version,
        fingerprint=fingerprint,
        quote=quote.exact,
        prefix=quote.prefix,
        suffix=quote.suffix,
        start=quote.start,
        nth=quote.nth,
        of=quote.of,
        suggestion=claim.suggestion,
        kind=kind,
        state=State.SPAM if is_spam else State.OPEN,
        report_count=0,
        first_seen_at=now,
        last_seen_at=now,
    )
    session.add(erratum)
    session.flush()
    return erratum
