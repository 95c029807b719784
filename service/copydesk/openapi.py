"""``GET /api/v1/openapi.json``: the public HTTP API, described (OpenAPI 3.1).

Written by hand and held to the truth by tests: every route of the API stands in it, and a machine
sends what it allows and what it forbids. Generating it from the models would describe how the
fields are checked, not what a client must know.
"""

from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify

from copydesk.web import services

blueprint = Blueprint("openapi", __name__)

PATH = "/api/v1/openapi.json"

Part = dict[str, Any]

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
            "/api/v1/spots/{token}": {"get": _spot()},
            PATH: {"get": _plain("description", "This description", {"type": "object"})},
            "/healthz": {"get": _health("up", "The process answers")},
            "/readyz": {"get": _health("ready", "The database takes writes", may_fail=True)},
        },
        "components": {"schemas": _SCHEMAS, "responses": _problems()},
    }


def _report() -> Part:
    schema = {"schema": _ref("Report")}
    receipt = {"content": {"application/json": {"schema": _ref("Receipt")}}}
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
            **_refs(400, 403, 404, 409, 410, 413, 415, 422, 429, 503),
        },
    }


def _spot() -> Part:
    operation = _plain("spot", "The words behind a link, for the highlighter", _ref("Spot"))
    operation["parameters"] = [
        {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    operation["responses"] |= _refs(404, 410, 503)
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


def _ref(name: str, kind: str = "schemas") -> Part:
    return {"$ref": f"#/components/{kind}/{name}"}


def _refs(*statuses: int) -> Part:
    return {str(status): _ref(f"Problem{status}", "responses") for status in statuses}


def _problems() -> Part:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    wait = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
    return {
        f"Problem{status}": {"description": words, "content": content}
        | ({"headers": wait} if status in _MAY_WAIT else {})
        for status, words in _PROBLEMS.items()
    }


def _text(longest: int, words: str = "", **more: Any) -> Part:
    return (
        {"type": "string", "maxLength": longest} | ({"description": words} if words else {}) | more
    )


_COUNT = {"type": "integer", "minimum": 1, "maximum": 10**6}
_OFFSET = {"type": "integer", "minimum": 0, "maximum": 10**9}
_QUOTE: Part = {
    "type": "object",
    "required": ["exact"],
    "properties": {
        "exact": _text(1000, "The words in error, at least one visible character.", minLength=1),
        "prefix": _text(300, "What stands before them, on the page as a reader sees it."),
        "suffix": _text(300, "What stands behind them."),
        "start": _OFFSET | {"description": "Hint: where they begin in the page's text."},
        "end": _OFFSET,
        "nth": _COUNT | {"description": "Hint: which one of `of` equal ones, from 1."},
        "of": _COUNT,
    },
}
_SCHEMAS: Part = {
    "Quote": _QUOTE,
    "Report": {
        "type": "object",
        "required": ["site", "url", "quote"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "description": "Yours, for repeats."},
            "site": _text(64, "The site's key, as in its tag.", minLength=1),
            "url": _text(2048, "Absolute address of the page, http or https.", format="uri"),
            "quote": _ref("Quote"),
            "canonical_url": _text(2048),
            "title": _text(500),
            "byline": _text(300),
            "lang": _text(35, "Language of the page (BCP 47)."),
            "suggestion": _text(2000, "How it should read."),
            "kind": {"enum": ["language", "fact", "other"], "default": "language"},
            "comment": _text(2000),
            "about": {
                "enum": ["", "page"],
                "description": "`page`: about what can't be selected; the comment says what.",
            },
            "reader_email": _text(254, "Used once, to tell the reader what became of it."),
            "elapsed_ms": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
            "website": _text(2000, "A trap: people leave it empty."),
        },
    },
    "Receipt": {
        "type": "object",
        "required": ["id", "status", "erratum", "status_url"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "status": {"const": "received"},
            "erratum": {
                "type": "object",
                "required": ["state", "reports", "note"],
                "properties": {
                    "state": {"enum": ["open", "confirmed", "corrected", "declined"]},
                    "reports": {"type": "integer", "minimum": 1},
                    "note": {"type": "string"},
                },
            },
            "status_url": {"type": "string", "format": "uri"},
        },
    },
    "Spot": {
        "type": "object",
        "required": ["quote", "language", "words"],
        "properties": {
            "quote": {"type": "object", "required": ["exact", "prefix", "suffix"]},
            "language": {"type": "string"},
            "words": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "errors"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
    },
}
