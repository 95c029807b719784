"""Read a page once: what it says of each erratum on it, and what of it is kept."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from copydesk import metrics
from copydesk.articles import problems
from copydesk.articles.fetch import FetchedPage, Fetcher
from copydesk.articles.html import PageUnreadable
from copydesk.articles.known_addresses import keep_addresses, same_title
from copydesk.articles.locate import Verdict
from copydesk.articles.metadata import PageFacts, read_page
from copydesk.articles.page_kind import PageKind
from copydesk.articles.problems import FetchFailed, FetchRefused
from copydesk.articles.twins import is_page_of
from copydesk.articles.verdict import kind_since, read_quote
from copydesk.articles.wanted import Target, WantedPage
from copydesk.precedence import PRECEDENCE
from copydesk.store.tables import Article
from copydesk.urls import host_of, is_home_page, normalise_url

NAMES_BETWEEN = "; "
MOST_ETAG = 300
MOST_DATE = 100
# What an hour may change; a wall stays.
_PASSING = frozenset({PageKind.SHRUNK, PageKind.ROBOT, PageKind.NOT_FOUND})


# Readers wait for servers side by side, but compute one after the other: in one process their
# computing would only take turns from the threads that answer readers.
_one_by_one = threading.Lock()


class CannotRead(Exception):
    """The page says nothing. ``is_final``: trying again soon changes nothing.

    ``failure``: what the host made of the request, where it was the host's doing.
    """

    def __init__(self, reason: str, *, is_final: bool, failure: FetchFailed | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.failure = failure


@dataclass(frozen=True)
class PageReading:
    """One reading of a page: ``said`` by erratum, or the ``problem`` it failed by.

    Neither of them: the page is the one that was read before.
    """

    wanted: WantedPage
    page: FetchedPage | None = None
    facts: PageFacts | None = None
    said: dict[int, Verdict | CannotRead] | None = None
    problem: CannotRead | None = None

    @property
    def is_unmodified(self) -> bool:
        """Whether the server says that its page has not changed."""
        return self.page is not None and self.page.not_modified

    @property
    def teaches(self) -> bool:
        """Whether it is sure that this is the article: some words, or their place, were found."""
        found = (self.said or {}).values()
        return any(isinstance(one, Verdict) and one.kind != "unsure" for one in found)


def read_for(fetcher: Fetcher, wanted: WantedPage) -> PageReading:
    """Fetch the page, within the fetcher's deadline, and judge each erratum by it; never raises.

    A wall in the article's place lets words stand, and tells nothing of those that are missing.
    """
    reading = _read_for(fetcher, wanted)
    metrics.fetches.labels(_result(reading)).inc()
    for found in (reading.said or {}).values():
        kind = found.kind if isinstance(found, Verdict) else "unsure"
        metrics.verdicts.labels(kind).inc()
    return reading


def _result(reading: PageReading) -> str:
    problem = reading.problem
    if problem is None:
        return "unmodified" if reading.is_unmodified else "read"
    if problem.failure is None:
        return "unusable"
    return "overloaded" if problem.failure.overloaded else "failed"


def _read_for(fetcher: Fetcher, wanted: WantedPage) -> PageReading:
    try:
        page = _fetch(fetcher, wanted)
        if page.not_modified:
            return PageReading(wanted, page)
        with _one_by_one:
            return _judged(page, wanted)
    except CannotRead as problem:
        return PageReading(wanted, problem=problem)
    except (FetchRefused, PageUnreadable) as error:
        return PageReading(wanted, problem=CannotRead(str(error), is_final=True))
    except FetchFailed as error:
        failed = CannotRead(error.reason, is_final=error.permanent, failure=error)
        return PageReading(wanted, problem=failed)


def _judged(page: FetchedPage, wanted: WantedPage) -> PageReading:
    PRECEDENCE.give()
    facts = read_page(page.body, page.url, charset=page.charset, site_rules=wanted.rules)
    if _is_elsewhere(page, facts, wanted):
        return PageReading(wanted, problem=CannotRead(problems.OTHER_ARTICLE, is_final=True))
    said: dict[int, Verdict | CannotRead] = {}
    for target in wanted.targets:
        PRECEDENCE.give()
        said[target.erratum_id] = _judge(facts, target, wanted)
    walls = [one for one in said.values() if isinstance(one, CannotRead)]
    if walls and len(walls) == len(said):
        return PageReading(wanted, page, facts, problem=walls[0])
    return PageReading(wanted, page, facts, said)


def _fetch(fetcher: Fetcher, wanted: WantedPage) -> FetchedPage:
    page = fetcher.fetch(wanted.url, etag=wanted.etag, last_modified=wanted.last_modified)
    if page.not_modified and page.url != wanted.copy_url:
        # A redirect leads elsewhere now: what is unchanged there is not the copy we know.
        page = fetcher.fetch(wanted.url)
    try:
        host, is_front_page = host_of(page.url), is_home_page(page.url)
    except ValueError as error:  # a redirect's target that grew too long by its escapes
        raise CannotRead(str(error), is_final=True) from error
    if host not in wanted.rules.hosts:
        # A consent page, a login or an open redirect: not the site's word on its article.
        raise CannotRead(problems.OTHER_SITE, is_final=True)
    if is_front_page and not is_home_page(wanted.url):
        raise CannotRead(problems.FRONT_PAGE, is_final=True)
    return page


def _is_elsewhere(page: FetchedPage, facts: PageFacts, wanted: WantedPage) -> bool:
    """Say whether the address leads to another article now: who moves one keeps its title.

    Articles that were taken down often lead to one on the same subject, whose words are no later
    version of theirs.
    """
    if not wanted.title or facts.kind is not PageKind.ARTICLE:
        return False
    was_redirected = normalise_url(page.url) != normalise_url(wanted.url)
    return was_redirected and not same_title(facts.title, wanted.title)


def _judge(facts: PageFacts, target: Target, wanted: WantedPage) -> Verdict | CannotRead:
    verdict = read_quote(facts, target.quote, target.suggestion, last_length=wanted.last_length)
    kind = kind_since(facts, wanted.last_length)
    if kind is not PageKind.ARTICLE and verdict.kind == "unsure":
        # A wall in the article's place: the same as a page that was not served at all.
        return CannotRead(verdict.reason, is_final=kind not in _PASSING)
    return verdict


def keep_page(session: Session, article: Article, reading: PageReading, *, now: datetime) -> None:
    """Write what is known of the article's page since this reading."""
    if reading.problem is not None:
        article.last_read_problem = reading.problem.reason
        _forget_copy(article, reading)
        return
    article.last_read_at = now
    article.last_read_problem = ""
    if reading.is_unmodified:
        return
    page, facts = reading.page, reading.facts
    assert page is not None, "a reading without a problem has its page"
    assert facts is not None, "and what stands on it"
    if article.text_length and not (reading.teaches and facts.kind is PageKind.ARTICLE):
        # A wall's teaser, or a page of which nothing shows that it is still the article: what was
        # read before is better.
        _forget_copy(article, reading)
        return
    _keep_facts(session, article, page, facts, now=now)


def keep_problem(article: Article, reason: str) -> None:
    """Write why the page could not be read."""
    article.last_read_problem = reason


def _forget_copy(article: Article, reading: PageReading) -> None:
    if reading.wanted.is_main:
        article.copy_at = None


def _keep_facts(
    session: Session, article: Article, page: FetchedPage, facts: PageFacts, *, now: datetime
) -> None:
    """Write what the page says of itself; its own addresses become known.

    Further pages of a long article teach nothing of the first one's text.
    """
    article.title = facts.title[:500] or article.title
    article.byline = NAMES_BETWEEN.join(author.name for author in facts.authors)[:300]
    article.byline_rule = facts.byline_rule
    article.section = facts.section[:200]
    article.language = facts.lang[:16] or article.language
    if not is_page_of(page.url, article.canonical_url):
        article.text_hash = hashlib.sha256(facts.text.encode()).hexdigest()
        article.text_length = len(facts.article_text)
        # One that is cut short would never match.
        article.etag = page.etag if len(page.etag) <= MOST_ETAG else ""
        article.last_modified = page.last_modified if len(page.last_modified) <= MOST_DATE else ""
        article.copy_url = page.url
        is_known = facts.kind is PageKind.ARTICLE and bool(article.etag or article.last_modified)
        article.copy_at = now if is_known else None
    if not is_page_of(facts.canonical_url, article.canonical_url):
        # A further page that names only itself is no other address of the article.
        keep_addresses(session, article, facts, now=now)
