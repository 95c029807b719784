"""Errata as the intake looks them up: by indexes, for many reports at once, without the ORM."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, literal_column, null, select, union_all
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


WordInError = tuple[str, KnownErratum]
"""A word and an erratum in which it is in error."""

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


def _alike(dialect: str) -> CompoundSelect[Any]:
    """Return the statement that finds errata by their key, and by the words in error.

    One for both: a round trip costs more than to look for the words of those known by their key.
    """
    by_key = select(null().label("word"), *_COLUMNS).where(
        among(_ERRATUM.c.article_id, "articles", dialect),
        among(_ERRATUM.c.fingerprint_version, "versions", dialect),
        among(_ERRATUM.c.fingerprint, "fingerprints", dialect),
    )
    by_word = (
        select(_WORD.c.word, *_COLUMNS)
        .join(_ERRATUM, _ERRATUM.c.id == _WORD.c.erratum_id)
        .where(
            among(_WORD.c.article_id, "articles", dialect), among(_WORD.c.word, "words", dialect)
        )
        .order_by(_WORD.c.erratum_id.desc())
        .limit(literal_column(str(CANDIDATES)))
    )
    return union_all(by_key, select(*by_word.subquery().c))


_ALIKE = Prepared(_alike)
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


def alike(
    session: Session,
    *,
    articles: Iterable[int],
    versions: Iterable[int],
    fingerprints: Iterable[str],
    words: Iterable[str],
) -> tuple[list[KnownErratum], list[WordInError]]:
    """Return the errata of these articles that have one of the keys, and those by their words.

    A word that is in error in several errata comes with each; the newest first, at most 300.
    """
    asked = {
        "articles": list(articles),
        "versions": list(versions),
        "fingerprints": list(fingerprints),
        "words": list(words),
    }
    by_key: list[KnownErratum] = []
    by_word: list[WordInError] = []
    for word, *row in _ALIKE.rows(session, asked):
        erratum = KnownErratum(*row)
        if word is None:
            by_key.append(erratum)
        else:
            by_word.append((word, erratum))
    return by_key, sorted(by_word, key=lambda found: -found[1].id)


def by_ids(session: Session, ids: Iterable[int]) -> list[KnownErratum]:
    """Return these errata."""
    return [KnownErratum(*row) for row in _BY_IDS.rows(session, {"ids": list(ids)})]
