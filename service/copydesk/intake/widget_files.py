"""``GET /copydesk.js`` and ``/w/<hash>/<name>``: what the pages of the sites load.

The built files stand in ``static/widget`` with a manifest that names them; nothing but a name of
the manifest is ever opened, so there is no path to climb.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort

from copydesk.packed_files import answer, packed

blueprint = Blueprint("widget_files", __name__)

FOLDER = Path(__file__).resolve().parent.parent / "static" / "widget"
LOADER = "loader.js"

# The loader's address never changes, so this is how long a new release takes to reach readers.
SHORT = "public, max-age=3600"
# The address of a lazy file carries the hash of its content.
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Build:
    """The widget as it was built: the hash of its lazy files, and the names of all."""

    hash: str
    names: frozenset[str]


@cache
def build() -> Build:
    """Read the build once a process. Raises ``OSError`` when the files are not installed."""
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return Build(hash=manifest["hash"], names=frozenset(manifest["files"]))


@blueprint.get("/copydesk.js")
def loader() -> Response:
    """Serve the one script that a page carries; the neutral name is for advertisement blockers."""
    return _answer(LOADER, SHORT)


@blueprint.get("/w/<digest>/<name>")
def lazy_file(digest: str, name: str) -> Response:
    """Serve what the loader asks for.

    A loader of the last release, still in somebody's cache, asks under an older hash: it gets
    today's file, and may not keep it under that name.
    """
    current = build()
    if name == LOADER or name not in current.names:
        abort(404)
    return _answer(name, FOR_EVER if digest == current.hash else SHORT)


def _answer(name: str, cache_control: str) -> Response:
    response = answer(packed(FOLDER / name), cache_control)
    # import() and a tag with integrity="…" are CORS requests; the files are the same for all.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
