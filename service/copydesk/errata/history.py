"""The visible history of an erratum."""

from datetime import datetime

from sqlalchemy.orm import Session

from copydesk.errata.transitions import Verb, next_state
from copydesk.store.tables import Erratum, HistoryEntry, State

SERVICE = "service"
READER = "reader"


def record(
    session: Session,
    erratum: Erratum,
    *,
    who: str,
    what: str,
    now: datetime,
    from_state: State | None = None,
    to_state: State | None = None,
    note: str = "",
) -> None:
    """Add one line: who did what, and why. The note is kept whole; pages show it as text."""
    session.add(
        HistoryEntry(
            erratum_id=erratum.id,
            at=now,
            who=who[:300],
            what=what,
            from_state=from_state,
            to_state=to_state,
            note=note,
        )
    )


def move(
    session: Session, erratum: Erratum, verb: Verb, *, who: str, now: datetime, note: str = ""
) -> None:
    """Apply ``verb`` to the state and record it; raises ``NotPossible``."""
    before = erratum.state
    erratum.state = next_state(before, verb)
    erratum.snoozed_until = None
    record(
        session,
        erratum,
        who=who,
        what=verb.value,
        now=now,
        from_state=before,
        to_state=erratum.state,
        note=note,
    )
