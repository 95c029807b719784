"""Errata as the intake looks them up: by indexes, for many reports at once, without the ORM."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.store.base import table_of
from copydesk.store.prepared import Prepared, among
from copydesk.store.tables import Article, Erratum, ErratumWord, State

CANDIDATES = 300
"""The newest errata sharing a word in error that are compared. More than that is an attack, and
exact repeats are still found by their fingerprint."""


class KnownErratum(NamedTuple):
    """What of an erratum tells whether a report belongs to it, and what becomes of it then."""

    id: int
    article_id: int
    version: int
    fingerprint: str
    state: State
    report_count: int
    suggestion: str
    declined_reason: str
    merged_into_id: int | None
    quote: str
    prefix: str
    suffix: str

    @property
    def claim(self) -> Claim:
        """What its first reader said is wrong."""
        return Claim(Quote(self.quote, self.prefix, self.suffix), self.suggestion)


_ARTICLE, _ERRATUM, _WORD = table_of(Article), table_of(Erratum), table_of(ErratumWord)
_COLUMNS = (
    _ERRATUM.c.id,
    _ERRATUM.c.article_id,
    _ERRATUM.c.fingerprint_version,
    _ERRATUM.c.fingerprint,
    _ERRATUM.c.state,
    _ERRATUM.c.report_count,
    _ERRATUM.c.suggestion,
    _ERRATUM.c.declined_reason,
    _ERRATUM.c.merged_into_id,
    _ERRATUM.c.quote,
    _ERRATUM.c.prefix,
    _ERRATUM.c.suffix,
)
_BY_FINGERPRINT = Prepared(
    lambda dialect: select(*_COLUMNS).where(
        among(_ERRATUM.c.article_id, "articles", dialect),
        among(_ERRATUM.c.fingerprint_version, "versions", dialect),
        among(_ERRATUM.c.fingerprint, "fingerprints", dialect),
    )
)
_BY_WORDS = Prepared(
    lambda dialect: (
        select(_WORD.c.word, *_COLUMNS)
        .join(_ERRATUM, _ERRATUM.c.id == _WORD.c.erratum_id)
        .where(
            among(_WORD.c.article_id, "articles", dialect), among(_WORD.c.word, "words", dialect)
        )
        .order_by(_WORD.c.erratum_id.desc())
        .limit(literal_column(str(CANDIDATES)))
    )
)
_BY_IDS = Prepared(lambda dialect: select(*_COLUMNS).where(among(_ERRATUM.c.id, "ids", dialect)))
_LOCK = Prepared(
    lambda dialect: (
        select(_ARTICLE.c.id)
        .where(among(_ARTICLE.c.id, "articles", dialect))
        .order_by(_ARTICLE.c.id)
        .with_for_update(key_share=True)
    )
)


def lock_articles(session: Session, ids: Iterable[int]) -> None:
    """Lock in the order of the ids, so that two groups never wait for each other."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        _LOCK.rows(session, {"articles": list(ids)})


def by_fingerprint(
    session: Session, articles: Iterable[int], versions: Iterable[int], fingerprints: Iterable[str]
) -> list[KnownErratum]:
    """Return the errata of these articles that have one of these keys."""
    asked = {
        "articles": list(articles),
        "versions": list(versions),
        "fingerprints": list(fingerprints),
    }
    return [KnownErratum(*row) for row in _BY_FINGERPRINT.rows(session, asked)]


def by_words(
    session: Session, articles: Iterable[int], words: Iterable[str]
) -> list[tuple[str, KnownErratum]]:
    """Return each of these words that is in error in one of these articles, with its erratum.

    The newest first, at most 300.
    """
    asked = {"articles": list(articles), "words": list(words)}
    return [(word, KnownErratum(*row)) for word, *row in _BY_WORDS.rows(session, asked)]


def by_ids(session: Session, ids: Iterable[int]) -> list[KnownErratum]:
    """Return these errata."""
    return [KnownErratum(*row) for row in _BY_IDS.rows(session, {"ids": list(ids)})]
