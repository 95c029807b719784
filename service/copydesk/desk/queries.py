"""What the inbox asks of the database: filters, pages by key, counts of tabs.

A page is found by the last row of the one before, never by counting rows to skip: the thousandth
page costs what the first one does, and a report that comes in between moves nothing. Counts are
kept (``store/tally.py``), not counted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from copydesk.desk.access import Access
from copydesk.desk.ranges import Place, newest, stretches
from copydesk.desk.search import MOST_COUNTED, Looked, find
from copydesk.desk.tabs import UNSETTLED, Tab, asleep, by_tab, count_all, in_tab
from copydesk.store import tally
from copydesk.store.tables import Erratum, Kind, Role, Site

PAGE = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MICROSECONDS = 2**53
_MAX_ROW_ID = 2**31 - 1
_MAX_CURSOR = 40


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
    """Return one page of the inbox within the member's sites.

    A list has what was seen last first. What a search finds has what was opened last first: in that
    order the index of words can be read without reading all of it.
    """
    if wanted.text:
        looked = _looked(session, access, wanted)
        before = after.erratum_id if after else None
        found = find(session, looked, limit=PAGE + 1, now=now, before=before)
        ids = [one.erratum_id for one in found]
    else:
        place = Place(after.last_seen_at, after.erratum_id) if after else None
        places = _listed(session, wanted, _sites(session, access, wanted), after=place, now=now)
        ids = [one.erratum_id for one in places]
    errata = _rows(session, ids[:PAGE])
    if len(ids) <= PAGE or not errata:
        return Page(errata, None)
    return Page(errata, Cursor(errata[-1].last_seen_at, errata[-1].id))


def count_tabs(
    session: Session, access: Access, wanted: Filter, *, now: datetime
) -> dict[Tab, int]:
    """Return how many errata each tab holds under the same filters.

    Of what a search finds, the newest ``MOST_COUNTED`` are counted: more says no more to a person.
    """
    if not wanted.text:
        sites = _sites(session, access, wanted)
        everywhere = _is_everywhere(access, wanted)
        return count_all(session, sites, wanted.kind, everywhere=everywhere, now=now)
    looked = _looked(session, access, wanted).anywhere()
    found = find(session, looked, limit=MOST_COUNTED, now=now)
    sleepers = Counter(one.shelf for one in found if one.is_asleep(now))
    return by_tab(Counter(one.shelf for one in found), sleepers)


def has_any(session: Session, access: Access) -> bool:
    """Say whether a report ever came to one of the member's sites."""
    sites = None if access.may(Role.AUTHOR) else list(access.by_site)
    return any(tally.counts(session, sites, None).values())


def _listed(
    session: Session, wanted: Filter, sites: Sequence[int], *, after: Place | None, now: datetime
) -> list[Place]:
    """Return where a page of the list lies, and one row more."""
    if wanted.tab is Tab.SNOOZED:
        sleepers = asleep(session, sites, wanted.kind, now)
        places = sorted((Place(one.last_seen_at, one.erratum_id) for one in sleepers), reverse=True)
        return [one for one in places if after is None or one < after][: PAGE + 1]
    parts = stretches(sites, wanted.tab.shelf, wanted.kind)
    extra = in_tab(wanted.tab, now)
    return newest(session, parts, limit=PAGE + 1, after=after, extra=extra)


def _looked(session: Session, access: Access, wanted: Filter) -> Looked:
    tab = wanted.tab
    is_asleep = True if tab is Tab.SNOOZED else None
    return Looked(
        text=wanted.text,
        site_ids=_sites(session, access, wanted),
        is_everywhere=_is_everywhere(access, wanted),
        kind=wanted.kind,
        shelf=tab.shelf,
        is_asleep=False if tab.shelf in UNSETTLED else is_asleep,
    )


def _rows(session: Session, ids: Sequence[int]) -> list[Erratum]:
    rows = session.scalars(
        select(Erratum)
        .where(Erratum.id.in_(ids))
        .options(
            joinedload(Erratum.article), joinedload(Erratum.site), joinedload(Erratum.assignee)
        )
    )
    by_id = {row.id: row for row in rows}
    return [by_id[one] for one in ids if one in by_id]


def _sites(session: Session, access: Access, wanted: Filter) -> list[int]:
    own = access.sites(Site.id, Role.AUTHOR)
    chosen = Site.id == wanted.site_id if wanted.site_id is not None else true()
    return list(session.scalars(select(Site.id).where(own, chosen).order_by(Site.id)))


def _is_everywhere(access: Access, wanted: Filter) -> bool:
    return wanted.site_id is None and access.may(Role.AUTHOR)
