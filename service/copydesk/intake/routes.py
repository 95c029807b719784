"""``POST /api/v1/reports``: parse, guard, do, answer."""

from flask import Blueprint, Flask, Response, jsonify, request
from flask_cors import CORS
from sqlalchemy.orm import Session

from copydesk.errors import UnsupportedType
from copydesk.intake import guard, spots, submit
from copydesk.intake.payload import MAX_BODY_BYTES, ReportDraft, parse_report
from copydesk.web import services

blueprint = Blueprint("intake", __name__)

PATH = "/api/v1/reports"
# text/plain spares the browser a preflight request, and a hurried reader its round trip.
MEDIA_TYPES = {"application/json", "text/plain"}


def allow_any_origin(app: Flask) -> None:
    """Open CORS on two exact paths: ``*`` and no credentials, so there is nothing to steal.

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
        },
        send_wildcard=True,
        always_send=False,
        supports_credentials=False,
    )


@blueprint.post(PATH)
def receive() -> Response:
    """Store a report and answer with its receipt once it is durable."""
    draft = _parse()
    web = services()
    origin = request.headers.get("Origin")
    receipt = web.database.write(lambda session: admit_and_submit(session, draft, origin))
    response = jsonify(
        id=receipt.id,
        status="received",
        erratum={"state": receipt.state, "reports": receipt.reports, "note": receipt.note},
        status_url=f"{web.settings.server.base_url}/r/{receipt.token}",
    )
    response.status_code = 200 if receipt.is_repeat else 201
    return response


def _parse() -> ReportDraft:
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedType("Send application/json, or text/plain that holds JSON.")
    request.max_content_length = MAX_BODY_BYTES
    return parse_report(request.get_data(cache=False))


def admit_and_submit(session: Session, draft: ReportDraft, origin: str | None) -> submit.Receipt:
    """Guard, then do: store the report of this request, or return the receipt of its first copy.

    Raises what ``guard.admit``, ``guard.check_limits`` and ``submit.find_repeat`` raise.
    """
    web = services()
    now = web.clock()
    site = guard.admit(session, draft, origin)
    repeat = submit.find_repeat(session, site, draft)
    if repeat is not None:
        return repeat
    reader_key = guard.pseudonym(session, web.signer, request.remote_addr, now)
    guard.check_limits(session, site, draft, reader_key, web.settings.limits, now)
    return submit.submit_report(session, site, draft, reader_key=reader_key, now=now)
