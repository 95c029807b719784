"""Errata about the page as a whole: what a reader said is all there is to show of them."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copydesk.store.tables import Erratum, Report


def first_comments(session: Session, errata: Iterable[Erratum]) -> dict[int, str]:
    """Return by erratum id what the first reader said of those ``errata`` about a page.

    One query however many there are. An erratum that was merged has no reports, and no words here.
    """
    ids = [erratum.id for erratum in errata if erratum.is_about_page]
    if not ids:
        return {}
    first = select(func.min(Report.id)).group_by(Report.erratum_id)
    reports = session.scalars(
        select(Report).where(Report.id.in_(first.where(Report.erratum_id.in_(ids))))
    )
    return {report.erratum_id: report.comment for report in reports}
