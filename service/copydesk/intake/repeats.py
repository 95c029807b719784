"""The same report again: a sender who got no answer repeats it under the same id."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata import known
from copydesk.errata.attach import Standing
from copydesk.errors import Conflict
from copydesk.intake.submission import Entry, Outcome, Receipt, receipt
from copydesk.store.base import table_of
from copydesk.store.prepared import Prepared, among
from copydesk.store.tables import Report

_REPORT = table_of(Report)
# Not joined with its erratum: mostly there is none, and PostgreSQL planned the join each time anew.
_STORED = Prepared(
    lambda dialect: select(
        _REPORT.c.site_id,
        _REPORT.c.client_id,
        _REPORT.c.body_hash,
        _REPORT.c.token,
        _REPORT.c.erratum_id,
    ).where(among(_REPORT.c.site_id, "sites", dialect), among(_REPORT.c.client_id, "ids", dialect))
)


def answer_repeats(session: Session, entries: Sequence[Entry]) -> None:
    """Settle what is stored already: with its first receipt, or ``Conflict`` for another body."""
    ids = {entry.client_id for entry in entries if entry.draft.id}
    if not ids:
        return
    sites = {entry.site.id for entry in entries}
    stored = _STORED.rows(session, {"sites": list(sites), "ids": list(ids)})
    if not stored:
        return
    reports = {(site_id, client_id): row for site_id, client_id, *row in stored}
    errata = {row.id: row for row in known.by_ids(session, {row[-1] for row in stored})}
    for entry in entries:
        report = reports.get((entry.site.id, entry.client_id))
        if report is None:
            continue
        body_hash, token, erratum_id = report
        if body_hash == entry.body_hash:
            erratum = errata[erratum_id]
            entry.outcome = receipt(
                entry.client_id,
                token,
                Standing(erratum.state, erratum.report_count),
                erratum.declined_reason,
                is_repeat=True,
            )
        else:
            entry.outcome = _reused()


def part_copies(entries: Sequence[Entry]) -> tuple[list[Entry], list[tuple[Entry, Entry]]]:
    """Return the first copies, and each repeat that came in the same group with its original."""
    firsts: dict[tuple[int, str], Entry] = {}
    copies = []
    for entry in entries:
        original = firsts.setdefault((entry.site.id, entry.client_id), entry)
        if original is not entry:
            copies.append((entry, original))
    return list(firsts.values()), copies


def outcome_of_copy(copy: Entry, original: Entry) -> Outcome | None:
    """Return what a repeat is told once its original is settled."""
    if copy.body_hash != original.body_hash:
        return _reused()
    if isinstance(original.outcome, Receipt):
        return replace(original.outcome, is_repeat=True)
    return original.outcome


def _reused() -> Conflict:
    return Conflict("This id was used for another report.")
