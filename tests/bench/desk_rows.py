"""A database as large as wanted: ten sites of very different size, Russian words by Zipf's law.

Filled by bulk statements. One erratum for each report, which is the most that lists can hold, and
ten for each article.
"""

import random
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.errata.search_index import mark
from copydesk.errata.search_words import words_of
from copydesk.errata.word_keys_v1 import word_keys
from copydesk.store import tally
from copydesk.store.base import Base
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    Erratum,
    ErratumWord,
    JobState,
    Kind,
    OutboxJob,
    Proof,
    Report,
    Shelf,
    Site,
    State,
)
from copydesk.upkeep.move import go_on_counting

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITES = 10
BATCH = 5000
VOCABULARY = 40_000
OLD_WORD = "олимпиада"
"""Stands in one of twenty errata, and in none of the newer ones: what a planner guesses wrong."""
_SYLLABLES = [a + b for a in "бвгдзклмнпрстхчш" for b in "аеиоуыя"]
_STATES = {
    State.OPEN: 12,
    State.CONFIRMED: 6,
    State.CORRECTED: 64,
    State.DECLINED: 12,
    State.SPAM: 5.9,
    State.MERGED: 0.1,
}
_KINDS = {Kind.LANGUAGE: 88, Kind.FACT: 11, Kind.OTHER: 1}
_PROOFS = {Proof.FOUND: 90, Proof.NOT_FOUND: 7, Proof.UNREADABLE: 3}


def key_of(number: int) -> str:
    """Return the key of a site; site 0 has half of everything."""
    return f"site{number}"


def host_of_site(number: int) -> str:
    """Return its host."""
    return f"{number}.example"


class Rows:
    """Draws everything from one seed, so that two runs measure one database."""

    def __init__(self, reports: int) -> None:
        self.reports = reports
        self._random = random.Random(20260302)
        seen = dict.fromkeys(self._word() for _ in range(VOCABULARY * 2))
        self.vocabulary = list(seen)[:VOCABULARY]
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(len(self.vocabulary))))
        self._site_weights = list(accumulate(2.0**-rank for rank in range(SITES)))

    def fill(self, database: Database) -> None:
        """Fill an empty, migrated database."""
        is_sqlite = database.is_sqlite
        with database.transaction() as session:
            triggers = _without_triggers(session, is_sqlite=is_sqlite)
            session.execute(insert(Site), [self._site(number) for number in range(SITES)])
        for start in range(0, self.reports, BATCH):
            with database.transaction() as session:
                self._batch(session, start, is_sqlite=is_sqlite)
        with database.transaction() as session:
            session.execute(insert(OutboxJob), [self._job(number) for number in range(20_000)])
            tally.mend(session)
            if not is_sqlite:
                for table in Base.metadata.sorted_tables:
                    go_on_counting(session.connection(), table)
            for trigger in triggers:
                session.execute(text(trigger))
        if not is_sqlite:
            alone = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with alone as connection:
                connection.execute(text("VACUUM ANALYZE"))

    def seen_at(self, number: int) -> datetime:
        """Return about when an erratum was seen last: one every half minute."""
        return NOW - timedelta(seconds=(self.reports - number) * 30)

    def _batch(self, session: Session, start: int, *, is_sqlite: bool) -> None:
        numbers = range(start + 1, min(start + BATCH, self.reports) + 1)
        articles = {number // 10: self._article(number // 10) for number in numbers}
        errata, reports, documents = [], [], []
        for number in numbers:
            article = articles[number // 10]
            erratum, report = self._pair(number, article)
            errata.append(erratum)
            reports.append(report)
            documents.append(_document(erratum, report, article, is_sqlite=is_sqlite))
        known = [number for number in articles if number * 10 >= start + 1 or number == 0]
        session.execute(insert(Article), [articles[number] for number in known])
        session.execute(insert(ArticleAlias), [_alias(articles[number]) for number in known])
        session.execute(insert(Erratum), errata)
        session.execute(insert(Report), reports)
        session.execute(insert(ErratumWord), [row for one in errata for row in _keys(one)])
        session.execute(insert(OutboxJob), [_reading(one) for one in reports])
        session.execute(text(_INTO_FTS5 if is_sqlite else _INTO_TSVECTOR), documents)

    def _article(self, number: int) -> dict[str, Any]:
        draw = random.Random(number)
        site = draw.choices(range(SITES), cum_weights=self._site_weights)[0]
        return {
            "id": number + 1,
            "site_id": site + 1,
            "canonical_url": f"https://{host_of_site(site)}/news/{number}",
            "title": " ".join(draw.choices(self.vocabulary, cum_weights=self._weights, k=6)),
            "byline": "",
            "created_at": NOW,
        }

    def _pair(self, number: int, article: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        draw = self._random
        words = draw.choices(self.vocabulary, cum_weights=self._weights, k=16)
        if number < self.reports / 5 and number % 4 == 0:
            words[9] = OLD_WORD
        # The newest are open far more often than the old ones: that is what a desk is for.
        is_new = number > self.reports * 0.97
        state = State.OPEN if is_new and draw.random() < 0.6 else _drawn(draw, _STATES)
        seen = self.seen_at(number) - timedelta(seconds=draw.randrange(600))
        snoozed = state is State.OPEN and draw.random() < 200 / self.reports
        common = {
            "site_id": article["site_id"],
            "quote": " ".join(words[:2]),
            "suggestion": words[2],
            "prefix": " ".join(words[3:9]),
            "suffix": " ".join(words[5:9]),
            "kind": _drawn(draw, _KINDS),
        }
        erratum = common | {
            "id": number,
            "public_id": f"{number:024d}",
            "article_id": article["id"],
            "fingerprint_version": 1,
            "fingerprint": f"{number:064d}",
            "state": state,
            "proof": _drawn(draw, _PROOFS),
            "report_count": 1,
            "first_seen_at": seen,
            "last_seen_at": seen,
            "snoozed_until": NOW + timedelta(days=3) if snoozed else None,
        }
        report = common | {
            "id": number,
            "erratum_id": number,
            "client_id": str(uuid.UUID(int=number)),
            "body_hash": "",
            "token": f"{number:022d}",
            "received_at": seen,
            "url": article["canonical_url"],
            "comment": " ".join(words[9:]),
        }
        return erratum, report

    def _site(self, number: int) -> dict[str, Any]:
        return {
            "id": number + 1,
            "key": key_of(number),
            "name": f"Site {number}",
            "hosts": [host_of_site(number)],
            "origins": [f"https://{host_of_site(number)}"],
            "created_at": NOW,
        }

    def _job(self, number: int) -> dict[str, Any]:
        state = JobState.DONE if number % 10 else JobState.PENDING
        return {
            "kind": "recheck",
            "unique_key": f"recheck:{number}",
            "payload": {"erratum_id": number % self.reports + 1},
            "state": JobState.DEAD if number % 500 == 1 else state,
            "created_at": NOW,
            "due_at": NOW + timedelta(minutes=number),
        }

    def _word(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=self._random.randint(1, 5)))


def _alias(article: dict[str, Any]) -> dict[str, Any]:
    url = f"{article['canonical_url']}/amp"
    return {"site_id": article["site_id"], "article_id": article["id"], "url": url}


def _keys(erratum: dict[str, Any]) -> list[dict[str, Any]]:
    """Return by what a new report of the article finds the erratum."""
    words = (erratum["quote"], erratum["prefix"], erratum["suffix"])
    claim = Claim(Quote(*words), erratum["suggestion"])
    found = {"article_id": erratum["article_id"], "erratum_id": erratum["id"]}
    return [found | {"word": word} for word in word_keys(claim)]


def _reading(report: dict[str, Any]) -> dict[str, Any]:
    """Return the work that the report owed: done long ago."""
    erratum, number = report["erratum_id"], report["id"]
    return {
        "kind": "read_article",
        "unique_key": f"read:{erratum}:{number}",
        "payload": {"erratum_id": erratum, "report_id": number},
        "state": JobState.DONE,
        "created_at": report["received_at"],
        "due_at": report["received_at"],
    }


def _drawn(draw: random.Random, weights: Mapping[Any, float]) -> Any:
    return draw.choices(list(weights), list(weights.values()))[0]


def _document(
    erratum: dict[str, Any], report: dict[str, Any], article: dict[str, Any], *, is_sqlite: bool
) -> dict[str, Any]:
    """Return what the indexer would have written."""
    unproved = erratum["state"] is State.OPEN and erratum["proof"] is not Proof.FOUND
    shelf = Shelf.UNVERIFIED if unproved else Shelf(erratum["state"].value)
    site_id = erratum["site_id"]
    marks = [
        mark(site_id=site_id),
        mark(shelf=shelf),
        mark(kind=erratum["kind"]),
        mark(site_id=site_id, shelf=shelf),
    ]
    texts = (erratum["quote"], erratum["suggestion"], article["title"], report["comment"])
    words = list(dict.fromkeys([*marks, *words_of(" ".join(texts))]))
    return {"id": erratum["id"], "words": " ".join(words) if is_sqlite else words}


def _without_triggers(session: Session, *, is_sqlite: bool) -> list[str]:
    """Let nothing be noted row by row, and return what brings the triggers back.

    And on PostgreSQL the index of words, which is made at the end, too.
    """
    if is_sqlite:
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = session.execute(query).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        return [sql for _, sql in triggers]
    indexed = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_erratum_search_words_by_age'"
    index = session.scalars(text(indexed)).one()
    session.execute(text("DROP INDEX ix_erratum_search_words_by_age"))
    tables = [table.name for table in Base.metadata.sorted_tables]
    for name in tables:
        session.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
    return [index, *(f'ALTER TABLE "{name}" ENABLE TRIGGER USER' for name in tables)]


_INTO_FTS5 = "INSERT INTO erratum_search (rowid, words) VALUES (:id, :words)"
_INTO_TSVECTOR = (
    "INSERT INTO erratum_search (erratum_id, words) "
    "VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
)
