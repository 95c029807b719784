"""What one reader may ask for: everything kept under an address, and that it goes.

The address stands in one column, but people also type it into comments, and a mail server may
repeat it in a refusal. So an erasure looks through every text column of every table. The newsroom's
own people (authors, desks, editors) are not readers: their rows are left, and the caller is told.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, joinedload

from copydesk.clock import rfc3339
from copydesk.errata.search_index import forget
from copydesk.store.database import Database
from copydesk.store.tables import Author, Base, Desk, Editor, Erratum, Message, Report
from copydesk.store.wiping import flush, overwrite_deleted

ERASED = "[erased]"
BATCH = 200
"""Rows a transaction: a few milliseconds of the write lock."""

# Rows of the newsroom's own people, and rows without a reader's word.
OWN_TABLES = frozenset(
    {
        "author",
        "daily_salt",
        "desk",
        "editor",
        "editor_role",
        "installation",
        "limit_counter",
        "sign_in_link",
        "sign_in_session",
        "site",
    }
)
# Mail to the newsroom's own people names them; see ``erase``.
MAIL_TABLES = frozenset({"message", "outbox_job"})


@dataclass(frozen=True)
class Erased:
    """What an erasure did."""

    reports: int
    """Sent under the address."""
    texts: int
    """Rows of any table in which it stood within other text."""
    newsroom: tuple[str, ...]
    """As what the newsroom itself knows the address: author, desk, editor."""
    is_overwritten: bool
    """False when somebody was reading, so that old copies stay in the log until the next hour."""


def export(session: Session, address: str, *, base_url: str) -> dict[str, Any]:
    """Return everything that readers sent under ``address``, for a file in JSON."""
    reports = session.scalars(
        select(Report)
        .where(_is_from(address))
        .options(joinedload(Report.site), joinedload(Report.erratum))
        .order_by(Report.id)
    ).all()
    mentions = {table.name: len(_rows_with(session, table, address)) for table in _tables()}
    return {
        "address": address,
        "reports": [_exported(session, report, base_url) for report in reports],
        "rows_that_mention_it": {name: count for name, count in mentions.items() if count},
    }


def erase(database: Database, address: str) -> Erased:
    """Remove ``address`` and what was said under it, from the disk as well.

    The errata stay: that a word is wrong is no matter of the reader's. When the address is also an
    author's, a desk's or an editor's, the delivery log of mail to that person stays, too.
    """
    with database.reading() as session:
        newsroom = tuple(_newsroom(session, address))
        reports = session.scalars(select(Report.id).where(_is_from(address))).all()
    for ids in _batches(reports):
        database.write(partial(_blank, ids=ids))
    texts = 0
    for table in _tables():
        if newsroom and table.name in MAIL_TABLES:
            continue
        with database.reading() as session:
            rows = _rows_with(session, table, address)
        for keys in _batches(rows):
            texts += database.write(partial(_scrub, table=table, keys=keys, address=address))
    return Erased(len(reports), texts, newsroom, is_overwritten=flush(database))


def _blank(session: Session, ids: Sequence[int]) -> None:
    overwrite_deleted(session)
    # The hash of the body goes too: it would let somebody try addresses until one fits.
    blank = {"reader_email": "", "comment": "", "reader_key": "", "body_hash": ""}
    # Its lock first, as the purge takes them.
    forget(session, _errata_of(session, Report.id.in_(ids)))
    session.execute(update(Report).where(Report.id.in_(ids)).values(blank))


def _exported(session: Session, report: Report, base_url: str) -> dict[str, Any]:
    mails = session.scalars(select(Message).where(Message.report_id == report.id))
    return {
        "site": report.site.key,
        "received_at": rfc3339(report.received_at),
        "url": report.url,
        "title": report.title,
        "quote": report.quote,
        "suggestion": report.suggestion,
        "kind": report.kind,
        "comment": report.comment,
        "language": report.language,
        "reader_email": report.reader_email,
        "erratum": report.erratum.state,
        "status_url": f"{base_url}/r/{report.token}",
        "mails": [
            {
                "purpose": mail.purpose,
                "state": mail.state,
                "sent_at": rfc3339(mail.sent_at) if mail.sent_at else None,
            }
            for mail in mails
        ],
    }


def _is_from(address: str) -> Any:
    # The first half is what the index of reports with an address is for.
    has_address = Report.reader_email != literal_column("''")
    return and_(has_address, func.lower(Report.reader_email) == address.lower())


def _newsroom(session: Session, address: str) -> Iterator[str]:
    for name, table in (("author", Author), ("desk", Desk), ("editor", Editor)):
        same = func.lower(table.address) == address.lower()
        if session.scalar(select(table.id).where(same).limit(1)) is not None:
            yield name


def _tables() -> Iterator[Table]:
    for table in Base.metadata.sorted_tables:
        if table.name not in OWN_TABLES and _text_columns(table):
            yield table


def _text_columns(table: Table) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if type(column.type) in {String, Text} or isinstance(column.type, JSON)
    ]


def _rows_with(session: Session, table: Table, address: str) -> list[tuple[Any, ...]]:
    """Return the primary keys of the rows in which the address stands, whatever its case."""
    conditions = [
        func.lower(cast(column, Text)).contains(spelling, autoescape=True)
        for column in _text_columns(table)
        for spelling in _spellings(address)
    ]
    keys = table.primary_key.columns
    rows = session.execute(select(table).where(or_(*conditions))).mappings()
    pattern = _pattern(address)
    return [tuple(row[key] for key in keys) for row in rows if _without(pattern, table, row)]


def _scrub(session: Session, table: Table, keys: Sequence[tuple[Any, ...]], address: str) -> int:
    """Replace the address in these rows and return how many of them held it."""
    overwrite_deleted(session)
    pattern = _pattern(address)
    changed: list[tuple[Any, ...]] = []
    for key in keys:
        this = tuple_(*table.primary_key) == tuple_(*key)
        row = session.execute(select(table).where(this)).mappings().one_or_none()
        values = _without(pattern, table, row) if row is not None else {}
        if values:
            session.execute(update(table).where(this).values(values))
            changed.append(key)
    ids = [key[0] for key in changed]
    whose = {"report": Report.id, "erratum": Erratum.id, "article": Erratum.article_id}
    if table.name in whose:
        forget(session, _errata_of(session, whose[table.name].in_(ids)))
    return len(changed)


def _errata_of(session: Session, condition: ColumnElement[bool]) -> list[int]:
    """Return the errata whose words stand in the index."""
    query = select(Erratum.id).outerjoin(Report, Report.erratum_id == Erratum.id).where(condition)
    return list(session.scalars(query.distinct()))


def _without(pattern: re.Pattern[str], table: Table, row: RowMapping) -> dict[str, Any]:
    """Return the columns that hold the address, each without it."""
    return {
        column.name: replaced
        for column in _text_columns(table)
        if (replaced := _replaced(pattern, row[column], column)) != row[column]
    }


def _replaced(pattern: re.Pattern[str], value: Any, column: Column[Any]) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return pattern.sub(ERASED, value)[: getattr(column.type, "length", None)]
    return json.loads(pattern.sub(ERASED, json.dumps(value)))


def _spellings(address: str) -> set[str]:
    """Return the address in small letters, as it is and as it stands in a web address."""
    return {address.lower(), quote(address.lower(), safe="")}


def _pattern(address: str) -> re.Pattern[str]:
    spellings = "|".join(re.escape(spelling) for spelling in sorted(_spellings(address)))
    # Not within a longer address: nobody asked to erase nadia@ when ada@ did.
    return re.compile(rf"(?<![\w.+-])(?:{spellings})(?!\.?[\w-])", re.IGNORECASE)


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
