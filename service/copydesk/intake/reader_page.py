"""``/r/<token>``: the reader's own page, which tells what became of the report.

The token opens this page and nothing else: it shows the reader's own words and the erratum's fate,
never a name, an address or another reader's report.
"""

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from copydesk.errata.corrected import left_the_page
from copydesk.errata.sentence import cut_to_sentence
from copydesk.errata.worddiff import word_diff
from copydesk.errors import NotFound
from copydesk.store.tables import Erratum, Report
from copydesk.web import services, use_language

blueprint = Blueprint("reader", __name__, template_folder="templates")


@blueprint.get("/r/<token>")
def status(token: str) -> str:
    """Show what became of the report that ``token`` names."""
    with services().database.reading() as session:
        report = session.scalar(
            select(Report)
            .where(Report.token == token)
            .options(
                joinedload(Report.site),
                joinedload(Report.erratum).joinedload(Erratum.article),
            )
        )
        if report is None:
            raise NotFound
        use_language(report.language, report.site.language)
        proposed = report.suggestion or report.quote
        before, after = cut_to_sentence(report.prefix, report.suffix)
        return render_template(
            "reader/status.html",
            report=report,
            erratum=report.erratum,
            before=before,
            after=after,
            difference=word_diff(report.quote, proposed),
            is_gone=left_the_page(session, report.erratum),
            is_new="new" in request.args,
        )
