"""Find the erratum that each new report belongs to, or open one. By indexes only.

Written for a group of reports at once: a few statements for all of them instead of a few for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copydesk.errata import fingerprint_v1, known, page_fingerprint_v1
from copydesk.errata.known import KnownErratum, WordInError
from copydesk.errata.overlap import Claim, same_error
from copydesk.errata.word_keys_v1 import word_keys
from copydesk.store.base import table_of
from copydesk.store.prepared_insert import PreparedInsert
from copydesk.store.tables import Erratum, ErratumWord, Kind, State
from copydesk.tokens import ordered_token

ERRATUM = table_of(Erratum)
_ADD = PreparedInsert(ERRATUM, is_numbered=True)
_ADD_WORDS = PreparedInsert(table_of(ErratumWord))


@dataclass(frozen=True)
class Incoming:
    """A report on its way to its erratum."""

    site_id: int
    article_id: int
    claim: Claim
    kind: Kind
    is_spam: bool
    is_new_article: bool = False
    """Nothing is known of the article yet, so there is nothing to look for."""


@dataclass
class Found:
    """An erratum as it was before this group, as far as a new report must know it."""

    id: int
    state: State
    report_count: int
    declined_reason: str = ""
    is_about_page: bool = False
    is_new: bool = False
    """Opened by this very group: its row counts the group's reports already."""


@dataclass
class _Wanted:
    """One report's keys, and the erratum as soon as it is known."""

    incoming: Incoming
    version: int
    fingerprint: str
    words: list[str]
    found: Found | None = None

    @property
    def key(self) -> tuple[int, int, str]:
        return self.incoming.article_id, self.version, self.fingerprint


@dataclass(eq=False)
class _Opening:
    """An erratum that this group opens, and all reports of the group that belong to it."""

    first: _Wanted
    members: list[_Wanted] = field(default_factory=list)

    @property
    def claim(self) -> Claim:
        return self.first.incoming.claim

    def values(self, now: datetime) -> dict[str, Any]:
        """Return its row, with the reports that it opens with counted already."""
        incoming, quote = self.first.incoming, self.first.incoming.claim.quote
        counted = [one.incoming for one in self.members if not one.incoming.is_spam]
        proposals = [one.claim.suggestion for one in counted if one.claim.suggestion]
        return {
            "public_id": ordered_token(now),
            "site_id": incoming.site_id,
            "article_id": incoming.article_id,
            "fingerprint_version": self.first.version,
            "fingerprint": self.first.fingerprint,
            "quote": quote.exact,
            "prefix": quote.prefix,
            "suffix": quote.suffix,
            "start": quote.start,
            "nth": quote.nth,
            "of": quote.of,
            "suggestion": proposals[0] if proposals else incoming.claim.suggestion,
            "kind": incoming.kind,
            "state": State.SPAM if incoming.is_spam else State.OPEN,
            "report_count": len(counted),
            "first_seen_at": now,
            "last_seen_at": now,
        }

    def opened(self, number: int, state: State) -> None:
        """Tell its reports that it has this number."""
        is_about_page = self.first.version >= page_fingerprint_v1.VERSION
        found = Found(number, state, 0, is_about_page=is_about_page, is_new=True)
        for member in self.members:
            member.found = found


class Grouping:
    """Which errata a group of reports belongs to: those that are known, and those to be opened."""

    def __init__(self, wanted: Sequence[_Wanted]) -> None:
        self._wanted = wanted
        self._openings = _openings([one for one in wanted if one.found is None])

    @property
    def missing(self) -> int:
        """How many errata are to be opened: reports of one error within the group share it."""
        return len(self._openings)

    def open(self, session: Session, ids: Sequence[int], now: datetime) -> list[Found]:
        """Open what is missing under these ids; return the erratum of each report, in their order.

        A new one is open, or folded away as spam.
        """
        rows, words = [], []
        for number, opening in zip(ids, self._openings, strict=True):
            values = opening.values(now)
            opening.opened(number, values["state"])
            rows.append({"id": number, **values})
            words += [
                {"article_id": values["article_id"], "word": word, "erratum_id": number}
                for word in opening.first.words
            ]
        if rows:
            _ADD.add(session, rows)
        if words:
            _ADD_WORDS.add(session, words)
        return [one.found for one in self._wanted if one.found is not None]


def find_all(session: Session, reports: Sequence[Incoming]) -> Grouping:
    """Find what is known of the errata of these reports, whose articles the caller has locked."""
    wanted = [_wanted(report) for report in reports]
    old = [one for one in wanted if not one.incoming.is_new_article]
    if old:
        by_key, by_word = known.alike(
            session,
            articles={one.incoming.article_id for one in old},
            versions={one.version for one in old},
            fingerprints={one.fingerprint for one in old},
            words={word for one in old for word in one.words},
        )
        standing = _where_they_stand(session, [*by_key, *(row for _, row in by_word)])
        _find_by_key(old, by_key, standing)
        _find_by_word([one for one in old if one.found is None], by_word, standing)
    return Grouping(wanted)


def _wanted(incoming: Incoming) -> _Wanted:
    """Return what tells it apart: remarks about the page and words never share a key."""
    claim = incoming.claim
    if claim.about_page:
        remark = page_fingerprint_v1.fingerprint(claim.about_page)
        # Many may quote the headline, each for another error: no words to find it by.
        return _Wanted(incoming, page_fingerprint_v1.VERSION, remark, [])
    words = fingerprint_v1.fingerprint(claim.quote)
    return _Wanted(incoming, fingerprint_v1.VERSION, words, word_keys(claim))


def _find_by_key(
    wanted: list[_Wanted], rows: list[KnownErratum], standing: dict[int, Found]
) -> None:
    by_key = {(row.article_id, row.version, row.fingerprint): row for row in rows}
    for one in wanted:
        if one.key in by_key:
            one.found = standing[by_key[one.key].id]


def _find_by_word(
    wanted: list[_Wanted], rows: list[WordInError], standing: dict[int, Found]
) -> None:
    # Each erratum once, however many words it shares with a report; the newest first.
    errata = {row.id: (row, row.claim) for _, row in rows}
    words: dict[int, set[str]] = {}
    for word, row in rows:
        words.setdefault(row.id, set()).add(word)
    for one in wanted:
        for row, claim in errata.values():
            is_here = row.article_id == one.incoming.article_id
            is_near = is_here and not words[row.id].isdisjoint(one.words)
            if is_near and same_error(claim, one.incoming.claim):
                one.found = standing[row.id]
                break


def _where_they_stand(session: Session, rows: Sequence[KnownErratum]) -> dict[int, Found]:
    """Return each erratum, or the one that it was merged into: following that is a single step.

    Whatever leads to one, there is one of it, or the second report of the group would not know what
    the first one did to it.
    """
    merged = {row.merged_into_id for row in rows if row.merged_into_id is not None}
    further = known.by_ids(session, merged) if merged else []
    found: dict[int, Found] = {}
    for row in (*rows, *further):
        found.setdefault(row.id, _found(row))
    return {row.id: found[row.merged_into_id or row.id] for row in rows}


def _found(row: KnownErratum) -> Found:
    is_about_page = row.version >= page_fingerprint_v1.VERSION
    return Found(row.id, row.state, row.report_count, row.declined_reason, is_about_page)


def _openings(wanted: list[_Wanted]) -> list[_Opening]:
    """Part the reports that nothing is known of by error, as the indexes would."""
    by_key: dict[tuple[int, int, str], _Opening] = {}
    by_word: dict[tuple[int, str], list[_Opening]] = {}
    openings = []
    for one in wanted:
        article = one.incoming.article_id
        near = (opening for word in one.words for opening in by_word.get((article, word), ()))
        opening = by_key.get(one.key) or next(
            # Each once, however many words it shares with the report.
            (other for other in dict.fromkeys(near) if same_error(other.claim, one.incoming.claim)),
            None,
        )
        if opening is None:
            opening = _Opening(one)
            openings.append(opening)
            for word in one.words:
                by_word.setdefault((article, word), []).append(opening)
        by_key[one.key] = opening
        opening.members.append(one)
    return openings
