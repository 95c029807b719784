"""A reader's machine: solves a challenge as any client of ALTCHA would."""

import base64
import hashlib
import json
from typing import Any


def solution(challenge: dict[str, Any]) -> dict[str, Any]:
    """Return what is sent of a solved challenge, before it is packed."""
    for number in range(challenge["maxnumber"] + 1):
        text = f"{challenge['salt']}{number}"
        if hashlib.sha256(text.encode()).hexdigest() == challenge["challenge"]:
            kept = {name: value for name, value in challenge.items() if name != "maxnumber"}
            return kept | {"number": number}
    raise AssertionError("no number up to maxnumber solves it")


def packed(value: Any) -> str:
    """Return base64 over JSON."""
    return base64.b64encode(json.dumps(value).encode()).decode()


def solved(challenge: dict[str, Any]) -> str:
    """Return the field ``altcha`` of a report."""
    return packed(solution(challenge))


def challenge(length: int, number: int, most: int = 700) -> dict[str, Any]:
    """Return an unsigned challenge that ``number`` solves; its salt has so many letters."""
    salt = ("0123456789abcdef" * 32)[:length]
    hashed = hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
    facts = {"algorithm": "SHA-256", "challenge": hashed, "salt": salt, "signature": "s"}
    return facts | {"maxnumber": most}
