"""``GET /api/v1/openapi.json``: the public HTTP API, described (OpenAPI 3.1).

Written by hand and held to the truth by tests: every route of the API stands in it, and a machine
sends what it allows and what it forbids. Generating it from the models would describe how the
fields are checked, not what a client must know.
"""

from functools import cache

from flask import Blueprint, Response, jsonify

from copydesk.api_schemas import SCHEMAS, Part, ref
from copydesk.web import services

blueprint = Blueprint("openapi", __name__)

PATH = "/api/v1/openapi.json"

_PROBLEMS = {
    400: "The request is not HTTP as it should be.",
    403: "The page or the origin is not one of the site's.",
    404: "There is no such site, or nothing behind this token.",
    405: "The path takes another method; `Allow` names it.",
    409: "The id was used before, with another body.",
    410: "The site no longer takes reports.",
    413: "The body has more than 65,536 bytes.",
    415: "The body is neither `application/json` nor `text/plain`.",
    422: "The body was refused; `errors` names the fields, and never what was sent.",
    428: "A proof of work is asked for: solve `challenge` and send the same report with `altcha`.",
    429: "A limit is reached; `Retry-After` says for how many seconds.",
    503: "Nothing was stored; `Retry-After` says when to send the same body again.",
}
_MAY_WAIT = {429, 503}


@blueprint.get(PATH)
def description() -> Response:
    """Answer with the description, for the address at which this service is reached."""
    return jsonify(document(services().settings.server.base_url))


@cache
def document(base_url: str) -> Part:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copydesk",
            "version": "1",
            "summary": "Readers report errors on news pages.",
            "description": (
                "Paths under `/api/v1` keep their meaning; new optional fields may come. "
                "The desk, the pages of readers and authors and the widget's files are no part "
                "of this API."
            ),
        },
        "servers": [{"url": base_url}],
        "paths": {
            "/api/v1/reports": {"post": _report()},
            "/api/v1/challenge": {"get": _challenge()},
            "/api/v1/spots/{token}": {"get": _spot()},
            PATH: {"get": _plain("description", "This description", {"type": "object"})},
            "/healthz": {"get": _health("up", "The process answers")},
            "/readyz": {"get": _health("ready", "The database takes writes", may_fail=True)},
        },
        "components": {"schemas": SCHEMAS, "responses": _problems()},
    }


def _report() -> Part:
    schema = {"schema": ref("Report")}
    receipt = {"content": {"application/json": {"schema": ref("Receipt")}}}
    return {
        "operationId": "report",
        "summary": "Hand in a report",
        "description": (
            "The answer comes after the report is durable. Send the same body with the same `id` "
            "again after any failure: it is stored once. A malformed optional field is dropped "
            "and costs the report nothing."
        ),
        "requestBody": {
            "required": True,
            "content": {"application/json": schema, "text/plain": schema},
        },
        "responses": {
            "200": {"description": "The report was stored before, with this id."} | receipt,
            "201": {"description": "The report is stored."} | receipt,
            **_refs(400, 403, 404, 409, 410, 413, 415, 422, 428, 429, 503),
        },
    }


def _spot() -> Part:
    operation = _plain("spot", "The words behind a link, for the highlighter", ref("Spot"))
    operation["parameters"] = [
        {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    operation["responses"] |= _refs(404, 410, 503)
    return operation


def _challenge() -> Part:
    operation = _plain(
        "challenge", "A new challenge, where a proof of work is asked for", ref("Challenge")
    )
    operation["responses"] |= _refs(404)
    return operation


def _health(operation_id: str, summary: str, *, may_fail: bool = False) -> Part:
    status: Part = {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"const": "ok"}},
    }
    operation = _plain(operation_id, summary, status)
    if may_fail:
        # For machines that look at the status alone; the body is a page.
        operation["responses"]["503"] = {"description": "It does not, just now."}
    return operation


def _plain(operation_id: str, summary: str, schema: Part) -> Part:
    content = {"application/json": {"schema": schema}}
    return {
        "operationId": operation_id,
        "summary": summary,
        "responses": {"200": {"description": summary, "content": content}},
    }


def _refs(*statuses: int) -> Part:
    return {str(status): ref(f"Problem{status}", "responses") for status in statuses}


def _problems() -> Part:
    wait = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
    return {
        f"Problem{status}": {
            "description": words,
            "content": {
                "application/problem+json": {
                    "schema": ref("Problem428" if status == 428 else "Problem")
                }
            },
        }
        | ({"headers": wait} if status in _MAY_WAIT else {})
        for status, words in _PROBLEMS.items()
    }
