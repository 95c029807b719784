"""What an editor typed into the search: words, an address or an id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from copydesk.desk.forms import is_public_id
from copydesk.desk.tabs import UNSETTLED
from copydesk.errata.search_index import SNOOZED, mark
from copydesk.errata.search_match import newest_matches
from copydesk.errata.search_words import terms_of
from copydesk.store.tables import Article, ArticleAlias, Erratum, Kind, Report, Shelf
from copydesk.store.tally import counts
from copydesk.urls import normalise_url

MOST_COUNTED = 100
"""The newest matches that are counted; when there are more, the tabs say "at least"."""
MOST_OF_ADDRESS = 500
"""The newest errata of one address that are looked through."""
_MOST_MARKS = 60


@dataclass(frozen=True)
class Looked:
    """What is looked for, and where."""

    text: str
    site_ids: Sequence[int]
    is_everywhere: bool
    """Whether these are all sites there are."""
    kind: Kind | None
    shelf: Shelf | None = None
    """None: any but the merged ones."""
    is_asleep: bool | None = None
    """Whether it must, or must not, be snoozed at this moment; None: both will do."""

    def anywhere(self) -> "Looked":
        """Look on all shelves."""
        return replace(self, shelf=None, is_asleep=None)


@dataclass(frozen=True)
class Found:
    """An erratum that fits."""

    erratum_id: int
    site_id: int
    shelf: Shelf
    kind: Kind
    snoozed_until: datetime | None

    def is_asleep(self, now: datetime) -> bool:
        """Say whether it is snoozed."""
        is_unsettled = self.shelf in UNSETTLED
        return is_unsettled and self.snoozed_until is not None and self.snoozed_until > now

    def fits(self, looked: Looked, now: datetime) -> bool:
        """Say whether the row itself is what is looked for, whatever the index says of it.

        Not a condition of the query: SQLite would then rather read all errata of a site than those
        whose ids it is given.
        """
        return (
            self.shelf is not Shelf.MERGED
            and looked.shelf in {None, self.shelf}
            and looked.kind in {None, self.kind}
            and (looked.is_everywhere or self.site_id in looked.site_ids)
            and looked.is_asleep in {None, self.is_asleep(now)}
        )


def find(
    session: Session, looked: Looked, *, limit: int, now: datetime, before: int | None = None
) -> list[Found]:
    """Return what fits, opened last first; ``before`` is the last one of the page before.

    An erratum's or a report's id and an article's address are looked up as such: they find what
    came in a moment ago and is not in the index of words yet. The words of anything else are
    looked for as beginnings of words, all of them in one erratum and what was said of it.
    """
    found: list[Found] = []
    for ids in _candidates(session, looked, limit, before):
        rows = session.execute(
            select(Erratum.id, Erratum.site_id, Erratum.shelf, Erratum.kind, Erratum.snoozed_until)
            .where(Erratum.id.in_(ids))
            .order_by(Erratum.id.desc())
        )
        found += [one for one in (Found(*row) for row in rows) if one.fits(looked, now)]
        if len(found) >= limit:
            break
    return found[:limit]


def _candidates(
    session: Session, looked: Looked, limit: int, before: int | None
) -> Iterator[Sequence[int]]:
    named = _named(session, looked)
    if named:
        yield sorted((one for one in named if before is None or one < before), reverse=True)
        return
    terms = terms_of(looked.text.removeprefix("https://").removeprefix("http://"))
    if terms:
        yield from newest_matches(
            session,
            terms,
            _marks(looked),
            before=before,
            # A few more than wanted: the index may be a moment behind the rows.
            most=limit + 20,
            marked=_count_marked(session, looked),
        )


def _count_marked(session: Session, looked: Looked) -> int:
    """Return how many errata there are where we look, whatever their words."""
    if looked.is_asleep:
        return 0  # few, whatever their number
    shelves = counts(session, None if looked.is_everywhere else looked.site_ids, looked.kind)
    return sum(n for shelf, n in shelves.items() if looked.shelf in {None, shelf})


def _marks(looked: Looked) -> list[list[str]]:
    """Return what to look for beside the words: of each inner list, one mark must be there."""
    marks = []
    if looked.is_asleep:
        marks.append([SNOOZED])
    if looked.kind is not None:
        marks.append([mark(kind=looked.kind)])
    if not looked.is_everywhere and len(looked.site_ids) <= _MOST_MARKS:
        marks.append([mark(site_id=one, shelf=looked.shelf) for one in looked.site_ids])
    elif looked.shelf is not None:
        marks.append([mark(shelf=looked.shelf)])
    return [some for some in marks if some]


def _named(session: Session, looked: Looked) -> list[int]:
    """Return the errata whose id, report's id or address this is; nothing when it is none."""
    typed = looked.text
    if typed.startswith(("http://", "https://")):
        return _of_address(session, looked, typed)
    found: list[int] = []
    if is_public_id(typed):
        found += session.scalars(select(Erratum.id).where(Erratum.public_id == typed))
    try:
        client_id = str(UUID(typed))
    except ValueError:
        return found
    reports = select(Report.erratum_id).where(
        Report.site_id.in_(looked.site_ids), Report.client_id == client_id
    )
    return [*found, *session.scalars(reports)]


def _of_address(session: Session, looked: Looked, typed: str) -> list[int]:
    try:
        address = normalise_url(typed)
    except ValueError:
        return []
    articles = union(
        select(Article.id).where(
            Article.site_id.in_(looked.site_ids), Article.canonical_url == address
        ),
        select(ArticleAlias.article_id).where(
            ArticleAlias.site_id.in_(looked.site_ids), ArticleAlias.url == address
        ),
    )
    ids = session.scalars(articles).all()
    errata = (
        select(Erratum.id)
        .where(Erratum.article_id.in_(ids))
        .order_by(Erratum.id.desc())
        .limit(MOST_OF_ADDRESS)
    )
    return list(session.scalars(errata))
