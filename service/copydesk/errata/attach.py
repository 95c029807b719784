"""What a new report does to its erratum: count, history, reopening, and the work that follows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, update
from sqlalchemy.orm import Session

from copydesk.errata.grouping import Found
from copydesk.errata.history import READER, SERVICE
from copydesk.errata.locking import FOR_CHANGES
from copydesk.errata.triage import reopen
from copydesk.outbox import enqueue_all
from copydesk.store.base import table_of
from copydesk.store.prepared import Prepared
from copydesk.store.prepared_insert import PreparedInsert, write_gathered
from copydesk.store.tables import Erratum, HistoryEntry, State

_ERRATUM = table_of(Erratum)
_NOW = bindparam("now", type_=_ERRATUM.c.last_seen_at.type)
_COUNT = Prepared(
    lambda _: (
        update(_ERRATUM)
        .where(_ERRATUM.c.id == bindparam("it"))
        .values(
            report_count=_ERRATUM.c.report_count + bindparam("more"),
            suggestion=case(
                (_ERRATUM.c.suggestion == "", bindparam("proposed")), else_=_ERRATUM.c.suggestion
            ),
            last_seen_at=case(
                (_ERRATUM.c.last_seen_at < _NOW, _NOW), else_=_ERRATUM.c.last_seen_at
            ),
        )
    )
)
_HISTORY = PreparedInsert(table_of(HistoryEntry))


@dataclass(frozen=True)
class Attached:
    """A stored report and the erratum it was found to belong to."""

    erratum: Found
    report_id: int
    suggestion: str
    spam_reason: str


@dataclass(frozen=True)
class Standing:
    """How the erratum stands after one report."""

    state: State
    report_count: int


def attach_all(session: Session, reports: Sequence[Attached], *, now: datetime) -> list[Standing]:
    """Do to each erratum what its new reports (stored already) do; one standing for each report.

    A corrected erratum is reopened; a declined one stays, its reader is told the reason. A report
    marked as spam is written down and changes nothing.
    """
    standings: list[Standing] = []
    history: list[dict[str, Any]] = []
    work: list[tuple[str, dict[str, Any]]] = []
    counts: Counter[int] = Counter()
    suggestions: dict[int, str] = {}
    for report in reports:
        erratum = report.erratum
        if report.spam_reason:
            history.append(_entry(erratum, SERVICE, "spam_report", report.spam_reason, now))
        else:
            is_first = erratum.report_count == 0
            erratum.report_count += 1
            if not erratum.is_new:
                counts[erratum.id] += 1
                if report.suggestion and not erratum.is_about_page:
                    suggestions.setdefault(erratum.id, report.suggestion)
            history.append(_entry(erratum, READER, "received", "", now))
            was_folded_as_spam = erratum.state is State.SPAM and is_first
            if erratum.state is State.CORRECTED or was_folded_as_spam:
                _take_up_again(session, erratum, now)
                is_first = True
            if is_first and erratum.state is State.OPEN:
                work.append(_reading(erratum, report))
        standings.append(Standing(erratum.state, erratum.report_count))
    _count(session, counts, suggestions, now)
    _HISTORY.add(session, history)
    enqueue_all(session, "read_article", work, now=now)
    return standings


def _take_up_again(session: Session, erratum: Found, now: datetime) -> None:
    write_gathered(session)  # it may be this very group's
    row = session.get_one(Erratum, erratum.id, with_for_update=FOR_CHANGES, populate_existing=True)
    # Where somebody moved it since it was found, that is how it stands: no reader is refused.
    if row.state is erratum.state:
        reopen(session, row, who=READER, now=now, note="reported again")
    erratum.state, erratum.declined_reason = row.state, row.declined_reason


def _reading(erratum: Found, report: Attached) -> tuple[str, dict[str, Any]]:
    key = f"read:{erratum.id}:{report.report_id}"
    return key, {"erratum_id": erratum.id, "report_id": report.report_id}


def _entry(erratum: Found, who: str, what: str, note: str, now: datetime) -> dict[str, Any]:
    return {"erratum_id": erratum.id, "at": now, "who": who, "what": what, "note": note}


def _count(
    session: Session, counts: Counter[int], suggestions: dict[int, str], now: datetime
) -> None:
    """Count the new reports; the first proposal that was not empty becomes the erratum's."""
    if not counts:
        return
    rows = [
        {"it": erratum_id, "more": more, "now": now, "proposed": suggestions.get(erratum_id, "")}
        for erratum_id, more in sorted(counts.items())
    ]
    _COUNT.run(session, rows)
