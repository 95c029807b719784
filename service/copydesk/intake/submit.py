"""The use case: article, erratum, report and the work they cause, in one transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copydesk.errata.attach import attach, find_or_open
from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.errors import Conflict
from copydesk.intake.guard import spam_reason
from copydesk.intake.payload import ReportDraft
from copydesk.store.tables import Article, ArticleAlias, Report, Site, State
from copydesk.tokens import random_token
from copydesk.urls import host_of, is_home_page, normalise_url

# The site's row is touched at most this often, so that reports don't queue up behind it.
SEEN_EVERY = timedelta(hours=1)

# What a reader is told: a report folded away as spam looks received, not judged.
_TOLD = {State.SPAM: State.OPEN, State.MERGED: State.OPEN}


@dataclass(frozen=True)
class Receipt:
    """What the widget gets back."""

    id: str
    state: State
    reports: int
    note: str
    token: str
    is_repeat: bool


def find_repeat(session: Session, site: Site, draft: ReportDraft) -> Receipt | None:
    """Return the receipt of a report that is already stored, None when it is new.

    Raises ``Conflict`` when the id was used for another body.
    """
    if not draft.id:
        return None
    report = session.scalar(
        select(Report).where(Report.site_id == site.id, Report.client_id == draft.id)
    )
    if report is None:
        return None
    if report.body_hash != draft.body_hash():
        raise Conflict("This id was used for another report.")
    return _receipt(report, is_repeat=True)


def submit_report(
    session: Session, site: Site, draft: ReportDraft, *, reader_key: str, now: datetime
) -> Receipt:
    """Store a new report and owe the work that follows from it."""
    spam = spam_reason(draft)
    article = _article_of(session, site, draft, now)
    quote = Quote(
        exact=draft.quote.exact,
        prefix=draft.quote.prefix,
        suffix=draft.quote.suffix,
        start=draft.quote.start,
        nth=draft.quote.nth,
        of=draft.quote.of,
    )
    # Without a comment it says nothing of the page: then it is about the headline it quotes.
    about_page = draft.comment if draft.about == "page" else ""
    # No wording mends an image; the report itself keeps what was sent.
    claim = Claim(quote, "" if about_page else draft.suggestion, about_page)
    erratum = find_or_open(session, article, claim, draft.kind, is_spam=bool(spam), now=now)
    report = Report(
        site_id=site.id,
        erratum=erratum,
        client_id=draft.id or str(uuid.uuid4()),
        body_hash=draft.body_hash(),
        token=random_token(),
        received_at=now,
        url=draft.url,
        canonical_url=draft.canonical_url,
        title=draft.title,
        byline=draft.byline,
        language=draft.lang,
        quote=quote.exact,
        prefix=quote.prefix,
        suffix=quote.suffix,
        start=quote.start,
        end=draft.quote.end,
        nth=quote.nth,
        of=quote.of,
        suggestion=draft.suggestion,
        kind=draft.kind,
        comment=draft.comment,
        reader_email=draft.reader_email,
        reader_key=reader_key,
        elapsed_ms=draft.elapsed_ms,
        spam_reason=spam,
    )
    session.add(report)
    session.flush()
    attach(session, erratum, report, now=now)
    if site.widget_seen_at is None or now - site.widget_seen_at >= SEEN_EVERY:
        site.widget_seen_at = now
    return _receipt(report, is_repeat=False)


def _receipt(report: Report, *, is_repeat: bool) -> Receipt:
    erratum = report.erratum
    return Receipt(
        id=report.client_id,
        state=_TOLD.get(erratum.state, erratum.state),
        reports=max(1, erratum.report_count),
        note=erratum.declined_reason if erratum.state is State.DECLINED else "",
        token=report.token,
        is_repeat=is_repeat,
    )


def _article_of(session: Session, site: Site, draft: ReportDraft, now: datetime) -> Article:
    """Return the article by an address it has shown itself, else by the one the client names.

    The client's canonical URL is a hint for this report only: it never becomes an alias, or one
    forged report could redirect all later ones to another article.
    """
    address = normalise_url(draft.url)
    known = _known_article(session, site, address)
    if known is not None:
        return known
    claimed = _own_canonical(site, draft)
    if claimed and claimed != address:
        known = _known_article(session, site, claimed)
        if known is not None:
            return known
    article = Article(
        site_id=site.id,
        canonical_url=claimed or address,
        title=draft.title,
        language=draft.lang[:16],
        created_at=now,
    )
    session.add(article)
    session.flush()
    return article


def _known_article(session: Session, site: Site, address: str) -> Article | None:
    return session.scalar(
        select(Article)
        .outerjoin(ArticleAlias, ArticleAlias.article_id == Article.id)
        .where(
            Article.site_id == site.id,
            or_(Article.canonical_url == address, ArticleAlias.url == address),
        )
        .limit(1)
    )


def _own_canonical(site: Site, draft: ReportDraft) -> str:
    """Return the claimed canonical URL if it is a page of this site and not its front page."""
    if not draft.canonical_url or host_of(draft.canonical_url) not in site.hosts:
        return ""
    return "" if is_home_page(draft.canonical_url) else normalise_url(draft.canonical_url)
