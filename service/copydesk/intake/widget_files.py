"""``GET /copydesk.js`` and ``/w/<hash>/<name>``: what the pages of the sites load.

The built files stand in ``static/widget`` with a manifest that names them; nothing but a name of
the manifest is ever opened, so there is no path to climb.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

blueprint = Blueprint("widget_files", __name__)

FOLDER = Path(__file__).resolve().parent.parent / "static" / "widget"
LOADER = "loader.js"

# The loader's address never changes, so this is how long a new release takes to reach readers.
SHORT = "public, max-age=3600"
# The address of a lazy file carries the hash of its content.
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class WidgetFile:
    """One built file, held in memory: plain, and compressed once instead of at every answer."""

    plain: bytes
    zipped: bytes
    etag: str


@dataclass(frozen=True)
class Build:
    """The widget as it was built: the hash of its lazy files, and all files by name."""

    hash: str
    files: dict[str, WidgetFile]


@cache
def build() -> Build:
    """Read the build once a process. Raises ``OSError`` when the files are not installed."""
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return Build(
        hash=manifest["hash"],
        files={name: _read(name, facts["sri"]) for name, facts in manifest["files"].items()},
    )


def _read(name: str, sri: str) -> WidgetFile:
    plain = (FOLDER / name).read_bytes()
    # A quoted-string of visible characters (RFC 9110 §8.8.3); the digest is already base64.
    return WidgetFile(plain, gzip.compress(plain, 9, mtime=0), sri.partition("-")[2])


@blueprint.get("/copydesk.js")
def loader() -> Response:
    """Serve the one script that a page carries; the neutral name is for advertisement blockers."""
    return _answer(build().files[LOADER], SHORT)


@blueprint.get("/w/<digest>/<name>")
def lazy_file(digest: str, name: str) -> Response:
    """Serve what the loader asks for.

    A loader of the last release, still in somebody's cache, asks under an older hash: it gets
    today's file, and may not keep it under that name.
    """
    current = build()
    if name == LOADER or name not in current.files:
        abort(404)
    return _answer(current.files[name], FOR_EVER if digest == current.hash else SHORT)


def _answer(file: WidgetFile, cache_control: str) -> Response:
    # Only a bare or preferred "gzip": a client that lists it with q=0 gets the plain file.
    is_zipped = request.accept_encodings["gzip"] > 0
    response = Response(
        file.zipped if is_zipped else file.plain, content_type="text/javascript; charset=utf-8"
    )
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache_control
    # import() and a tag with integrity="…" are CORS requests; the files are the same for all.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Two forms of one file are two representations and need two tags (RFC 9110 §8.8.3.3).
    response.set_etag(f"{file.etag}-gzip" if is_zipped else file.etag)
    response.make_conditional(request)
    return response
