"""What the API's bodies hold, for ``openapi.py``: JSON Schema (2020-12), written by hand."""

from typing import Any

Part = dict[str, Any]


def ref(name: str, kind: str = "schemas") -> Part:
    """Return a reference to a part of the description that stands by itself."""
    return {"$ref": f"#/components/{kind}/{name}"}


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
SCHEMAS: Part = {
    "Quote": _QUOTE,
    "Report": {
        "type": "object",
        "required": ["site", "url", "quote"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "description": "Yours, for repeats."},
            "site": _text(64, "The site's key, as in its tag.", minLength=1),
            "url": _text(2048, "Absolute address of the page, http or https.", format="uri"),
            "quote": ref("Quote"),
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
            "altcha": _text(2000, "The solved challenge, where a proof of work is asked for."),
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
    "Problem428": {
        "allOf": [ref("Problem")],
        "required": ["challenge"],
        "properties": {"challenge": ref("Challenge")},
    },
    "Challenge": {
        "type": "object",
        "description": (
            "As ALTCHA has them (version 1, SHA-256): find the `number` from 0 to `maxnumber` of "
            "which the SHA-256 of `salt` and its decimal digits is `challenge`, in hex. `altcha` "
            "is the JSON of `algorithm`, `challenge`, `number`, `salt` and `signature` in base64. "
            "It counts once, and until the time that `salt` tells."
        ),
        "required": ["algorithm", "challenge", "maxnumber", "salt", "signature"],
        "properties": {
            "algorithm": {"const": "SHA-256"},
            "challenge": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "maxnumber": {"type": "integer", "minimum": 1},
            "salt": {"type": "string"},
            "signature": {"type": "string"},
        },
    },
}
