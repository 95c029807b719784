"""The tabs of the inbox: what lies in each, and how much."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from copydesk.store import tally
from copydesk.store.tables import Erratum, Kind, Shelf

UNSETTLED = (Shelf.OPEN, Shelf.UNVERIFIED, Shelf.CONFIRMED)
"""What can be snoozed."""
SHELVES: tuple[Shelf, ...] = tuple(shelf for shelf in Shelf if shelf != Shelf.MERGED)
"""A merged erratum is a signpost and in no tab."""


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

    @property
    def shelf(self) -> Shelf | None:
        """The one shelf whose errata lie in this tab, None when there are several."""
        return None if self in {Tab.SNOOZED, Tab.ALL} else Shelf(self.value)


def in_tab(tab: Tab, now: datetime) -> ColumnElement[bool] | None:
    """Return what must hold for a row beside its shelf, None when nothing."""
    if tab is Tab.SNOOZED:
        return (Erratum.snoozed_until > now) & Erratum.shelf.in_(UNSETTLED)
    if tab.shelf in UNSETTLED:
        return or_(Erratum.snoozed_until.is_(None), Erratum.snoozed_until <= now)
    return None


def count_all(
    session: Session, sites: Sequence[int], kind: Kind | None, *, everywhere: bool, now: datetime
) -> dict[Tab, int]:
    """Return how much lies in each tab: the kept counts, less what sleeps at this moment."""
    shelves = tally.counts(session, None if everywhere else sites, kind)
    rows = session.execute(
        select(Erratum.shelf, func.count())
        .where(are_asleep(sites, kind, now))
        .group_by(Erratum.shelf)
    )
    return by_tab(shelves, {row.shelf: int(row[1]) for row in rows})


def are_asleep(sites: Sequence[int], kind: Kind | None, now: datetime) -> ColumnElement[bool]:
    """Return the condition for what is snoozed: by hand, so few enough to be counted."""
    found = (Erratum.snoozed_until > now) & Erratum.shelf.in_(UNSETTLED)
    found &= Erratum.site_id.in_(sites)
    return found & (Erratum.kind == kind) if kind else found


def by_tab(shelves: Mapping[Shelf, int], asleep: Mapping[Shelf, int]) -> dict[Tab, int]:
    """Sort counts by shelf into tabs; ``asleep`` are those of them that are snoozed now."""
    counts = dict.fromkeys(Tab, 0)
    for shelf in SHELVES:
        count = shelves.get(shelf, 0)
        sleeping = asleep.get(shelf, 0) if shelf in UNSETTLED else 0
        counts[Tab(shelf.value)] = count - sleeping
        counts[Tab.SNOOZED] += sleeping
        counts[Tab.ALL] += count
    return counts
