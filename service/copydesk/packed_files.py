"""Files that stay the same while the process runs: packed once, and known by what they hold.

Answers are conditional (RFC 9110 §13): a browser that has the file is told so in a few bytes.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

TEXT = frozenset({"text/css", "text/javascript", "image/svg+xml"})
"""What is smaller packed; the address of anything else says "plain"."""
ASK_EACH_TIME = "no-cache"
"""Keep it, but ask by its tag whether it is still the one (RFC 9111 §5.2.2.4)."""


@dataclass(frozen=True)
class PackedFile:
    """One file in memory, in each form that a client may take."""

    content_type: str
    etag: str
    forms: dict[str, bytes]
    """By the name of the content coding; the plain one under ``identity``."""


@cache
def packed(path: Path) -> PackedFile:
    """Read and pack a file, once a process. Raises ``OSError``."""
    plain = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    forms = {"identity": plain}
    if kind in TEXT:
        forms |= {"br": brotli.compress(plain), "gzip": gzip.compress(plain, 9, mtime=0)}
        kind += "; charset=utf-8"
    return PackedFile(kind, hashlib.sha256(plain).hexdigest()[:32], forms)


def answer(file: PackedFile, cache_control: str) -> Response:
    """Return the file in the smallest form that the client takes, or 304 when it has it."""
    coding = _coding(file)
    response = Response(file.forms[coding], content_type=file.content_type)
    if coding != "identity":
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache_control
    # Each form is a representation of its own and needs its own tag (RFC 9110 §8.8.3.3).
    response.set_etag(file.etag if coding == "identity" else f"{file.etag}-{coding}")
    response.make_conditional(request)
    return response


def sender(folder: Path) -> Callable[[str], Response]:
    """Return what serves the files of ``folder`` by their names, and nothing outside it."""

    def send(filename: str) -> Response:
        path = safe_join(str(folder), filename)
        if path is None or not Path(path).is_file():
            raise NotFound
        return answer(packed(Path(path)), ASK_EACH_TIME)

    return send


def _coding(file: PackedFile) -> str:
    """Choose by the client's weights, and br before gzip; one of weight 0 is never taken."""
    accepted = request.accept_encodings
    found = max(("gzip", "br"), key=lambda coding: (accepted[coding], coding == "br"))
    return found if accepted[found] > 0 and found in file.forms else "identity"
