"""The salt of the day: what makes the pseudonyms of network addresses mean nothing the day after.

It lives in the database, for all processes alike, and housekeeping deletes it.
"""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.store.database import insert_into
from copydesk.store.tables import DailySalt


def day_of(now: datetime) -> str:
    """Return the day that a salt is kept under."""
    return f"{now:%Y-%m-%d}"


def salt_of_the_day(session: Session, now: datetime) -> bytes:
    """Return the salt of today: made now, or by another process that was first."""
    of_today = select(DailySalt.salt).where(DailySalt.day == day_of(now))
    found = session.scalar(of_today)
    if found is not None:
        return found
    session.execute(
        insert_into(session, DailySalt)
        .values(day=day_of(now), salt=secrets.token_bytes(32))
        .on_conflict_do_nothing(index_elements=["day"])
    )
    return session.scalars(of_today).one()
