"""The index of errata by the words in them: their own, their article's and their readers'.

It is written behind a report's back: triggers note whose words changed (``store/search.py``), and
``index_some`` brings a few of those up to date at a time. Doing it twice does no harm, and a crash
leaves the note where it was. On SQLite the index is an FTS5 table, on PostgreSQL a stored
``tsvector`` under GIN; both hold each word once, as ``search_words`` cuts it, and *marks*: site,
shelf and kind as words that nobody can type, so that a search within a rare site does not walk
through the matches of all others.
"""

import sqlite3
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from copydesk.errata.search_words import words_of
from copydesk.store.prepared import one_of
from copydesk.store.tables import Article, Erratum, Kind, Report, SearchTodo, Shelf
from copydesk.store.wiping import overwrite_deleted

BATCH = 20
"""Errata a transaction: some 15 ms of SQLite's write lock."""
NOTES = 400
"""Notes that are read at once; many may be of one erratum that a thousand readers report."""
MOST_REPORTS = 100
"""The newest reports of an erratum whose words count."""
MOST_WORDS = 2000
_MANY_REPORTS = 500

_MARK = "\ue000"  # private use: no letter, so no word that is typed can hold it
SNOOZED = f"{_MARK}snoozed"
"""The mark of what was put off, and of some that has woken since: its row says until when."""
# Instead of an erratum's id: the whole index has to be rewritten, or the rest of it.
_OWES_REWRITE, _OWES_REST = 0, -1
_PAGES_AT_ONCE = 200
_ONE_INDEXER = 0x0C0B7DE5
_CAN_OVERWRITE = sqlite3.sqlite_version_info >= (3, 42, 0)


def mark(
    *, site_id: int | None = None, shelf: Shelf | None = None, kind: Kind | None = None
) -> str:
    """Return the word that every erratum of this site, shelf or kind (one or two) has."""
    parts = ("" if site_id is None else f"s{site_id}", shelf or "", f"k{kind}" if kind else "")
    return _MARK + "".join(parts)


def index_some(session: Session) -> bool:
    """Index the errata whose words changed last; True when it may be worth coming back at once.

    The newest first: after a restore there may be a million, and what came in just now is what an
    editor looks for. One process at a time does it: of two, the slower one would put back older
    words. (On SQLite whoever writes is alone anyway.) An erratum that somebody changes just now is
    left for the next time: waited for while others are held, it would be a deadlock now and then.
    """
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if is_postgresql and not session.scalar(select(func.pg_try_advisory_xact_lock(_ONE_INDEXER))):
        return False
    notes = session.execute(
        select(SearchTodo.id, SearchTodo.erratum_id).order_by(SearchTodo.id.desc()).limit(NOTES)
    ).all()
    numbers = dict.fromkeys(note.erratum_id for note in notes)
    wanted = _held(session, [number for number in numbers if number > _OWES_REWRITE][:BATCH])
    documents = list(_documents(session, wanted))
    _remove(session, wanted)
    if documents:
        into = "erratum_id, words" if is_postgresql else "rowid, words"
        words = "array_to_tsvector(CAST(:words AS text[]))" if is_postgresql else ":words"
        session.execute(
            text(f"INSERT INTO erratum_search ({into}) VALUES (:id, {words})"),  # noqa: S608
            [
                {"id": number, "words": found if is_postgresql else " ".join(found)}
                for number, found in documents
            ],
        )
    done = {*wanted, _OWES_REWRITE, _OWES_REST}
    finished = [note.id for note in notes if note.erratum_id in done]
    done_with = delete(SearchTodo).where(one_of(session, SearchTodo.id, finished))
    session.execute(done_with.execution_options(synchronize_session=False))
    if any(number in numbers for number in (_OWES_REWRITE, _OWES_REST)):
        _rewrite_piece(session, from_the_start=_OWES_REWRITE in numbers)
    return bool(finished)


def is_owed(session: Session) -> bool:
    """Say whether ``index_some`` has anything to do; costs next to nothing."""
    return session.scalar(select(SearchTodo.id).limit(1)) is not None


def forget(session: Session, erratum_ids: Collection[int]) -> None:
    """Remove the words of these errata from the index at once, from the disk as well.

    What is left of the errata themselves is indexed anew a moment later. For whoever erases what a
    reader wrote: call it in the same transaction, before or after the words are gone. (An erratum
    that is deleted leaves the index by a trigger.) On SQLite before 3.42 the bytes themselves go
    when the index has been rewritten, piece by piece in the background.
    """
    if not erratum_ids:
        return
    overwrite_deleted(session)
    if session.get_bind().dialect.name == "postgresql":
        # Else the indexer could put back, after our commit, what it read before.
        session.execute(select(func.pg_advisory_xact_lock(_ONE_INDEXER)))
    elif _CAN_OVERWRITE:
        session.execute(_command("'secure-delete', 1"))
    else:
        session.execute(insert(SearchTodo), [{"erratum_id": _OWES_REWRITE}])
    _remove(session, erratum_ids)
    session.execute(insert(SearchTodo), [{"erratum_id": one} for one in erratum_ids])


def _command(words: str) -> Any:
    return text(f"INSERT INTO erratum_search (erratum_search, rank) VALUES ({words})")  # noqa: S608


def _rewrite_piece(session: Session, *, from_the_start: bool) -> None:
    """Rewrite some pages of SQLite's index without what was removed; note it when more are left.

    Below zero means: take all pieces of the index together, not only the small new ones.
    """
    changes = text("SELECT total_changes()")
    overwrite_deleted(session)
    before = session.scalar(changes)
    sign = "-" if from_the_start else ""
    session.execute(_command(f"'merge', {sign}{_PAGES_AT_ONCE}"))
    after = session.scalar(changes)
    assert before is not None
    assert after is not None
    if after - before > 1:  # else nothing was left to do, says SQLite's documentation
        session.execute(insert(SearchTodo), [{"erratum_id": _OWES_REST}])


def _remove(session: Session, erratum_ids: Collection[int]) -> None:
    key = "rowid" if session.get_bind().dialect.name == "sqlite" else "erratum_id"
    if erratum_ids:
        session.execute(
            text(f"DELETE FROM erratum_search WHERE {key} = :id"),  # noqa: S608
            [{"id": one} for one in erratum_ids],
        )


def _held(session: Session, erratum_ids: list[int]) -> list[int]:
    """Lock the errata and return those that nobody else has locked, and those that are gone.

    Whoever deletes one then waits, and finds its words to delete them, too.
    """
    wanted = select(Erratum.id).where(one_of(session, Erratum.id, erratum_ids))
    ours = wanted.with_for_update(read=True, key_share=True, skip_locked=True)
    others = {*session.scalars(wanted)} - {*session.scalars(ours)}
    return [number for number in erratum_ids if number not in others]


def _documents(session: Session, erratum_ids: list[int]) -> Iterator[tuple[int, list[str]]]:
    """Yield what to index; what is merged into another, or gone, is left out."""
    rows = session.execute(
        select(
            Erratum.id,
            Erratum.site_id,
            Erratum.shelf,
            Erratum.kind,
            Erratum.snoozed_until,
            Erratum.quote,
            Erratum.suggestion,
            Article.title,
            Article.byline,
            Article.canonical_url,
        )
        .join(Article, Article.id == Erratum.article_id)
        .where(one_of(session, Erratum.id, erratum_ids), Erratum.shelf != Shelf.MERGED)
    )
    said = _said(session, erratum_ids)
    for row in rows:
        parts = urlsplit(row.canonical_url)
        address = unquote(f"{parts.netloc} {parts.path}")
        texts = dict.fromkeys(
            (row.quote, row.suggestion, row.title, row.byline, address, *said[row.id])
        )
        words = dict.fromkeys(chain.from_iterable(map(words_of, texts)))
        marks = [SNOOZED] if row.snoozed_until else []
        marks += [
            mark(site_id=row.site_id),
            mark(shelf=row.shelf),
            mark(kind=row.kind),
            mark(site_id=row.site_id, shelf=row.shelf),
        ]
        yield row.id, [*marks, *list(words)[:MOST_WORDS]]


def _said(session: Session, erratum_ids: list[int]) -> dict[int, list[str]]:
    """Return by erratum what its newest reports say, with one query unless there are very many."""
    wanted = select(Report.erratum_id, Report.quote, Report.suggestion, Report.comment)
    of_all = wanted.where(one_of(session, Report.erratum_id, erratum_ids)).limit(_MANY_REPORTS)
    rows = session.execute(of_all.order_by(Report.erratum_id, Report.id.desc())).all()
    if len(rows) == _MANY_REPORTS:
        newest = wanted.order_by(Report.id.desc()).limit(MOST_REPORTS)
        rows = [
            row
            for one in erratum_ids
            for row in session.execute(newest.where(Report.erratum_id == one))
        ]
    said: dict[int, list[str]] = {one: [] for one in erratum_ids}
    for row in rows:
        if len(said[row.erratum_id]) < 3 * MOST_REPORTS:
            said[row.erratum_id] += (row.quote, row.suggestion, row.comment)
    return said
