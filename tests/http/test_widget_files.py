import gzip
import json

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from copydesk.intake import widget_files

MANIFEST = json.loads((widget_files.FOLDER / "manifest.json").read_text())


@pytest.fixture
def browser() -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(widget_files.blueprint)
    return app.test_client()


def test_the_loader_is_cached_for_an_hour_and_then_asked_for_by_its_tag(
    browser: FlaskClient,
) -> None:
    first = browser.get("/copydesk.js")
    assert first.status_code == 200
    assert first.content_type == "text/javascript; charset=utf-8"
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.data == (widget_files.FOLDER / "loader.js").read_bytes()

    again = browser.get("/copydesk.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=3600"


def test_the_loader_asks_for_the_hash_of_the_manifest(browser: FlaskClient) -> None:
    assert f"w/{MANIFEST['hash']}/".encode() in browser.get("/copydesk.js").data


@pytest.mark.parametrize("name", sorted(set(MANIFEST["files"]) - {"loader.js"}))
def test_a_lazy_file_is_kept_for_ever_under_its_own_hash(browser: FlaskClient, name: str) -> None:
    answer = browser.get(f"/w/{MANIFEST['hash']}/{name}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert len(answer.data) == MANIFEST["files"][name]["bytes"]


def test_a_loader_of_an_earlier_release_gets_todays_file_for_a_short_time(
    browser: FlaskClient,
) -> None:
    answer = browser.get("/w/0123456789ab/dialog.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "path",
    [
        "/w/abc/loader.js",
        "/w/abc/manifest.json",
        "/w/abc/other.js",
        "/w/abc/../../settings.py",
        "/w/abc/..%2f..%2fsettings.py",
        "/w/abc/%2e%2e/dialog.js",
        "/w/abc/dialog.js%00",
        "/w/dialog.js",
        "/w/",
    ],
)
def test_nothing_but_a_name_of_the_manifest_is_served(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=0, br;q=0, *", None),
    ],
)
def test_each_client_gets_what_it_takes_under_a_tag_of_its_own(
    browser: FlaskClient, accepted: str, coding: str | None
) -> None:
    plain = browser.get("/copydesk.js")
    answer = browser.get("/copydesk.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
    data = unpack[coding](answer.data) if coding else answer.data
    assert data == plain.data
    assert (answer.headers["ETag"] == plain.headers["ETag"]) is (coding is None)
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    again = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]}
    assert browser.get("/copydesk.js", headers=again).status_code == 304


def test_the_built_files_keep_the_promised_sizes() -> None:
    most = {
        "loader.js": 800,
        "dialog.js": 4096,
        "extras.js": 2816,
        "button.js": 1280,
        "highlight.js": 3072,
        "judge.js": 2048,
        "proof.js": 1280,
    }
    for name, facts in MANIFEST["files"].items():
        body = (widget_files.FOLDER / name).read_bytes()
        assert len(body) == facts["bytes"]
        assert len(gzip.compress(body, 9)) <= most.get(name, 500), name
