"""What a reading of a page means for the errata on it, written down in one transaction."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from copydesk.articles.locate import Verdict
from copydesk.articles.reread import CannotRead, PageReading
from copydesk.articles.wanted import Target
from copydesk.errata.closing import Reading, apply_reading
from copydesk.errata.locking import lock_errata
from copydesk.errata.schedule import WATCHED, owe_next, set_next
from copydesk.store.tables import Erratum, VerdictKind


def reading_of(found: Verdict | CannotRead) -> Reading:
    """Return what was found in the words of ``errata``."""
    if isinstance(found, CannotRead):
        return Reading(VerdictKind.UNSURE, note=found.reason)
    return Reading(
        kind=VerdictKind(found.kind),
        found=found.found,
        sentence=found.sentence,
        score=found.score,
        # The others speak for themselves, by what stands on the page.
        note=found.reason if found.kind == "unsure" else "",
    )


def write_findings(
    session: Session,
    reading: PageReading,
    *,
    begun: datetime,
    now: datetime,
    mark: str,
    besides: Collection[int] = (),
) -> None:
    """Apply a reading to the errata that are watched, and owe the article's next one.

    A page that could not be read says something only to those whose turn it was. ``begun``: when it
    was asked for; a claim that came later waits for a newer reading. ``besides``: errata that the
    caller has seen to. ``mark``: see ``schedule.owe``.
    """
    targets = {
        target.erratum_id: target
        for target in reading.wanted.targets
        if target.erratum_id not in besides and (target.is_due or reading.problem is None)
    }
    articles = {reading.wanted.article_id}
    for erratum in lock_errata(session, targets):
        articles.add(erratum.article_id)
        claimed = erratum.correction_claimed_at
        if erratum.state not in WATCHED or (claimed is not None and claimed > begun):
            continue
        _apply(session, erratum, reading, targets[erratum.id], now)
    session.flush()
    for article_id in sorted(articles):
        owe_next(session, article_id, now=now, mark=f"{mark}:{article_id}")


def _apply(
    session: Session, erratum: Erratum, reading: PageReading, target: Target, now: datetime
) -> None:
    if erratum.recheck_due_at is None and target.is_due:
        # Owed by a release that set no times: from here on there are some.
        erratum.recheck_due_at = now
    if reading.is_unmodified:
        # Each was judged by this very page; nothing has moved since but the clock.
        erratum.checked_at = now
    else:
        found = reading.problem or (reading.said or {})[erratum.id]
        apply_reading(session, erratum, reading_of(found), now=now)
    set_next(erratum, now=now)
