"""How to write a body: a sound one with changes, or by hand what no JSON writer would write."""

import json
from typing import Any

from tests.factories import ORIGIN

URL = f"{ORIGIN}/harbour/ferry"

Refused = list[tuple[str, bytes, int]]
"""Name, body, status."""
Stored = list[tuple[str, bytes]]


def text(**changes: Any) -> bytes:
    """Return a sound body but for ``changes``."""
    body = {"site": "gazette", "url": URL, "quote": {"exact": "recieved"}}
    return json.dumps(body | changes).encode()


def raw(fields: str) -> bytes:
    """Return a sound body with ``fields`` put before its last brace, as they are."""
    start = text().decode().rstrip("}")
    return f"{start}}}{fields}}}".encode()


def raw_comment(inside: bytes) -> bytes:
    """Return a body whose comment is these bytes, unescaped."""
    return raw("")[:-1] + b', "comment": "' + inside + b'"}'


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    """Return brackets within brackets."""
    return opening * depth + closing * depth


def everywhere(hostile: str) -> bytes:
    """Return a body with the same text in every field that takes any."""
    return text(
        quote={"exact": hostile, "prefix": hostile[:256], "suffix": hostile[:256]},
        title=hostile[:500],
        byline=hostile[:300],
        suggestion=hostile,
        comment=hostile,
    )
