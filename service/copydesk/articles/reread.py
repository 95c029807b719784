"""Read the article of an erratum: what to fetch, what it says, what of it is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copydesk.articles.fetch import FetchedPage, Fetcher
from copydesk.articles.html import PageUnreadable
from copydesk.articles.locate import Verdict, locate_in_text
from copydesk.articles.metadata import PageFacts, SiteRules, read_page
from copydesk.articles.problems import FetchFailed, FetchRefused
from copydesk.articles.taken_up import with_suggestion
from copydesk.errata.quote import Quote, quote_of
from copydesk.store.database import Database
from copydesk.store.tables import Article, ArticleAlias, Erratum, State
from copydesk.urls import host_of

NAMES_BETWEEN = "; "


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
            rules=SiteRules(byline_selector=site.byline_selector, hosts=tuple(site.hosts)),
        )


def look(fetcher: Fetcher, target: Target) -> Seen:
    """Fetch and read the page, within the fetcher's deadline. Raises ``CannotRead``."""
    try:
        page = fetcher.fetch(target.url)
        if host_of(page.url) not in target.rules.hosts:
            # A consent page, a login or an open redirect: not the site's word on its article.
            raise CannotRead("the address leads to another site", is_final=True)
        facts = read_page(page.body, page.url, charset=page.charset, site_rules=target.rules)
        verdict = locate_in_text(facts.text, target.quote)
        verdict = with_suggestion(facts.text, verdict, target.quote, target.suggestion)
        return Seen(page, facts, verdict)
    except (FetchRefused, PageUnreadable) as error:
        raise CannotRead(str(error), is_final=True) from error
    except FetchFailed as error:
        raise CannotRead(error.reason, is_final=error.permanent) from error


def keep_facts(session: Session, article: Article, seen: Seen, *, now: datetime) -> None:
    """Write what the page says of itself; its own canonical URL and addresses become known."""
    facts = seen.facts
    article.title = facts.title[:500] or article.title
    article.byline = NAMES_BETWEEN.join(author.name for author in facts.authors)[:300]
    article.byline_rule = facts.byline_rule
    article.section = facts.section[:200]
    article.language = facts.lang[:16] or article.language
    article.text_hash = hashlib.sha256(facts.text.encode()).hexdigest()
    article.etag = seen.page.etag[:300]
    article.last_modified = seen.page.last_modified[:100]
    article.last_read_at = now
    article.last_read_problem = ""
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
