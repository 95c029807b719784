"""``POST /api/v1/reports``: parse, guard, do, answer.

Guard and do stand in ``submit.submit_all``, which takes the reports that wait at the same time.
"""

from flask import Blueprint, Flask, Response, jsonify, request
from flask_cors import CORS

from copydesk.errors import UnsupportedType
from copydesk.intake import challenge, spots
from copydesk.intake.payload import MAX_BODY_BYTES, ReportDraft, parse_report
from copydesk.intake.reception import reception
from copydesk.intake.submission import Submission
from copydesk.web import services

blueprint = Blueprint("intake", __name__)

PATH = "/api/v1/reports"
# text/plain spares the browser a preflight request, and a hurried reader its round trip.
MEDIA_TYPES = {"application/json", "text/plain"}


def allow_any_origin(app: Flask) -> None:
    """Open CORS on three exact paths: ``*`` and no credentials, so there is nothing to steal.

    Which origins a site has stands in the database and is judged by the guard; flask-cors would
    read its list once at the start, and by patterns that match more than they seem to.
    """
    CORS(
        app,
        resources={
            rf"^{PATH}$": {
                "origins": "*",
                "methods": ["POST"],
                "allow_headers": ["Content-Type"],
                "expose_headers": ["Retry-After"],
                "max_age": 86400,
            },
            rf"^{spots.FOLDER}/[^/]+$": {"origins": "*", "methods": ["GET"]},
            rf"^{challenge.PATH}$": {"origins": "*", "methods": ["GET"]},
        },
        send_wildcard=True,
        always_send=False,
        supports_credentials=False,
    )


@blueprint.post(PATH)
def receive() -> Response:
    """Store a report and answer with its receipt once it is durable."""
    draft = _parse()
    origin = request.headers.get("Origin")
    receipt = reception().take(Submission(draft, origin, request.remote_addr))
    response = jsonify(
        id=receipt.id,
        status="received",
        erratum={"state": receipt.state, "reports": receipt.reports, "note": receipt.note},
        status_url=f"{services().settings.server.base_url}/r/{receipt.token}",
    )
    response.status_code = 200 if receipt.is_repeat else 201
    # What flask-cors would say, and now leaves alone: it takes 25 µs over it, a twentieth of what
    # a report takes in all.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _parse() -> ReportDraft:
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedType("Send application/json, or text/plain that holds JSON.")
    request.max_content_length = MAX_BODY_BYTES
    return parse_report(request.get_data(cache=False))
