"""Bodies that somebody will send one day: each refused clearly or stored inert, on both databases.

The expected status is part of the table, so both databases must give the same answer.
"""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.factories import ORIGIN, make_site
from tests.http.hostile import injection, letters, parsing, places
from tests.http.hostile.body import URL, Refused, Stored, nested, raw, text

from copydesk.services import Services
from copydesk.settings import LimitSettings, Settings
from copydesk.store.tables import Report

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
BCC = "Ferry\r\nBcc: victim@example.org"
ENCODED_BCC = "=?utf-8?q?a=0D=0ABcc:_victim=40example.org?="


PLAIN_REFUSED: Refused = [
    ("empty body", b"", 422),
    ("white space", b" \n ", 422),
    ("not JSON", b"hello", 422),
    ("half a body", text()[:-10], 422),
    ("something behind it", text() + b"x", 422),
    ("two bodies", text() + text(), 422),
    ("top-level array", b"[1]", 422),
    ("top-level text", b'"hello"', 422),
    ("top-level number", b"7", 422),
    ("top-level null", b"null", 422),
    ("top-level true", b"true", 422),
    ("single quotes", b"{'site': 'gazette'}", 422),
    ("comments", b"/* hi */" + text(), 422),
    ("trailing comma", raw(", "), 422),
    ("form encoding", b"site=gazette&url=x", 422),
    ("XML", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", 422),
    ("byte order mark", b"\xef\xbb\xbf" + text(), 422),
    ("UTF-16", text().decode().encode("utf-16"), 422),
    ("UTF-32", text().decode().encode("utf-32"), 422),
    ("Latin-1", '{"site": "café"}'.encode("latin-1"), 422),
    ("overlong slash", raw(', "comment": "')[:-2] + b'\xc0\xaf"}', 422),
    ("CESU-8 pair", raw("")[:-1] + b', "comment": "\xed\xa0\xbd\xed\xb8\x80"}', 422),
    ("lone continuation byte", raw("")[:-1] + b', "comment": "\x80"}', 422),
    ("gzip", b"\x1f\x8b\x08\x00" + bytes(40), 422),
    ("100 levels", raw(f', "x": {nested(100)}'), 422),
    ("30 000 levels", raw(f', "x": {nested(30_000)}'), 422),
    ("30 000 open only", raw(', "x": ' + "[" * 30_000), 422),
    ("nine levels of objects", raw(', "x": ' + '{"a":' * 8 + "1" + "}" * 8), 422),
    ("NaN", raw(', "elapsed_ms": NaN'), 422),
    ("Infinity", raw(', "elapsed_ms": Infinity'), 422),
    ("-Infinity", raw(', "elapsed_ms": -Infinity'), 422),
    ("beyond 2^53", raw(', "elapsed_ms": 9007199254740993'), 422),
    ("beyond 2^63", raw(', "x": 9223372036854775808'), 422),
    ("5 000 digits", raw(', "x": ' + "9" * 5000), 422),
    ("1e400", raw(', "x": 1e400'), 422),
    ("-1e308", raw(', "x": -1e308'), 422),
    ("duplicate key", raw(', "site": "other"'), 422),
    ("duplicate key, escaped", raw(', "si\\u0074e": "other"'), 422),
    ("duplicate key in the quote", b'{"site":"gazette","quote":{"exact":"a","exact":"b"}}', 422),
    ("NUL in a comment", text(comment="a\x00b"), 422),
    ("NUL in the quote", text(quote={"exact": "a\x00b"}), 422),
    ("NUL in a key", text(**{"a\x00b": 1}), 422),
    ("raw NUL", raw("")[:-1] + b', "comment": "\x00"}', 422),
    ("raw line feed in a string", raw("")[:-1] + b', "comment": "a\nb"}', 422),
    ("lone high surrogate", raw(', "comment": "\\ud83d"'), 422),
    ("lone low surrogate", raw(', "comment": "\\ude00"'), 422),
    ("surrogates swapped", raw(', "comment": "\\ude00\\ud83d"'), 422),
    ("surrogate in a key", raw(', "\\ud800": 1'), 422),
    ("surrogate in a list", raw(', "x": ["\\udfff"]'), 422),
    ("no fields", b"{}", 422),
    ("everything null", b'{"site": null, "url": null, "quote": null}', 422),
    ("quote is text", text(quote="recieved"), 422),
    ("quote is a list", text(quote=["recieved"]), 422),
    ("quote is null", text(quote=None), 422),
    ("exact is a number", text(quote={"exact": 7}), 422),
    ("exact is true", text(quote={"exact": True}), 422),
    ("exact is an object", text(quote={"exact": {"$ne": ""}}), 422),
    ("exact is only invisible space", text(quote={"exact": "\u2003\u00a0\u3000"}), 422),
    ("exact too long", text(quote={"exact": "ж" * 1001}), 422),
    ("site is a list", text(site=["gazette"]), 422),
    ("site is an object", text(site={"$gt": ""}), 422),
    ("site is SQL", text(site="' OR 1=1 --"), 404),
    ("site is a path", text(site="../../etc/passwd"), 404),
    ("site in other case", text(site="GAZETTE"), 404),
    ("url is a script", text(url="javascript:alert(1)"), 422),
    ("url is data", text(url="data:text/html,x"), 422),
    ("url is a file", text(url="file:///etc/passwd"), 422),
    ("url without a host", text(url="https:///x"), 422),
    ("url relative", text(url="/harbour/ferry"), 422),
    ("url with a user", text(url="https://news.example@evil.example/"), 422),
    ("url with a backslash", text(url="https://news.example\\@evil.example/"), 422),
    ("url with a line feed", text(url="https://news.example/\nx"), 422),
    ("url with an odd port", text(url="https://news.example:99999/"), 422),
    ("url with a word as port", text(url="https://news.example:port/"), 422),
    ("url with a broken IPv6 host", text(url="https://[::1/"), 422),
    ("url with an empty label", text(url="https://news..example/é"), 422),
    ("url of the metadata service", text(url="http://169.254.169.254/latest/"), 403),
    ("url of this machine", text(url="http://127.0.0.1/"), 403),
    ("url with a look-alike host", text(url="https://nеws.example/"), 403),
    ("url too long", text(url=URL + "x" * 3000), 422),
    ("70 000 bytes", text(comment="x" * 70_000), 413),
]

PLAIN_STORED: Stored = [
    ("script in every field", text(
        quote={"exact": SCRIPT, "prefix": SCRIPT, "suffix": SCRIPT},
        title=SCRIPT, byline=SCRIPT, suggestion=SCRIPT, comment=SCRIPT, about=SCRIPT,
    )),
    ("handler in every field", text(
        quote={"exact": IMAGE, "prefix": IMAGE, "suffix": IMAGE},
        title=IMAGE, byline=IMAGE, suggestion=IMAGE, comment=IMAGE, about="page",
    )),
    ("template in every field", text(
        quote={"exact": "{{7*7}}{% raw %}"}, title="{{config}}", suggestion="${7*7}",
        comment="<%= 7*7 %>",
    )),
    ("header injection in the title", text(title=BCC, byline=BCC)),
    ("encoded header injection", text(title=ENCODED_BCC, byline=ENCODED_BCC)),
    ("header injection in the address", text(reader_email="a@b.example\r\nBcc: c@d.example")),
    ("SQL in every field", text(
        quote={"exact": "'; DROP TABLE report; --"}, title="\\' OR 1=1", comment="%_\\%",
    )),
    ("formula", text(suggestion='=HYPERLINK("http://evil.example")', comment="\t=1+1")),
    ("prototype keys", raw(', "__proto__": {"admin": true}, "constructor": {"x": 1}')),
    ("mass assignment", text(state="corrected", report_count=99, site_id=2, token="x")),
    ("right-to-left override", text(quote={"exact": "user\u202egnp.exe"}, title="\u2066x")),
    ("zalgo", text(quote={"exact": "e" + "\u0301" * 200})),
    ("emoji families", text(quote={"exact": "👩‍👩‍👧‍👦" * 40})),
    ("surrogate pair, escaped", raw(', "comment": "\\ud83d\\ude00"')),
    ("noncharacters", text(comment="\ufffe\uffff\U0010ffff")),
    ("escape sequences", text(comment="\x1b[31mred\x1b[0m\x07\x7f\x85")),
    ("line separators", text(title="a\u2028b\u2029c", comment="a\u2028b")),
    ("exact of 1,000 characters", text(quote={"exact": "ж" * 1000})),
    ("eight levels", raw(f', "x": {nested(7)}')),
    ("2^53 exactly", raw(', "elapsed_ms": 9007199254740992')),
    ("brackets inside a string", text(comment="[" * 1900 + '\\"' + "{" * 90)),
    ("5 000 unknown fields", raw("".join(f', "k{n}": 1' for n in range(4000)))),
    ("every optional field of a wrong type", text(
        id=5, canonical_url=5, title=5, byline=5, lang=5, suggestion=5, kind=5, comment=5,
        reader_email=5, elapsed_ms="x", website=5, about=5,
    )),
    ("every optional field null", text(
        id=None, canonical_url=None, title=None, byline=None, lang=None, suggestion=None,
        kind=None, comment=None, reader_email=None, elapsed_ms=None, website=None, about=None,
    )),
    ("offsets below zero", text(quote={"exact": "x", "start": -5, "end": -9, "nth": -1, "of": 0})),
    ("offsets as reals", text(quote={"exact": "x", "start": 1.5, "end": 1e10})),
    ("canonical URL elsewhere", text(canonical_url="https://evil.example/")),
    ("canonical URL inside", text(canonical_url="http://127.0.0.1:8000/desk/")),
    ("phishing words", text(comment="Your mailbox is full: https://evil.example/login")),
]  # fmt: skip

REFUSED = [*PLAIN_REFUSED, *parsing.REFUSED, *letters.REFUSED, *places.REFUSED]
STORED = [
    *PLAIN_STORED, *parsing.STORED, *letters.STORED, *injection.STORED, *places.STORED,
]  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # One address sends them all within an hour.
    most = {f"reports_per_{party}_hour": 10_000 for party in ("address", "page", "site")}
    return settings.model_copy(update={"limits": LimitSettings(**most)})


@pytest.fixture(autouse=True)
def _site(services: Services) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())


def test_the_table_is_long_enough() -> None:
    assert len(REFUSED) + len(STORED) >= 300
    assert len({row[0] for row in REFUSED} | {row[0] for row in STORED}) == len(REFUSED) + len(
        STORED
    )


def test_what_is_refused_is_refused_clearly(client: FlaskClient, services: Services) -> None:
    wrong = []
    for name, body, status in REFUSED:
        answer = client.post(
            "/api/v1/reports", data=body, content_type="text/plain", headers={"Origin": ORIGIN}
        )
        problem = answer.get_json(silent=True) or {}
        if answer.status_code != status or problem.get("status") != status:
            wrong.append((name, answer.status_code, status))
        assert answer.mimetype == "application/problem+json", name
        assert "Traceback" not in answer.get_data(as_text=True), name
    assert wrong == []
    with services.database.reading() as session:
        assert session.scalars(select(Report.id)).all() == []


def test_what_is_stored_is_stored_inert(client: FlaskClient, services: Services) -> None:
    wrong, tokens = [], []
    for name, body in STORED:
        answer = client.post(
            "/api/v1/reports", data=body, content_type="application/json",
            headers={"Origin": ORIGIN},
        )  # fmt: skip
        if answer.status_code != 201:
            wrong.append((name, answer.status_code, answer.get_json()))
            continue
        tokens.append((name, answer.get_json()["status_url"].rpartition("/")[2]))
    assert wrong == []

    with services.database.reading() as session:
        reports = session.scalars(select(Report).order_by(Report.id)).all()
        assert len(reports) == len(STORED)
        assert reports[0].quote == SCRIPT
        assert reports[0].comment == SCRIPT
        for report in reports:
            assert not set("\r\n\u2028\u2029") & set(report.title + report.byline)
            assert report.reader_email == ""
            assert report.erratum.report_count <= len(STORED)

    plain = client.get(f"/r/{tokens[-1][1]}").get_data(as_text=True)
    elements = plain.count("<img") + plain.count("<script")
    for name, token in tokens:
        page = client.get(f"/r/{token}")
        shown = page.get_data(as_text=True)
        assert page.status_code == 200, name
        assert shown.count("<img") + shown.count("<script") == elements, name
        assert "49" not in shown, name
