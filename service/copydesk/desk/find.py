"""Find what an address names: within the member's sites, else 404, for both reasons alike."""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from copydesk.desk.edge import member
from copydesk.desk.forms import is_public_id
from copydesk.errata import known
from copydesk.errata.locking import lock_erratum
from copydesk.errors import NotFound
from copydesk.store.site import signpost
from copydesk.store.tables import Article, ArticleAlias, Author, Desk, Erratum, Role, Site

OfSite = TypeVar("OfSite", Article, Author, Desk)


def find_erratum(
    session: Session, public_id: str, role: Role = Role.AUTHOR, *, to_change: bool = False
) -> Erratum:
    """Return the erratum; raises ``NotFound``, or ``NotAllowed`` below ``role`` at its site.

    ``to_change`` locks its row and its article's: of two editors at one moment, the second one acts
    on what the first one left, and a new report comes before or after both.
    """
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Erratum).where(Erratum.public_id == public_id)
    if not to_change:
        statement = statement.options(joinedload(Erratum.article), joinedload(Erratum.site))
    erratum = session.scalar(statement)
    if erratum is None:
        raise NotFound
    member().access.require(role, erratum.site_id)
    if to_change:
        erratum = lock_erratum(session, erratum)
    if erratum is None:
        raise NotFound
    return erratum


def lock_articles_of(session: Session, public_ids: Iterable[str]) -> None:
    """Lock the articles of errata that are to be changed one after the other.

    In one order for everybody: two who tick the same rows would wait for each other.
    """
    articles = select(Erratum.article_id).where(
        Erratum.public_id.in_([one for one in public_ids if is_public_id(one)]),
        member().access.sites(Erratum.site_id, Role.AUTHOR),
    )
    known.lock_articles(session, session.scalars(articles.distinct()))


def find_article(session: Session, article_id: int, role: Role = Role.AUTHOR) -> Article:
    """Return the article, or the one that it became part of; raises like ``find_erratum``."""
    found = session.get(Article, article_id)
    if found is None:
        found = session.scalar(
            select(Article)
            .join(ArticleAlias, ArticleAlias.article_id == Article.id)
            .where(
                ArticleAlias.url == signpost(article_id),
                # Named site by site, so that the index serves those as well who may see all.
                ArticleAlias.site_id.in_(
                    select(Site.id).where(member().access.sites(Site.id, Role.AUTHOR))
                ),
            )
            .limit(1)
        )
    return _checked(found, role)


def find_author(session: Session, author_id: int) -> Author:
    """Return the author, for an admin of the site."""
    return _checked(session.get(Author, author_id), Role.ADMIN)


def find_desk(session: Session, desk_id: int) -> Desk:
    """Return the desk, for an admin of the site."""
    return _checked(session.get(Desk, desk_id), Role.ADMIN)


def find_site(session: Session, key: str, role: Role = Role.ADMIN) -> Site:
    """Return the site by its key; raises like ``find_erratum``."""
    site = session.scalar(select(Site).where(Site.key == key.replace("\x00", "")))
    if site is None:
        raise NotFound
    member().access.require(role, site.id)
    return site


def _checked(found: OfSite | None, role: Role) -> OfSite:
    if found is None:
        raise NotFound
    member().access.require(role, found.site_id)
    return found
