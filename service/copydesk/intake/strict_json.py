"""JSON read strictly: what two parsers could read differently is refused.

RFC 8259 leaves duplicate keys, huge numbers and lone surrogates to the parser; I-JSON (RFC 7493)
closes those doors, and so do we. The parser recurses, and stops by itself where that goes too deep.
"""

import json
import re
from typing import Any

from copydesk.errors import FieldError, Invalid

MAX_DEPTH = 8
MAX_NUMBER = 2**53

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_strict(body: bytes) -> dict[str, Any]:
    """Return the object in ``body``; raises ``Invalid`` naming what is wrong with it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _refuse("must be UTF-8") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except (ValueError, RecursionError):
        raise _refuse("must be valid JSON") from None
    if not isinstance(value, dict):
        raise _refuse("must be a JSON object")
    _check_depth(value, MAX_DEPTH)
    if "\\u" in text:
        # Neither can stand in UTF-8 or in a JSON string but as an escape.
        _check_text(value, "")
    return value


def _refuse(message: str, field: str = "") -> Invalid:
    return Invalid("The body was not accepted.", errors=(FieldError(field, message),))


def _check_depth(value: object, left: int) -> None:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if left == 0 and isinstance(value, dict | list):
        raise _refuse(f"must not nest deeper than {MAX_DEPTH}")
    for item in inner:
        if isinstance(item, dict | list):
            _check_depth(item, left - 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _refuse("must not have the same key twice")
    return value


def _constant(name: str) -> Any:
    del name
    raise _refuse("must not hold NaN or Infinity")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_NUMBER:
        raise _refuse("must not hold a number beyond 2^53")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if abs(number) > MAX_NUMBER:
        raise _refuse("must not hold a number beyond 2^53")
    return number


def _check_text(value: object, path: str) -> None:
    """Refuse NUL (PostgreSQL can't store it) and lone surrogates (nothing can) anywhere."""
    if isinstance(value, str):
        if "\x00" in value:
            raise _refuse("must not hold a NUL character", path)
        if _SURROGATE.search(value):
            raise _refuse("must not hold a lone surrogate", path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, path)
            _check_text(item, f"{path}.{key}".lstrip(".")[:100])
    elif isinstance(value, list):
        for item in value:
            _check_text(item, path)
