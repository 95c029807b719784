"""In which order rows are locked: the article's, then those of its errata, by all who need both.

A new report finds its erratum under the lock of the article alone, for it looks at many of them and
changes one. So whoever moves an erratum locks the article as well: else a report would be counted
on an erratum that is merged away at the same moment, or reopen one that is open already. SQLite
takes one writer at a time, and locks no rows.
"""

from sqlalchemy.orm import Session

from copydesk.errata import known
from copydesk.store.tables import Article, Erratum


def lock_article(session: Session, article_id: int) -> Article | None:
    """Lock the article's row and return it as it is now; None when it is gone."""
    return session.get(Article, article_id, with_for_update=True, populate_existing=True)


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
    return session.get(Erratum, erratum.id, with_for_update=True, populate_existing=True)
