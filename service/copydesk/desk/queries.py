"""What the inbox asks of the database: tabs with counts, filters, pages by key.

A page is found by the last row of the one before (last seen, id), never by counting rows to skip:
the thousandth page costs what the first one does, and a report that comes in between moves nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from copydesk.desk.access import Access
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    Erratum,
    Kind,
    Proof,
    Role,
    State,
)

PAGE = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MICROSECONDS = 2**53
_MAX_ROW_ID = 2**31 - 1
_MAX_CURSOR = 40
_UNVERIFIED = (Proof.NOT_FOUND, Proof.UNREADABLE)
_UNSETTLED = (State.OPEN, State.CONFIRMED)


class Tab(StrEnum):
    """The tabs of the inbox, in their order."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DECLINED = "declined"
    SPAM = "spam"
    UNVERIFIED = "unverified"
    SNOOZED = "snoozed"
    ALL = "all"


@dataclass(frozen=True)
class Filter:
    """What an editor asked the inbox for."""

    tab: Tab = Tab.OPEN
    site_id: int | None = None
    kind: Kind | None = None
    text: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether more than the tab was asked for."""
        return bool(self.site_id or self.kind or self.text)


@dataclass(frozen=True)
class Cursor:
    """The last row of a page."""

    last_seen_at: datetime
    erratum_id: int

    def __str__(self) -> str:
        microseconds = (self.last_seen_at - _EPOCH) // timedelta(microseconds=1)
        return f"{microseconds}.{self.erratum_id}"


@dataclass(frozen=True)
class Page:
    """One page of errata and where the next one starts, None when this is the last."""

    errata: list[Erratum]
    after: Cursor | None


def read_cursor(value: str) -> Cursor | None:
    """Return the cursor written in an address; None when it isn't one."""
    first, dot, second = value.partition(".")
    if not dot or not (first + second).isascii():
        return None
    if not first.isdecimal() or not second.isdecimal() or len(value) > _MAX_CURSOR:
        return None
    if int(first) > _MAX_MICROSECONDS or int(second) > _MAX_ROW_ID:
        return None
    return Cursor(_EPOCH + timedelta(microseconds=int(first)), int(second))


def read_page(
    session: Session, access: Access, wanted: Filter, *, after: Cursor | None, now: datetime
) -> Page:
    """Return one page of the inbox, seen last first, within the member's sites."""
    statement = (
        select(Erratum)
        .join(Erratum.article)
        .where(_within(access, wanted), in_tab(wanted.tab, now))
        .options(
            joinedload(Erratum.article), joinedload(Erratum.site), joinedload(Erratum.assignee)
        )
        .order_by(Erratum.last_seen_at.desc(), Erratum.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        earlier = or_(
            Erratum.last_seen_at < after.last_seen_at,
            and_(Erratum.last_seen_at == after.last_seen_at, Erratum.id < after.erratum_id),
        )
        statement = statement.where(earlier)
    found = list(session.scalars(statement))
    if len(found) <= PAGE:
        return Page(found, None)
    last = found[PAGE - 1]
    return Page(found[:PAGE], Cursor(last.last_seen_at, last.id))


def count_tabs(
    session: Session, access: Access, wanted: Filter, *, now: datetime
) -> dict[Tab, int]:
    """Return how many errata each tab holds under the same filters, in one query."""
    columns = [func.coalesce(func.sum(case((in_tab(tab, now), 1), else_=0)), 0) for tab in Tab]
    row = session.execute(
        select(*columns).select_from(Erratum).join(Erratum.article).where(_within(access, wanted))
    ).one()
    return {tab: int(count) for tab, count in zip(Tab, row, strict=True)}


def in_tab(tab: Tab, now: datetime) -> ColumnElement[bool]:
    """Return the condition for one tab; a merged erratum is a signpost and in none of them."""
    snoozed = and_(Erratum.snoozed_until.is_not(None), Erratum.snoozed_until > now)
    awake = or_(Erratum.snoozed_until.is_(None), Erratum.snoozed_until <= now)
    conditions: dict[Tab, ColumnElement[bool]] = {
        Tab.OPEN: and_(Erratum.state == State.OPEN, Erratum.proof.not_in(_UNVERIFIED), awake),
        Tab.CONFIRMED: and_(Erratum.state == State.CONFIRMED, awake),
        Tab.CORRECTED: Erratum.state == State.CORRECTED,
        Tab.DECLINED: Erratum.state == State.DECLINED,
        Tab.SPAM: Erratum.state == State.SPAM,
        Tab.UNVERIFIED: and_(Erratum.state == State.OPEN, Erratum.proof.in_(_UNVERIFIED), awake),
        Tab.SNOOZED: and_(Erratum.state.in_(_UNSETTLED), snoozed),
        Tab.ALL: Erratum.state != State.MERGED,
    }
    return conditions[tab]


def has_any(session: Session, access: Access) -> bool:
    """Say whether a report ever came to one of the member's sites."""
    found = session.scalar(
        select(Erratum.id).where(access.sites(Erratum.site_id, Role.AUTHOR)).limit(1)
    )
    return found is not None


def _within(access: Access, wanted: Filter) -> ColumnElement[bool]:
    conditions = [access.sites(Erratum.site_id, Role.AUTHOR)]
    if wanted.site_id is not None:
        conditions.append(Erratum.site_id == wanted.site_id)
    if wanted.kind is not None:
        conditions.append(Erratum.kind == wanted.kind)
    if wanted.text:
        conditions.append(_matches(wanted.text))
    return and_(true(), *conditions)


def _matches(text: str) -> ColumnElement[bool]:
    address = text.partition("#")[0] if text.startswith(("http://", "https://")) else text
    aliases = select(ArticleAlias.article_id).where(_holds(ArticleAlias.url, address))
    return or_(
        _holds(Erratum.quote, text),
        _holds(Erratum.suggestion, text),
        _holds(Article.title, text),
        _holds(Article.byline, text),
        _holds(Article.canonical_url, address),
        Erratum.article_id.in_(aliases),
    )


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    # SQLite, and PostgreSQL under the C locale, fold the case of ASCII only: "минск" would not
    # find "Минск". The usual spellings are asked for one by one instead.
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize()))
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))
