"""What an editor typed into the search: words, an address or an id."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, column, select, table, text, union
from sqlalchemy.orm import Session

from copydesk.desk.forms import is_public_id
from copydesk.errata.search_index import SNOOZED, mark
from copydesk.errata.search_words import Term, terms_of
from copydesk.store.tables import Article, ArticleAlias, Erratum, Kind, Report, Shelf
from copydesk.urls import normalise_url

MOST_COUNTED = 100
"""Matches that are counted for one tab; the page shows "100+" then."""
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
    is_snoozed: bool = False
    """Whether only what was ever snoozed counts."""
    extra: ColumnElement[bool] | None = None

    def on(self, shelf: Shelf) -> "Looked":
        """Look on this shelf, for whatever lies there."""
        return replace(self, shelf=shelf, is_snoozed=False, extra=None)


@dataclass(frozen=True)
class Found:
    """An erratum that fits."""

    erratum_id: int
    snoozed_until: datetime | None


def find(session: Session, looked: Looked, *, limit: int, before: int | None = None) -> list[Found]:
    """Return what fits, opened last first; ``before`` is the last one of the page before.

    An erratum's or a report's id and an article's address are looked up as such: they find what
    came in a moment ago and is not in the index of words yet. The words of anything else are
    looked for as beginnings of words, all of them in one erratum and what was said of it.
    """
    columns = select(Erratum.id, Erratum.snoozed_until)
    named = _named(session, looked)
    if named:
        statement = columns.where(Erratum.id.in_(named))
        place: ColumnElement[int] = Erratum.__table__.c.id
    else:
        terms = terms_of(looked.text.removeprefix("https://").removeprefix("http://"))
        if not terms:
            return []
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        place = column("rowid" if is_sqlite else "erratum_id", _selectable=_INDEX)
        asked = _for_fts5(terms, looked) if is_sqlite else _for_tsquery(terms, looked)
        matches = "erratum_search MATCH :asked" if is_sqlite else "words @@ CAST(:asked AS tsquery)"
        statement = (
            columns.select_from(_INDEX)
            .join(Erratum, Erratum.id == place)
            .where(text(matches).bindparams(asked=asked))
        )
    if before is not None:
        statement = statement.where(place < before)
    statement = statement.where(_within(looked)).order_by(place.desc()).limit(limit)
    return [Found(*row) for row in session.execute(statement)]


_INDEX: FromClause = table("erratum_search")


def _within(looked: Looked) -> ColumnElement[bool]:
    """Return what must hold for the row itself: the index may be a moment behind it."""
    conditions = [Erratum.shelf != Shelf.MERGED]
    if looked.shelf is not None:
        conditions.append(Erratum.shelf == looked.shelf)
    if not looked.is_everywhere:
        conditions.append(Erratum.site_id.in_(looked.site_ids))
    if looked.kind is not None:
        conditions.append(Erratum.kind == looked.kind)
    if looked.extra is not None:
        conditions.append(looked.extra)
    return and_(*conditions)


def _marks(looked: Looked) -> list[list[str]]:
    """Return what to look for beside the words: of each inner list, one mark must be there."""
    marks = []
    if looked.is_snoozed:
        marks.append([SNOOZED])
    if looked.kind is not None:
        marks.append([mark(kind=looked.kind)])
    if not looked.is_everywhere and len(looked.site_ids) <= _MOST_MARKS:
        marks.append([mark(site_id=one, shelf=looked.shelf) for one in looked.site_ids])
    elif looked.shelf is not None:
        marks.append([mark(shelf=looked.shelf)])
    return [some for some in marks if some]


def _for_fts5(terms: Sequence[Term], looked: Looked) -> str:
    """Write the search for FTS5. Words and marks hold no quotation mark: see ``search_words``."""
    words = [f'"{term.word}"{"*" if term.is_beginning else ""}' for term in terms]
    marks = ["(" + " OR ".join(f'"{one}"' for one in some) + ")" for some in _marks(looked)]
    return " AND ".join(words + marks)


def _for_tsquery(terms: Sequence[Term], looked: Looked) -> str:
    """Write the search for PostgreSQL; what stands in quotation marks is taken as it is."""
    words = [f"'{term.word}'{':*' if term.is_beginning else ''}" for term in terms]
    marks = ["(" + " | ".join(f"'{one}'" for one in some) + ")" for some in _marks(looked)]
    return " & ".join(words + marks)


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
