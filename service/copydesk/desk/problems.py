"""What an editor is told when something can't be done: in words, with a way back."""

from flask import Response, make_response, render_template

from copydesk.desk.edge import blueprint
from copydesk.errors import CopydeskError
from copydesk.web import gettext as _


@blueprint.errorhandler(CopydeskError)
def tell(error: CopydeskError) -> Response:
    """Answer with a page in the editor's language; the status stays the error's."""
    title, detail = _words(error)
    answer = make_response(
        render_template("desk/problem.html", title=title, detail=detail), error.status
    )
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _words(error: CopydeskError) -> tuple[str, str]:
    words = {
        403: (_("You may not do this"), _("Ask an admin if you should be able to.")),
        404: (_("Nothing here"), _("It is gone, or it belongs to a site that is not yours.")),
        409: (
            _("This is not possible any more"),
            _("Perhaps a colleague was quicker. Look at it again."),
        ),
        422: (_("This could not be accepted"), error.detail),
        503: (_("Temporarily unavailable"), _("Please try again in a moment.")),
    }
    return words.get(error.status, (_("Something went wrong on our side"), ""))
