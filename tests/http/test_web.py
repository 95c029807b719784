"""What holds for every page: headers, errors, health."""

import gzip
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from tests.conftest import SECRET_KEY

from copydesk.app import create_app
from copydesk.services import Services
from copydesk.settings import ServerSettings
from copydesk.store.migrate import downgrade
from copydesk.web import CONTENT_SECURITY_POLICY

# These two are for other origins: a widget that could not be embedded would be of little use.
EMBEDDED = {"widget_files.loader", "widget_files.lazy"}


def pages(app: Flask) -> list[tuple[str, str]]:
    """Return every address that answers a GET, with made-up parameters."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            values = dict.fromkeys(rule.arguments, "1")
            found.append((rule.endpoint, app.url_map.bind("x").build(rule.endpoint, values)))
    return found


def test_every_page_has_the_security_headers(app: Flask, client: FlaskClient) -> None:
    assert len(pages(app)) > 15
    for endpoint, path in pages(app):
        answer = client.get(path)
        headers = answer.headers
        assert answer.status_code < 500, path
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Strict-Transport-Security"].startswith("max-age=63072000"), path
        assert "Server" not in headers, path
        if endpoint not in EMBEDDED and answer.status_code == 200:
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path


def test_the_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "trusted-types 'none'" in CONTENT_SECURITY_POLICY


def test_no_page_has_anything_inline(app: Flask, client: FlaskClient) -> None:
    for _, path in pages(app):
        answer = client.get(path)
        if answer.mimetype == "text/html":
            text = answer.get_data(as_text=True)
            assert "<style" not in text, path
            assert " style=" not in text, path
            assert " onclick=" not in text, path
            assert text.count("<script") == text.count("<script src=") + text.count(
                '<script type="module" src='
            ), path


def test_over_plain_http_no_promise_of_https_is_made(services: Services, settings: Any) -> None:
    plain = settings.model_copy(
        update={
            "server": ServerSettings(
                base_url="http://127.0.0.1:8000", secret_key=SecretStr(SECRET_KEY)
            )
        }
    )
    app = create_app(
        Services(plain, services.database, services.signer, services.clock, services.fetcher)
    )
    answer = app.test_client().get("/healthz")
    assert "Strict-Transport-Security" not in answer.headers
    assert app.config["SESSION_COOKIE_NAME"] == "copydesk-form"


def test_the_front_door_leads_editors_to_the_desk(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/desk/"


@pytest.mark.parametrize("path", ["/nothing/here", "/desk/nothing", "/w/../../etc/passwd", "/%00"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_an_error_of_the_api_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    wrong_method = client.get("/api/v1/reports")
    assert wrong_method.status_code == 405
    assert "POST" in wrong_method.headers["Allow"]


def test_a_forged_host_never_gets_into_a_link(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in str(answer.headers)
    assert "evil.example" not in answer.get_data(as_text=True)


def test_health_is_told_apart_from_readiness(client: FlaskClient, services: Services) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    downgrade(services.database, "base")
    assert client.get("/healthz").status_code == 200
    ill = client.get("/readyz")
    assert ill.status_code == 503
    assert ill.headers["Retry-After"]


@pytest.mark.parametrize("host", ["a" * 64, "a..b", "a" * 60_000, "[::1", "a b", "a/b"])
@pytest.mark.parametrize("path", ["/healthz", "/desk", "/api/v1/reports", "/none"])
def test_a_host_that_is_none_is_a_bad_request(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code < 500
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/desk/static/desk.css", "/static/public.css", "/static/icon.svg"]
)
def test_static_files_are_packed_and_asked_for_by_their_tag(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    for coding, unpack in {"br": brotli.decompress, "gzip": gzip.decompress}.items():
        answer = client.get(path, headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.content_type == plain.content_type
        assert unpack(answer.data) == plain.data
        known = {"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]}
        again = client.get(path, headers=known)
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/desk/static/", "/desk/static/none.css", "/desk/static/../edge.py", "/static/%2e%2e/app.py"],
)
def test_nothing_but_static_files_is_served_as_one(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
