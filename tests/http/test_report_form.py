"""The form that works without scripts: the same report by another door."""

import html
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.conftest import BASE_URL, MovableClock
from tests.factories import HOST, ORIGIN, make_site
from werkzeug.test import TestResponse

from copydesk import metrics
from copydesk.services import Services
from copydesk.settings import LimitSettings
from copydesk.store.tables import Erratum, OutboxJob, Report, Site, State
from copydesk.web import CONTENT_SECURITY_POLICY

PATH = "/report"
PAGE = f"{ORIGIN}/harbour/ferry"
HOSTILE = "\"'><img src=x onerror=alert(1)></textarea><script>alert(2)</script>{{'seven'*2}}"


@pytest.fixture(autouse=True)
def site(services: Services) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())


def typed(**changes: str) -> dict[str, str]:
    fields = {
        "id": str(uuid.uuid4()),
        "site": "gazette",
        "url": PAGE,
        "quote": "recieved",
        "suggestion": "received",
        "kind": "language",
        "comment": "",
        "reader_email": "",
        "website": "",
    }
    return fields | changes


def post(client: FlaskClient, fields: Any, **options: Any) -> TestResponse:
    options.setdefault("headers", {"Origin": BASE_URL})
    return client.post(PATH, data=fields, **options)


def count(services: Services, table: type[Any]) -> int:
    with services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def only(services: Services, table: type[Any]) -> Any:
    with services.database.reading() as session:
        return session.scalars(select(table)).one()


def change_site(services: Services, **changes: Any) -> None:
    with services.database.transaction() as session:
        site = session.scalars(select(Site)).one()
        for name, value in changes.items():
            setattr(site, name, value)


def values(page: str) -> dict[str, str]:
    """Return what stands in the fields of a shown form."""
    found = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page))
    found |= dict(
        re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    )
    found["kind"] = re.findall(r'<option value="(\w+)" selected>', page)[0]
    return {name: html.unescape(value) for name, value in found.items()}


def problems(page: str) -> dict[str, str]:
    """Return the messages beside the fields; each must be tied to its field and in the summary."""
    found = dict(re.findall(r'<p class="problem" id="(\w+)-problem">([^<]*)</p>', page))
    for name, words in found.items():
        field = re.search(rf'<(?:input|textarea)[^>]* id="{name}"[^>]*>', page)
        assert field
        assert 'aria-invalid="true"' in field[0]
        assert re.search(rf'aria-describedby="{name}-problem[ "]', field[0])
        assert f'<li><a href="#{name}">{words}</a></li>' in page
    assert page.count(" autofocus") == (1 if found else 0)
    return found


def test_the_form_knows_the_site_and_the_page(client: FlaskClient) -> None:
    answer = client.get(PATH, query_string={"site": "gazette", "url": PAGE})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "The Harbour Gazette" in page
    shown = values(page)
    assert shown["url"] == PAGE
    assert shown["site"] == "gazette"
    assert shown["id"] == str(uuid.UUID(shown["id"]))
    assert "90 days at most" in page
    assert "<script" not in page
    assert re.search(r'<input name="website"[^>]* hidden>', page)


def test_every_field_has_a_label(client: FlaskClient) -> None:
    page = client.get(PATH, query_string={"site": "gazette"}).get_data(as_text=True)
    fields = re.findall(r'<(?:input|textarea|select)[^>]* id="(\w+)"', page)
    assert fields == ["quote", "suggestion", "kind", "comment", "url", "reader_email"]
    assert re.findall(r'<label for="(\w+)">[^<]+</label>', page) == fields


def test_two_forms_have_two_ids(client: FlaskClient) -> None:
    pages = [client.get(f"{PATH}?site=gazette").get_data(as_text=True) for _ in range(2)]
    assert values(pages[0])["id"] != values(pages[1])["id"]


def test_a_reader_gets_no_cookie_and_a_strict_policy(client: FlaskClient) -> None:
    for answer in (client.get(f"{PATH}?site=gazette"), post(client, typed(quote=""))):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] in {"private, no-cache", "no-store"}
        # Else the browser would hide from us that the form is ours.
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in post(client, typed()).headers


def test_a_sent_form_is_a_report_like_any_other(client: FlaskClient, services: Services) -> None:
    fields = typed(kind="fact", comment="It was  Monday.\r\n", reader_email="rita@reader.example")
    answer = post(client, fields)
    assert answer.status_code == 303
    stored = only(services, Report)
    assert answer.headers["Location"] == f"/r/{stored.token}?new=1"
    assert (stored.client_id, stored.url) == (fields["id"], PAGE)
    assert (stored.quote, stored.suggestion) == ("recieved", "received")
    assert (stored.kind, stored.comment) == ("fact", "It was  Monday.")
    assert stored.reader_email == "rita@reader.example"
    assert stored.reader_key
    assert only(services, Erratum).report_count == 1
    assert count(services, OutboxJob) == 1

    status = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Thank you! The editors have your report." in status
    assert "Thank you" not in client.get(f"/r/{stored.token}").get_data(as_text=True)


def test_a_form_sent_twice_is_one_report(client: FlaskClient, services: Services) -> None:
    fields = typed()
    first, second = post(client, fields), post(client, fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(services, Report) == 1


def test_a_form_changed_and_sent_again_is_another_report(
    client: FlaskClient, services: Services
) -> None:
    fields = typed()
    first = post(client, fields)
    changed = fields | {"comment": "One more thing."}
    second, third = post(client, changed), post(client, changed)
    assert first.headers["Location"] != second.headers["Location"]
    assert second.headers["Location"] == third.headers["Location"]
    assert count(services, Report) == 2


@pytest.mark.parametrize("broken", ["", "no uuid", HOSTILE])
def test_a_broken_id_costs_nothing(client: FlaskClient, services: Services, broken: str) -> None:
    assert post(client, typed(id=broken)).status_code == 303
    assert uuid.UUID(only(services, Report).client_id).version == 4


def test_an_unknown_kind_costs_nothing(client: FlaskClient, services: Services) -> None:
    assert post(client, typed(kind="surprise")).status_code == 303
    assert only(services, Report).kind == "language"


def test_an_address_may_come_without_its_scheme(client: FlaskClient, services: Services) -> None:
    assert post(client, typed(url=f" {HOST}/harbour/ferry ")).status_code == 303
    assert only(services, Report).url == PAGE


def test_the_honeypot_folds_the_report_away(client: FlaskClient, services: Services) -> None:
    answer = post(client, typed(website="https://pills.example" + "x" * 5000))
    assert answer.status_code == 303
    assert only(services, Erratum).state is State.SPAM
    assert count(services, OutboxJob) == 0
    # Looks received, not judged.
    assert "Thank you!" in client.get(answer.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"quote": ""}, "quote", "copy the wrong words"),
        ({"quote": " \r\n "}, "quote", "copy the wrong words"),
        ({"quote": "x" * 1001}, "quote", "1,000"),
        ({"suggestion": "x" * 2001}, "suggestion", "2,000"),
        ({"comment": "x" * 2001}, "comment", "2,000"),
        ({"reader_email": "rita"}, "reader_email", "e-mail address"),
        ({"reader_email": "a@b.example\nBcc: c@d.example"}, "reader_email", "e-mail address"),
        ({"url": ""}, "url", "give the address"),
        ({"url": "no page"}, "url", "not the address"),
        ({"url": "javascript:alert(1)"}, "url", "not the address"),
        ({"url": "ftp://news.example/"}, "url", "not the address"),
        ({"url": f"{ORIGIN}/{'x' * 2048}"}, "url", "not the address"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, services: Services, changes: dict[str, str], name: str, words: str
) -> None:
    fields = typed(comment="Kept.", kind="other", reader_email="rita@reader.example") | changes
    answer = post(client, fields)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert list(problems(page)) == [name]
    assert words in problems(page)[name]
    assert 'role="alert"' in page
    kept = values(page)
    for key in ("id", "site", "suggestion", "kind", "comment"):
        assert kept[key] == fields[key], key
    assert count(services, Report) == 0


def test_all_mistakes_are_told_at_once_in_the_order_of_the_page(client: FlaskClient) -> None:
    page = post(client, {"site": "gazette", "reader_email": "?", "comment": "x" * 3000})
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert list(problems(text)) == ["quote", "comment", "url", "reader_email"]
    focused = re.search(r'id="(\w+)"[^>]* autofocus', text)
    assert focused
    assert focused[1] == "quote"


@pytest.mark.parametrize(
    "url", ["https://other.example/x", f"https://{HOST}.evil.example/", f"{ORIGIN}:8443/x"]
)
def test_a_page_of_another_host_is_refused_at_its_field(
    client: FlaskClient, services: Services, url: str
) -> None:
    answer = post(client, typed(url=url))
    assert answer.status_code == 403
    page = answer.get_data(as_text=True)
    assert problems(page) == {"url": "This page does not belong to The Harbour Gazette."}
    assert values(page)["quote"] == "recieved"
    assert count(services, Report) == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_site_is_not_found(client: FlaskClient, method: str) -> None:
    for key in ("nobody", "", "x" * 500):
        if method == "get":
            answer = client.get(PATH, query_string={"site": key})
        else:
            answer = post(client, typed(site=key))
        assert answer.status_code == 404
        assert "know this site" in answer.get_data(as_text=True)


def test_without_a_site_nothing_is_guessed(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 404
    assert post(client, {"quote": "recieved"}).status_code == 404


def test_a_site_that_is_switched_off_says_so(client: FlaskClient, services: Services) -> None:
    change_site(services, is_on=False)
    for answer in (client.get(f"{PATH}?site=gazette"), post(client, typed())):
        assert answer.status_code == 410
        assert "no longer takes reports" in answer.get_data(as_text=True)
    assert count(services, Report) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": BASE_URL}, 303),
        ({"Origin": ORIGIN}, 303),  # a form of the newspaper's own
        ({}, 303),  # browsers from before Origin was sent with forms
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": f"{BASE_URL}.evil.example"}, 403),
    ],
)
def test_only_our_own_form_and_the_site_s_may_send(
    client: FlaskClient, services: Services, headers: dict[str, str], status: int
) -> None:
    answer = post(client, typed(), headers=headers)
    assert answer.status_code == status
    assert count(services, Report) == (1 if status == 303 else 0)


def test_our_own_origin_is_let_in_for_this_path_alone(client: FlaskClient) -> None:
    body = {"site": "gazette", "url": PAGE, "quote": {"exact": "recieved"}}
    api = client.post("/api/v1/reports", json=body, headers={"Origin": BASE_URL})
    assert api.status_code == 403


def test_another_kind_of_body_is_refused(client: FlaskClient) -> None:
    for options in ({"json": typed()}, {"data": typed(), "content_type": "multipart/form-data"}):
        answer = client.post(PATH, headers={"Origin": BASE_URL}, **options)
        assert answer.status_code == 415
        assert answer.mimetype == "text/html"


def test_a_body_over_the_limit_is_refused(client: FlaskClient, services: Services) -> None:
    assert post(client, typed(comment="x" * 1_100_000)).status_code == 413
    assert count(services, Report) == 0


def test_limits_are_those_of_all_reports_and_keep_what_was_typed(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    allowed = LimitSettings().reports_per_address_hour
    for _ in range(allowed):
        assert post(client, typed()).status_code == 303
    fields = typed(comment="Kept.")
    refused = post(client, fields)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    page = refused.get_data(as_text=True)
    assert re.search(r'role="alert".*in 6[01] minutes', page, re.DOTALL)
    assert values(page) == fields | {"website": ""}
    body = {"site": "gazette", "url": PAGE, "quote": {"exact": "recieved"}}
    api = client.post("/api/v1/reports", json=body, headers={"Origin": ORIGIN})
    assert api.status_code == 429
    assert count(services, Report) == allowed
    clock.forward(hours=1)
    assert post(client, fields).status_code == 303


@pytest.mark.parametrize("table", ["site", "report"])
def test_a_database_that_does_not_answer_keeps_what_was_typed(
    client: FlaskClient, services: Services, backend: str, table: str
) -> None:
    if backend != "sqlite":
        pytest.skip("drops a table of a file")
    with services.database.transaction() as session:
        session.connection().exec_driver_sql(f"DROP TABLE {table}")
    fields = typed(comment="Kept.")
    answer = post(client, fields)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert values(answer.get_data(as_text=True)) == fields


def test_what_was_not_taken_is_counted_by_its_reason(
    client: FlaskClient, services: Services, backend: str
) -> None:
    reasons = ("invalid", "not-found", "not-allowed", "unsupported-type", "too-many", "unavailable")
    before = {reason: metrics.refusals.labels(reason)._value.get() for reason in reasons}
    client.get(f"{PATH}?site=nobody")  # no report
    post(client, typed(quote=""))
    post(client, typed(comment="a\x00b"))
    post(client, typed(site="nobody"))
    post(client, typed(url="https://elsewhere.example/"))
    post(client, typed(), headers={"Origin": "https://elsewhere.example"})
    client.post(PATH, json={})
    while post(client, typed()).status_code != 429:
        pass
    with services.database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE site RENAME TO elsewhere")
    assert post(client, typed()).status_code == (503 if backend == "sqlite" else 500)
    grown = {name: metrics.refusals.labels(name)._value.get() - before[name] for name in reasons}
    assert list(grown.values()) == [2, 1, 2, 1, 1, 1 if backend == "sqlite" else 0]


def test_hostile_text_stays_text_in_every_field(client: FlaskClient, services: Services) -> None:
    change_site(services, name=HOSTILE[:200])
    shown = client.get(PATH, query_string={"site": "gazette", "url": HOSTILE})
    fields = dict.fromkeys(typed(), HOSTILE) | {"site": "gazette"}
    refused = post(client, fields)
    assert refused.status_code == 422
    stored = post(client, typed(quote=HOSTILE, suggestion=HOSTILE, comment=HOSTILE))
    told = client.get(stored.headers["Location"])
    for answer in (shown, refused, told):
        page = answer.get_data(as_text=True)
        assert "<img" not in page
        assert "<script" not in page
        assert "sevenseven" not in page
    for name in ("quote", "suggestion", "comment", "reader_email"):
        assert values(refused.get_data(as_text=True))[name] == HOSTILE, name
    assert only(services, Report).quote == HOSTILE


def test_text_is_kept_as_typed_when_it_starts_with_a_line_end(client: FlaskClient) -> None:
    page = post(client, typed(url="", comment="\n\nTwo lines down.")).get_data(as_text=True)
    assert values(page)["comment"] == "\n\nTwo lines down."


@pytest.mark.parametrize(
    ("site_language", "browser", "spoken"),
    [("ru", "en", "ru"), ("en", "ru", "en"), ("de", "ru-RU,ru;q=0.9", "ru"), ("de", "fr", "en")],
)
def test_the_form_speaks_the_site_s_language_else_the_browser_s(
    client: FlaskClient, services: Services, site_language: str, browser: str, spoken: str
) -> None:
    change_site(services, language=site_language)
    answer = client.get(f"{PATH}?site=gazette", headers={"Accept-Language": browser})
    assert f'<html lang="{spoken}">' in answer.get_data(as_text=True)


def test_a_nul_never_reaches_the_database(client: FlaskClient, services: Services) -> None:
    assert client.get(PATH, query_string={"site": "gaz\x00ette"}).status_code == 404
    assert post(client, typed(comment="a\x00b")).status_code == 422
    assert count(services, Report) == 0
