"""Which article an address leads to: what a reading of its page teaches the service."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copydesk.articles.metadata import PageFacts
from copydesk.errata.matching import BoundedMatcher, TooMuchWork
from copydesk.outbox import enqueue
from copydesk.store.tables import Article, ArticleAlias
from copydesk.urls import host_of

MOST_ALIASES = 20
"""Addresses of one article; a page that names a new one at each reading means none of them."""
ALIKE = 0.85
"""How alike two titles must be (0 to 1): a twin may add the site's name, or drop a dash."""

_MOST_STEPS = 100_000
"""Some milliseconds: two titles are compared while the article's row is locked."""


def keep_addresses(session: Session, article: Article, facts: PageFacts, *, now: datetime) -> None:
    """Move the article to the address its page names, and learn its other addresses.

    When another article is there already, the two are one and become one, by work that is owed.
    But only if their titles agree: a broken template names one address for all its pages.
    """
    hosts = article.site.hosts
    canonical = facts.canonical_url
    if canonical and canonical != article.canonical_url and host_of(canonical) in hosts:
        other = _holder(session, article, canonical)
        if other is None:
            _add_alias(session, article, article.canonical_url)
            article.canonical_url = canonical
        else:
            owe_merging(session, article, other, facts.title, now=now)
    elif facts.twin_of and host_of(facts.twin_of) in hosts:
        other = _holder(session, article, facts.twin_of)
        if other is not None:
            owe_merging(session, article, other, facts.title, now=now)
    for alias in facts.aliases:
        if host_of(alias) in hosts and _holder(session, article, alias) is None:
            _add_alias(session, article, alias)


def owe_merging(
    session: Session, article: Article, other: Article, title: str, *, now: datetime
) -> None:
    """Owe making the two one, if the other one's page was read and has the same title."""
    if other.last_read_at is None or not same_title(title, other.title):
        return
    payload = {"article_id": article.id, "into_id": other.id}
    key = f"merge_articles:{article.id}:{other.id}"
    enqueue(session, "merge_articles", key, payload, now=now)


def same_title(one: str, other: str) -> bool:
    """Say whether two titles are of one article; an empty one is of none.

    Nor are two that take long to compare: titles of one article hardly differ, and that is quick.
    """
    first, second = " ".join(one.casefold().split()), " ".join(other.casefold().split())
    if not first or not second:
        return False
    matcher = BoundedMatcher(first, second, most_steps=_MOST_STEPS)
    try:
        return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
    except TooMuchWork:
        return False


def _holder(session: Session, article: Article, url: str) -> Article | None:
    return session.scalar(
        select(Article)
        .outerjoin(ArticleAlias, ArticleAlias.article_id == Article.id)
        .where(
            Article.site_id == article.site_id,
            Article.id != article.id,
            or_(Article.canonical_url == url, ArticleAlias.url == url),
        )
        .limit(1)
    )


def _add_alias(session: Session, article: Article, url: str) -> None:
    known = session.scalars(
        select(ArticleAlias.url).where(ArticleAlias.article_id == article.id)
    ).all()
    if url not in known and len(known) < MOST_ALIASES:
        session.add(ArticleAlias(site_id=article.site_id, article_id=article.id, url=url))
        session.flush()
