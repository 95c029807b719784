"""Read the article of an erratum: what to fetch, what it says, what of it is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.articles import problems
from copydesk.articles.fetch import FetchedPage, Fetcher
from copydesk.articles.html import PageUnreadable
from copydesk.articles.known_addresses import keep_addresses
from copydesk.articles.locate import Verdict
from copydesk.articles.metadata import PageFacts, SiteRules, read_page
from copydesk.articles.page_kind import PageKind
from copydesk.articles.problems import FetchFailed, FetchRefused
from copydesk.articles.twins import is_page_of
from copydesk.articles.verdict import kind_since, read_quote
from copydesk.errata.quote import Quote, quote_of
from copydesk.store.database import Database
from copydesk.store.tables import Article, Erratum, Report, Site, State
from copydesk.urls import host_of, normalise_url

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
        url = _address_of(session, erratum)
        return Target(
            erratum_id=erratum.id,
            state=erratum.state,
            url=url,
            quote=quote_of(erratum),
            suggestion=erratum.suggestion,
            rules=rules_of(site),
            last_length=article.text_length if url == article.canonical_url else 0,
        )


def _address_of(session: Session, erratum: Erratum) -> str:
    """Return where the erratum's words are: at the article's address, or on a further page of it.

    A reader's address is taken only as far as it is spelt as a page of the very article.
    """
    first = select(Report.url).where(Report.erratum_id == erratum.id).order_by(Report.id).limit(1)
    reported, canonical = session.scalar(first) or "", erratum.article.canonical_url
    return normalise_url(reported) if is_page_of(reported, canonical) else canonical


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
            raise CannotRead(problems.OTHER_SITE, is_final=True)
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
    """Write what the page says of itself; its own addresses become known.

    Further pages of a long article teach nothing of the first one's text.
    """
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
    if not is_page_of(seen.page.url, article.canonical_url):
        article.text_hash = hashlib.sha256(facts.text.encode()).hexdigest()
        article.text_length = len(facts.article_text)
        article.etag = seen.page.etag[:300]
        article.last_modified = seen.page.last_modified[:100]
    keep_addresses(session, article, facts, now=now)


def keep_problem(session: Session, erratum_id: int, reason: str) -> None:
    """Write why the page of an erratum could not be read."""
    erratum = session.get(Erratum, erratum_id)
    if erratum is not None:
        erratum.article.last_read_problem = reason
