"""How many errata of a site and kind lie on each shelf, without counting them.

Nobody calls anything to keep it: triggers add a row to ``erratum_tally`` for every erratum that is
opened, moves, or goes, in the same transaction (migration 0004). Here the rows are summed, folded
and, by ``copydesk doctor``, compared with a count.
"""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, Subquery, delete, func, insert, select, true, union_all
from sqlalchemy.orm import Session

from copydesk.store.tables import Erratum, ErratumTally, Kind, Shelf

FOLD_FROM = 500
"""Changes that a reader of the counts may meet beside the sums."""
_MOST_FOLDED = 10_000

Place = tuple[int, Shelf, Kind]


def counts(
    session: Session, site_ids: Collection[int] | None, kind: Kind | None
) -> dict[Shelf, int]:
    """Return how many errata lie on each shelf of these sites (None: of all), of one kind or any.

    Its cost is that of the sites, and of the changes since the last folding: never of the errata.
    """
    conditions: list[ColumnElement[bool]] = [true()]
    if site_ids is not None:
        conditions.append(ErratumTally.site_id.in_(site_ids))
    if kind is not None:
        conditions.append(ErratumTally.kind == kind)
    rows = session.execute(
        select(ErratumTally.shelf, func.sum(ErratumTally.change))
        .where(*conditions)
        .group_by(ErratumTally.shelf)
    )
    return {shelf: int(count) for shelf, count in rows}


def is_long(session: Session) -> bool:
    """Say whether ``fold`` is worth it, without locking anything."""
    place = (ErratumTally.site_id, ErratumTally.shelf, ErratumTally.kind)
    changes = session.scalars(select(func.count()).select_from(ErratumTally).group_by(*place)).all()
    return sum(changes) > FOLD_FROM + 2 * len(changes)


def fold(session: Session) -> None:
    """Replace the changes by their sums, one for each place.

    Who else folds at the same time takes other rows; who reads sees all of it or nothing.
    """
    rows = session.scalars(
        select(ErratumTally)
        .order_by(ErratumTally.id.desc())
        .limit(_MOST_FOLDED)
        .with_for_update(skip_locked=True)
    ).all()
    sums: Counter[Place] = Counter()
    for row in rows:
        sums[row.site_id, row.shelf, row.kind] += row.change
    session.execute(delete(ErratumTally).where(ErratumTally.id.in_([row.id for row in rows])))
    _add(session, sums)


def differences(session: Session) -> dict[Place, int]:
    """Count all errata and return where the tally is wrong, and by how many; empty is right.

    One statement and so one moment: what happens meanwhile is in both or in neither.
    """
    place = (Erratum.site_id, Erratum.shelf, Erratum.kind)
    counted = select(*place, func.count().label("n")).group_by(*place)
    tally = (ErratumTally.site_id, ErratumTally.shelf, ErratumTally.kind)
    kept = select(*tally, (-func.sum(ErratumTally.change)).label("n")).group_by(*tally)
    both: Subquery = union_all(counted, kept).subquery()
    columns = (both.c.site_id, both.c.shelf, both.c.kind)
    rows = session.execute(
        select(*columns, func.sum(both.c.n)).group_by(*columns).having(func.sum(both.c.n) != 0)
    )
    return {(site_id, shelf, kind): int(missing) for site_id, shelf, kind, missing in rows}


def mend(session: Session) -> int:
    """Make the tally right and return at how many places it was wrong."""
    wrong = differences(session)
    _add(session, wrong)
    return len(wrong)


def _add(session: Session, changes: dict[Place, int]) -> None:
    rows = [
        {"site_id": site_id, "shelf": shelf, "kind": kind, "change": change}
        for (site_id, shelf, kind), change in sorted(changes.items())
        if change
    ]
    if rows:
        session.execute(insert(ErratumTally), rows)
