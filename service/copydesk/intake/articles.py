"""The articles that reports are about: known by an address, or added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, select, union_all
from sqlalchemy.orm import Session

from copydesk.intake.payload import ReportDraft
from copydesk.store.base import table_of
from copydesk.store.prepared import Prepared, among, dialect_of
from copydesk.store.prepared_insert import PreparedInsert, new_ids
from copydesk.store.tables import Article, ArticleAlias
from copydesk.urls import host_of, is_home_page, normalise_url

Address = tuple[int, str]
"""A site's id and a normalised URL."""


_ARTICLE, _ALIAS = table_of(Article), table_of(ArticleAlias)


def _known_by(dialect: str) -> Executable:
    """Return the statement that finds articles by their addresses, and locks them."""
    found = union_all(
        select(_ALIAS.c.site_id, _ALIAS.c.url, _ALIAS.c.article_id).where(
            among(_ALIAS.c.site_id, "sites", dialect), among(_ALIAS.c.url, "urls", dialect)
        ),
        select(_ARTICLE.c.site_id, _ARTICLE.c.canonical_url, _ARTICLE.c.id).where(
            among(_ARTICLE.c.site_id, "sites", dialect),
            among(_ARTICLE.c.canonical_url, "urls", dialect),
        ),
    )
    if dialect != "postgresql":  # SQLite has one writer at a time
        return found
    known = found.cte("known")
    locked = (
        select(_ARTICLE.c.id)
        .where(_ARTICLE.c.id.in_(select(known.c.article_id)))
        # In one order, so that two groups never wait for each other.
        .order_by(_ARTICLE.c.id)
        .with_for_update(key_share=True)
        .cte("locked")
    )
    return select(known).where(known.c.article_id.in_(select(locked.c.id)))


_KNOWN = Prepared(_known_by)
_ADD = PreparedInsert(_ARTICLE, is_numbered=True, ignore=("site_id", "canonical_url"))


@dataclass(frozen=True)
class Page:
    """The addresses that a report names for its article."""

    address: Address
    claimed: Address | None
    """What the client says is canonical, if it is a page of the site and not its front page. It is
    a hint for this report only: it never becomes an alias, or one forged report could redirect all
    later ones to another article."""
    title: str
    language: str

    @property
    def names(self) -> list[Address]:
        """What to look for, the surest first."""
        return [self.address, self.claimed] if self.claimed else [self.address]


@dataclass(frozen=True)
class FoundArticle:
    """The article of a report."""

    id: int
    is_new: bool


def page_of(draft: ReportDraft, site_id: int, hosts: Sequence[str]) -> Page:
    """Return the addresses that ``draft`` names."""
    address = site_id, normalise_url(draft.url)
    claimed = None
    url = draft.canonical_url
    if url and host_of(url) in hosts and not is_home_page(url):
        claimed = site_id, normalise_url(url)
    return Page(address, claimed, draft.title, draft.lang[:16])


def find_or_add_all(
    session: Session, pages: Sequence[Page], *, now: datetime
) -> list[FoundArticle]:
    """Return the article of each page, by an address it has shown itself, else by the claimed one.

    They are locked until the transaction ends, so that two readers at the same moment can't open
    one erratum twice. An article that is not known yet is added under the claimed address, else
    under its own: for the pages of a group as for one after the other, so that each article that is
    added has a report.
    """
    known = _known(session, {name for page in pages for name in page.names})
    missing: dict[Address, Page] = {}
    chosen: list[Address] = []
    for page in pages:
        name = next((name for name in page.names if name in known or name in missing), None)
        if name is None:
            name = page.claimed or page.address
            missing[name] = page
        chosen.append(name)
    added = _add(session, missing, now) if missing else {}
    ids = known | added
    if added and dialect_of(session) == "postgresql":  # SQLite has one writer at a time
        # One that another process has added at this moment is taken as it is.
        ids = known | _known(session, added)
    return [FoundArticle(ids[name], is_new=ids[name] == added.get(name)) for name in chosen]


def _known(session: Session, addresses: Iterable[Address]) -> dict[Address, int]:
    sites, urls = {site for site, _ in addresses}, {url for _, url in addresses}
    wanted = {"sites": list(sites), "urls": list(urls)}
    return {(site, url): article for site, url, article in _KNOWN.rows(session, wanted)}


def _add(session: Session, missing: dict[Address, Page], now: datetime) -> dict[Address, int]:
    """Add articles that are not there yet, and return the ids they then have, by address."""
    (ids,) = new_ids(session, (_ARTICLE, len(missing)))
    # In one order, or two groups with the same articles would wait for each other.
    added = dict(zip(sorted(missing), ids, strict=True))
    _ADD.add(
        session,
        [
            {
                "id": number,
                "site_id": site_id,
                "canonical_url": url,
                "title": missing[site_id, url].title,
                "language": missing[site_id, url].language,
                "created_at": now,
            }
            for (site_id, url), number in added.items()
        ],
    )
    return added
