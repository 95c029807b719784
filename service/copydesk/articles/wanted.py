"""What is to be read: one page, with all errata that a reading of it says something of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from copydesk.articles.metadata import SiteRules
from copydesk.articles.twins import is_page_of
from copydesk.errata.quote import Quote, quote_of
from copydesk.errata.schedule import LIVE, WATCHED
from copydesk.store.prepared import one_of
from copydesk.store.tables import PAGE_RULES_FROM, Article, Erratum, Proof, Report, Site
from copydesk.urls import normalise_url

MOST_ERRATA = 300
"""Of one reading, those that are due first; more are an attack, and wait for the next one."""
TRUST_COPY = timedelta(days=1)
"""How long a server's word "not modified" is taken: some say so for ever. The rare readings after
the first days are in full, and cost little because they are rare."""

UNPROVED = (
    Erratum.state.in_(LIVE),
    Erratum.proof == Proof.PENDING,
    Erratum.before == "",
    Erratum.report_count > 0,
)
"""Which errata wait for the first reading of their page."""


@dataclass(frozen=True)
class Target:
    """What must be known of an erratum to judge a page; detached from the database."""

    erratum_id: int
    quote: Quote
    suggestion: str
    is_due: bool
    """Its turn has come; the others are served along."""
    is_unproved: bool


@dataclass(frozen=True)
class WantedPage:
    """One page to fetch, and for whom; detached from the database."""

    article_id: int
    url: str
    is_main: bool
    """It is the article's own address and not a further page of it."""
    rules: SiteRules
    targets: tuple[Target, ...]
    is_claimed: bool
    """Somebody who says "corrected" waits for the answer."""
    title: str
    """The article's, when it was last read; empty if it never was."""
    last_length: int
    """Characters of the story when this page was last read; 0 if it never was."""
    copy_url: str
    """Where the known copy was read; empty when the page must come in full."""
    etag: str
    last_modified: str

    def in_full(self) -> "WantedPage":
        """Return the same wish, whatever copy is known."""
        return WantedPage(**{**self.__dict__, "copy_url": "", "etag": "", "last_modified": ""})


def rules_of(site: Site) -> SiteRules:
    """Return what the site's editors entered about its pages."""
    return SiteRules(
        byline_selector=site.byline_selector,
        hosts=tuple(site.hosts),
        article_selector=site.article_selector,
    )


def page_that_is_due(
    session: Session, article_id: int, *, now: datetime, also: int | None = None
) -> WantedPage | None:
    """Return the page of the article whose turn it is, None when nothing is due.

    ``also``: an erratum that is due although no time was set for it.
    """
    article = session.get(Article, article_id)
    if article is None:
        return None
    errata = _watched(session, article, also)
    due = [erratum.id for erratum in errata if _is_due(erratum, now, also)]
    if not due:
        return None
    addresses = _addresses(session, article, errata)
    url = addresses[due[0]]
    here = [erratum for erratum in errata if addresses[erratum.id] == url]
    return _wanted(article, url, here, due, now)


def page_of(session: Session, erratum_id: int, *, now: datetime) -> WantedPage | None:
    """Return the page of a live erratum, which is its first target; None when it is settled.

    The other targets are those on the page that wait for their proof or are watched.
    """
    erratum = session.get(Erratum, erratum_id)
    if erratum is None or erratum.state not in LIVE:
        return None
    article = erratum.article
    others = [one for one in _beside(session, article) if one.id != erratum_id]
    addresses = _addresses(session, article, [erratum, *others])
    url = addresses[erratum_id]
    here = [one for one in others if addresses[one.id] == url]
    due = [erratum_id, *(one.id for one in here if _is_due(one, now))]
    return _wanted(article, url, [erratum, *here], due, now).in_full()


def _watched(session: Session, article: Article, also: int | None) -> list[Erratum]:
    has_time = Erratum.recheck_due_at.is_not(None)
    query = select(Erratum).where(
        Erratum.article_id == article.id,
        Erratum.state.in_(WATCHED),
        Erratum.fingerprint_version < PAGE_RULES_FROM,
        has_time if also is None else or_(has_time, Erratum.id == also),
    )
    # Whoever has no time comes first; the two databases differ on that.
    order = (has_time, Erratum.recheck_due_at, Erratum.id)
    return list(session.scalars(query.order_by(*order).limit(MOST_ERRATA)))


def _beside(session: Session, article: Article) -> list[Erratum]:
    pending = select(Erratum).where(Erratum.article_id == article.id, *UNPROVED)
    waiting = list(session.scalars(pending.order_by(Erratum.id).limit(MOST_ERRATA)))
    known = {erratum.id for erratum in waiting}
    return waiting + [one for one in _watched(session, article, None) if one.id not in known]


def _is_due(erratum: Erratum, now: datetime, also: int | None = None) -> bool:
    due = erratum.recheck_due_at
    return erratum.id == also if due is None else due <= now


def _wanted(
    article: Article, url: str, errata: Sequence[Erratum], due: Sequence[int], now: datetime
) -> WantedPage:
    is_main = url == article.canonical_url
    is_young = article.copy_at is not None and now - article.copy_at < TRUST_COPY
    has_copy = (
        is_main and is_young and all(_was_judged_by_copy(erratum, article) for erratum in errata)
    )
    return WantedPage(
        article_id=article.id,
        url=url,
        is_main=is_main,
        rules=rules_of(article.site),
        targets=tuple(
            Target(
                erratum_id=erratum.id,
                quote=quote_of(erratum),
                suggestion=erratum.suggestion,
                is_due=erratum.id in due,
                is_unproved=not erratum.before and erratum.proof is Proof.PENDING,
            )
            for erratum in errata
        ),
        is_claimed=any(
            erratum.correction_claimed_at is not None and erratum.id in due for erratum in errata
        ),
        title=article.title if article.text_length else "",
        last_length=article.text_length if is_main else 0,
        copy_url=article.copy_url if has_copy else "",
        etag=article.etag if has_copy else "",
        last_modified=article.last_modified if has_copy else "",
    )


def _was_judged_by_copy(erratum: Erratum, article: Article) -> bool:
    """Say whether "not modified" would say something of this erratum: that all is as before.

    Not while a correction waits for its second look or somebody for an answer: for those the page
    itself must speak, and a cache that answers for it might be the one that is wrong.
    """
    return (
        article.copy_at is not None
        and erratum.checked_at is not None
        and erratum.checked_at >= article.copy_at
        and erratum.unlike_since is None
        and erratum.correction_claimed_at is None
    )


def _addresses(session: Session, article: Article, errata: Sequence[Erratum]) -> dict[int, str]:
    """Return where each erratum's words are: the article's address, or a further page of it.

    A reader's address is taken only as far as it is spelt as a page of the very article.
    """
    firsts = (
        select(func.min(Report.id))
        .where(one_of(session, Report.erratum_id, [erratum.id for erratum in errata]))
        .group_by(Report.erratum_id)
    )
    rows = session.execute(select(Report.erratum_id, Report.url).where(Report.id.in_(firsts)))
    reported = {row.erratum_id: row.url for row in rows}
    canonical = article.canonical_url
    return {
        erratum.id: normalise_url(reported[erratum.id])
        if is_page_of(reported.get(erratum.id, ""), canonical)
        else canonical
        for erratum in errata
    }
