"""Read the article of an erratum: what to fetch, what it says, what of it is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copydesk.articles.fetch import FetchedPage, Fetcher
from copydesk.articles.html import PageUnreadable
from copydesk.articles.locate import Verdict
from copydesk.articles.metadata import PageFacts, SiteRules, read_page
from copydesk.articles.page_kind import PageKind
from copydesk.articles.problems import FetchFailed, FetchRefused
from copydesk.articles.verdict import kind_since, read_quote
from copydesk.errata.quote import Quote, quote_of
from copydesk.store.database import Database
from copydesk.store.tables import Article, ArticleAlias, Erratum, Site, State
from copydesk.urls import host_of

NAMES_BETWEEN = "; "
# What an hour may change; a wall stays.
_PASSING = frozenset({PageKind.SHRUNK, PageKind.ROBOT, PageKind.NOT_FOUND})


class CannotRead(Exception):
    """The page says nothing. ``is_final``: trying again soon changes nothing."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


@dataclass(frozen=True)
class Target:
    """What must be known of an erratum to read its page; detached from the database."""

    erratum_id: int
    state: State
    url: str
    quote: Quote
    suggestion: str
    rules: SiteRules
    last_length: int = 0
    """Characters of the story when its page was last read; 0 if it never was."""


@dataclass(frozen=True)
class Seen:
    """One reading of a page, with what it says of the quote."""

    page: FetchedPage
    facts: PageFacts
    verdict: Verdict


def find_target(database: Database, erratum_id: int) -> Target | None:
    """Return what to read for an erratum, None when there is no such erratum."""
    with database.reading() as session:
        erratum = session.get(Erratum, erratum_id)
        if erratum is None:
            return None
        article, site = erratum.article, erratum.article.site
        return Target(
            erratum_id=erratum.id,
            state=erratum.state,
            url=article.canonical_url,
            quote=quote_of(erratum),
            suggestion=erratum.suggestion,
            rules=rules_of(site),
            last_length=article.text_length,
        )


def rules_of(site: Site) -> SiteRules:
    """Return what the site's editors entered about its pages."""
    return SiteRules(
        byline_selector=site.byline_selector,
        hosts=tuple(site.hosts),
        article_selector=site.article_selector,
    )


def look(fetcher: Fetcher, target: Target) -> Seen:
    """Fetch and read the page, within the fetcher's deadline. Raises ``CannotRead``."""
    try:
        page = fetcher.fetch(target.url)
        if host_of(page.url) not in target.rules.hosts:
            # A consent page, a login or an open redirect: not the site's word on its article.
            raise CannotRead("the address leads to another site", is_final=True)
        facts = read_page(page.body, page.url, charset=page.charset, site_rules=target.rules)
        verdict = read_quote(facts, target.quote, target.suggestion, last_length=target.last_length)
        kind = kind_since(facts, target.last_length)
        if kind is not PageKind.ARTICLE and verdict.kind == "unsure":
            # A wall in the article's place: the same as a page that was not served at all.
            raise CannotRead(verdict.reason, is_final=kind not in _PASSING)
        return Seen(page, facts, verdict)
    except (FetchRefused, PageUnreadable) as error:
        raise CannotRead(str(error), is_final=True) from error
    except FetchFailed as error:
        raise CannotRead(error.reason, is_final=error.permanent) from error


def keep_facts(session: Session, article: Article, seen: Seen, *, now: datetime) -> None:
    """Write what the page says of itself; its own canonical URL and addresses become known."""
    facts = seen.facts
    article.last_read_at = now
    article.last_read_problem = ""
    if facts.kind is not PageKind.ARTICLE and article.text_length:
        return  # the words were seen on a wall's teaser; what was read before is better
    article.title = facts.title[:500] or article.title
    article.byline = NAMES_BETWEEN.join(author.name for author in facts.authors)[:300]
    article.byline_rule = facts.byline_rule
    article.section = facts.section[:200]
    article.language = facts.lang[:16] or article.language
    article.text_hash = hashlib.sha256(facts.text.encode()).hexdigest()
    article.etag = seen.page.etag[:300]
    article.last_modified = seen.page.last_modified[:100]
    article.text_length = len(facts.article_text)
    _keep_addresses(session, article, facts.canonical_url)


def keep_problem(session: Session, erratum_id: int, reason: str) -> None:
    """Write why the page of an erratum could not be read."""
    erratum = session.get(Erratum, erratum_id)
    if erratum is not None:
        erratum.article.last_read_problem = reason


def _keep_addresses(session: Session, article: Article, canonical_url: str) -> None:
    """Move the article to the address its page names, unless another article is there already."""
    if canonical_url == article.canonical_url or not canonical_url:
        return
    if host_of(canonical_url) not in article.site.hosts:
        return
    taken = session.scalar(
        select(Article.id)
        .outerjoin(ArticleAlias, ArticleAlias.article_id == Article.id)
        .where(
            Article.site_id == article.site_id,
            Article.id != article.id,
            or_(Article.canonical_url == canonical_url, ArticleAlias.url == canonical_url),
        )
        .limit(1)
    )
    if taken is not None:
        return
    known = select(ArticleAlias.id).where(
        ArticleAlias.site_id == article.site_id, ArticleAlias.url == article.canonical_url
    )
    if session.scalar(known) is None:
        session.add(
            ArticleAlias(site_id=article.site_id, article_id=article.id, url=article.canonical_url)
        )
    article.canonical_url = canonical_url
