"""Remove what has been kept long enough: addresses, comments, settled errata with all they hold.

In batches: what is due is looked up without a lock, then removed in short transactions, because
one purge of a year would make readers wait for the write lock. Every batch bears being run twice,
and beside another's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from copydesk.errata.known import lock_articles
from copydesk.errata.search_index import forget
from copydesk.privacy.policy import Borders, borders, policy_of
from copydesk.settings import PrivacySettings
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    Erratum,
    HistoryEntry,
    JobState,
    Message,
    OutboxJob,
    Purpose,
    Report,
    Site,
    State,
)
from copydesk.store.wiping import flush, overwrite_deleted

BATCH = 200
"""Rows a transaction: a few milliseconds of the write lock."""
MOST_BATCHES = 250
"""Batches of one kind a run: what is left waits for the next one."""

SETTLED = (State.CORRECTED, State.DECLINED, State.MERGED)


@dataclass(frozen=True)
class Purged:
    """How much of each kind went, or would go."""

    addresses: int = 0
    comments: int = 0
    errata: int = 0
    digests: int = 0
    dead_letters: int = 0

    def __add__(self, other: "Purged") -> "Purged":
        return Purged(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to remove."""
        return self == Purged()


@dataclass(frozen=True)
class _Kind:
    """One kind of thing: which rows are due, and what is done with them."""

    key: type[Erratum | Message | OutboxJob | Report]
    due: ColumnElement[bool]
    remove: Callable[[Session, Sequence[int]], None]
    is_indexed: bool = False
    """Whether an index holds nothing but what may be due, so that each look is a short one."""
    lock_first: Callable[[Session, Sequence[int]], None] | None = None
    """What has to be locked before these rows, see ``errata/locking.py``."""


def purge(
    database: Database, privacy: PrivacySettings, *, now: datetime, is_trial: bool = False
) -> Purged:
    """Remove from every site what its policy no longer keeps and return how much that was.

    With ``is_trial`` only count. An erratum that is still open is kept however old it is: it is
    the newsroom's work to do, and its readers' addresses and comments go all the same.
    """
    sites = _borders(database, privacy, now)
    count = _count if is_trial else _remove
    total = Purged()
    for site_id, border in sites:
        total += Purged(
            addresses=count(database, _addresses(site_id, border)),
            comments=count(database, _comments(site_id, border)),
            errata=count(database, _errata(site_id, border)),
            digests=count(database, _digests(site_id, border)),
        )
    oldest = min((border.closed for _site_id, border in sites), default=now)
    total += Purged(dead_letters=count(database, _dead_letters(oldest)))
    if not is_trial and not total.is_nothing:
        flush(database)
    return total


def purge_addresses(database: Database, privacy: PrivacySettings, *, now: datetime) -> Purged:
    """Remove only readers' addresses: an index finds them, so it may be done every hour."""
    done = Purged(
        addresses=sum(
            _remove(database, _addresses(site_id, border))
            for site_id, border in _borders(database, privacy, now)
        )
    )
    if not done.is_nothing:
        flush(database)
    return done


def _borders(
    database: Database, privacy: PrivacySettings, now: datetime
) -> list[tuple[int, Borders]]:
    with database.reading() as session:
        return [
            (site.id, borders(policy_of(site, privacy), now))
            for site in session.scalars(select(Site).order_by(Site.id))
        ]


def _count(database: Database, kind: _Kind) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(kind.key).where(kind.due)) or 0


def _remove(database: Database, kind: _Kind) -> int:
    done = last = in_this_pass = 0
    for _batch in range(MOST_BATCHES):
        wanted = select(kind.key.id).where(kind.due).limit(BATCH)
        if not kind.is_indexed:
            # Go on behind the last batch instead of reading through what was done.
            wanted = wanted.where(kind.key.id > last).order_by(kind.key.id)
        with database.reading() as session:
            found = session.scalars(wanted).all()
        if found:
            last = found[-1]
            removed = database.write(partial(_remove_batch, kind=kind, ids=found))
            done, in_this_pass = done + removed, in_this_pass + removed
        elif in_this_pass:
            last = in_this_pass = 0  # what was removed may have kept something before it
        else:
            break
    return done


def _remove_batch(session: Session, kind: _Kind, ids: Sequence[int]) -> int:
    overwrite_deleted(session)
    if kind.lock_first is not None:
        kind.lock_first(session, ids)
    # Looked at again under a lock: a reader may have reported the same error meanwhile.
    still = select(kind.key.id).where(kind.key.id.in_(ids), kind.due).with_for_update()
    rows = session.scalars(still).all()
    if rows:
        kind.remove(session, rows)
    return len(rows)


def _addresses(site_id: int, border: Borders) -> _Kind:
    due = and_(
        _of_site(Report, site_id),
        # Written out: a database can't know that a value it is given is the index's own.
        Report.reader_email != literal_column("''"),
        Report.received_at < border.reader_email,
    )

    def remove(session: Session, ids: Sequence[int]) -> None:
        # The hash of the body goes too: it would let somebody try addresses until one fits.
        blank = {"reader_email": "", "body_hash": ""}
        session.execute(update(Report).where(Report.id.in_(ids)).values(blank))

    return _Kind(Report, due, remove, is_indexed=True)


def _comments(site_id: int, border: Borders) -> _Kind:
    due = and_(_of_site(Report, site_id), Report.comment != "", Report.received_at < border.comment)

    def remove(session: Session, ids: Sequence[int]) -> None:
        blank = {"comment": "", "body_hash": "", "reader_key": ""}
        of_these = select(Report.erratum_id).where(Report.id.in_(ids)).distinct()
        forget(session, session.scalars(of_these).all())
        session.execute(update(Report).where(Report.id.in_(ids)).values(blank))

    return _Kind(Report, due, remove)


def _errata(site_id: int, border: Borders) -> _Kind:
    absorbed = aliased(Erratum)
    due = and_(
        _of_site(Erratum, site_id),
        or_(
            and_(Erratum.state.in_(SETTLED), _untouched_since(border.closed)),
            and_(Erratum.state == State.SPAM, _untouched_since(border.spam)),
        ),
        # What was merged into it goes first.
        ~select(absorbed.id).where(absorbed.merged_into_id == Erratum.id).exists(),
        *_not_the_newest(),
    )
    return _Kind(Erratum, due, _remove_errata, lock_first=_lock_their_articles)


def _of_site(table: type[Erratum | Message | Report], site_id: int) -> ColumnElement[bool]:
    # A sum, or SQLite would go through all rows of the site by an index of that and sort them.
    return table.site_id + 0 == site_id


def _untouched_since(border: datetime) -> ColumnElement[bool]:
    later = select(HistoryEntry.id).where(
        HistoryEntry.erratum_id == Erratum.id, HistoryEntry.at >= border
    )
    return and_(Erratum.last_seen_at < border, ~later.exists())


def _not_the_newest() -> list[ColumnElement[bool]]:
    """Keep the newest row of each numbered table.

    SQLite gives the number of a deleted last row to the next one. Signed links and the unique keys
    of jobs are made of these numbers, so an old link would open a stranger's erratum.
    """
    holders = [select(func.max(Erratum.id)).scalar_subquery()] + [
        select(table.erratum_id)
        .where(table.id == select(func.max(table.id)).scalar_subquery())
        .scalar_subquery()
        for table in (Report, Message)
    ]
    return [Erratum.id != func.coalesce(holder, 0) for holder in holders]


def _lock_their_articles(session: Session, ids: Sequence[int]) -> None:
    lock_articles(session, _articles_of(session, ids))


def _articles_of(session: Session, ids: Sequence[int]) -> Sequence[int]:
    found = select(Erratum.article_id).where(Erratum.id.in_(ids)).distinct()
    return session.scalars(found).all()


def _remove_errata(session: Session, ids: Sequence[int]) -> None:
    articles = _articles_of(session, ids)
    forget(session, ids)
    for table in (Message, HistoryEntry, Report):
        session.execute(delete(table).where(table.erratum_id.in_(ids)))
    session.execute(delete(Erratum).where(Erratum.id.in_(ids)))
    bare = session.scalars(
        select(Article.id).where(
            Article.id.in_(articles),
            Article.id < select(func.max(Article.id)).scalar_subquery(),
            ~select(Erratum.id).where(Erratum.article_id == Article.id).exists(),
        )
    ).all()
    session.execute(delete(ArticleAlias).where(ArticleAlias.article_id.in_(bare)))
    session.execute(delete(Article).where(Article.id.in_(bare)))


def _digests(site_id: int, border: Borders) -> _Kind:
    carried = aliased(Message)
    due = and_(
        _of_site(Message, site_id),
        Message.purpose == Purpose.DIGEST,
        Message.created_at < border.closed,
        Message.id < select(func.max(carried.id)).scalar_subquery(),
        ~select(carried.id).where(carried.digest_id == Message.id).exists(),
    )
    return _Kind(Message, due, _deleter(Message))


def _dead_letters(oldest: datetime) -> _Kind:
    due = and_(OutboxJob.state == JobState.DEAD, OutboxJob.finished_at < oldest)
    return _Kind(OutboxJob, due, _deleter(OutboxJob))


def _deleter(table: type[Message | OutboxJob]) -> Callable[[Session, Sequence[int]], None]:
    def remove(session: Session, ids: Sequence[int]) -> None:
        session.execute(delete(table).where(table.id.in_(ids)))

    return remove
