"""The tabs of the inbox: what lies in each, and how much."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
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
    """Return what must hold for a row of a tab beside its shelf, None when nothing."""
    if tab.shelf in UNSETTLED:
        return or_(Erratum.snoozed_until.is_(None), Erratum.snoozed_until <= now)
    return None


@dataclass(frozen=True)
class Sleeper:
    """An erratum that is snoozed at this moment."""

    erratum_id: int
    site_id: int
    shelf: Shelf
    kind: Kind
    last_seen_at: datetime


def asleep(
    session: Session, sites: Collection[int], kind: Kind | None, now: datetime
) -> list[Sleeper]:
    """Return what sleeps; it was put there one by one, so it is little in the largest newsroom.

    Sites and kind are sorted out here: beside them, SQLite would prefer an index of all errata to
    the small one of those that were ever snoozed.
    """
    rows = session.execute(
        select(
            Erratum.id, Erratum.site_id, Erratum.shelf, Erratum.kind, Erratum.last_seen_at
        ).where(Erratum.snoozed_until > now)
    )
    sleepers = (Sleeper(*row) for row in rows)
    return [
        one
        for one in sleepers
        if one.shelf in UNSETTLED and one.site_id in sites and kind in {None, one.kind}
    ]


def count_all(
    session: Session, sites: Sequence[int], kind: Kind | None, *, everywhere: bool, now: datetime
) -> dict[Tab, int]:
    """Return how much lies in each tab: the kept counts, less what sleeps at this moment."""
    shelves = tally.counts(session, None if everywhere else sites, kind)
    return by_tab(shelves, Counter(one.shelf for one in asleep(session, sites, kind, now)))


def by_tab(shelves: Mapping[Shelf, int], sleepers: Mapping[Shelf, int]) -> dict[Tab, int]:
    """Sort counts by shelf into tabs; ``sleepers`` are those of them that are snoozed now."""
    counts = dict.fromkeys(Tab, 0)
    for shelf in SHELVES:
        count = shelves.get(shelf, 0)
        sleeping = sleepers.get(shelf, 0) if shelf in UNSETTLED else 0
        counts[Tab(shelf.value)] = count - sleeping
        counts[Tab.SNOOZED] += sleeping
        counts[Tab.ALL] += count
    return counts
