"""In which order rows are locked: the article's, then those of its errata, by all who need both.

A new report finds its erratum under the lock of the article alone, for it looks at many of them and
changes one. So whoever moves an erratum locks the article as well: else a report would be counted
on an erratum that is merged away at the same moment, or reopen one that is open already. SQLite
takes one writer at a time, and locks no rows.

On PostgreSQL they are locked for changes and not for deletion (``FOR NO KEY UPDATE``): whoever only
refers to a row, as a mail or a line of the history does, goes on beside it. Whoever deletes rows,
the merger of articles and the purge, locks them for that.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata import known
from copydesk.store.prepared import one_of
from copydesk.store.tables import Article, Erratum

FOR_CHANGES = {"key_share": True}
"""How SQLAlchemy is told ``FOR NO KEY UPDATE``."""


def lock_article(session: Session, article_id: int) -> Article | None:
    """Lock the article's row and return it as it is now; None when it is gone."""
    return session.get(Article, article_id, with_for_update=FOR_CHANGES, populate_existing=True)


def lock_erratum(session: Session, erratum: Erratum) -> Erratum | None:
    """Lock the row of ``erratum`` after its article's and read it anew; None when it is gone."""
    found: Erratum | None = erratum
    locked = None
    while found is not None and found.article_id != locked:
        locked = found.article_id
        known.lock_articles(session, [locked])
        # Its article may have become part of another one meanwhile; from here on it can't.
        found = session.get(Erratum, erratum.id, populate_existing=True)
    if found is None:
        return None
    return session.get(Erratum, erratum.id, with_for_update=FOR_CHANGES, populate_existing=True)


def lock_errata(session: Session, ids: Collection[int]) -> list[Erratum]:
    """Lock the rows and return them as they are now, to be called under their article's lock."""
    query = select(Erratum).where(one_of(session, Erratum.id, ids)).order_by(Erratum.id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(session.scalars(query))
