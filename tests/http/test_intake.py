import json
import threading
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.conftest import MovableClock
from tests.factories import HOST, ORIGIN, make_site
from werkzeug.test import TestResponse

from copydesk.services import Services
from copydesk.settings import LimitSettings
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    DailySalt,
    Erratum,
    LimitCounter,
    OutboxJob,
    Report,
    Site,
    State,
)

PATH = "/api/v1/reports"


@pytest.fixture(autouse=True)
def site(services: Services) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())


def report(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "site": "gazette",
        "url": f"{ORIGIN}/harbour/ferry",
        "title": "Ferry returns to the harbour",
        "lang": "en",
        "quote": {
            "exact": "recieved",
            "prefix": "The harbour master ",
            "suffix": " a letter on Monday.",
            "start": 19,
            "end": 27,
            "nth": 1,
            "of": 1,
        },
        "suggestion": "received",
        "kind": "language",
        "elapsed_ms": 5200,
        "website": "",
    }
    return body | changes


def post(client: FlaskClient, body: Any, **options: Any) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    options.setdefault("headers", {"Origin": ORIGIN})
    options.setdefault("content_type", "text/plain;charset=UTF-8")
    return client.post(PATH, data=data, **options)


def count(services: Services, table: type[Any]) -> int:
    with services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def only(services: Services, table: type[Any]) -> Any:
    with services.database.reading() as session:
        return session.scalars(select(table)).one()


@pytest.mark.parametrize("media_type", ["text/plain;charset=UTF-8", "application/json"])
def test_a_report_is_stored_with_all_that_follows(
    client: FlaskClient, services: Services, media_type: str
) -> None:
    body = report(comment="second paragraph", reader_email="rita@reader.example")
    answer = post(client, body, content_type=media_type)
    assert answer.status_code == 201
    receipt = answer.get_json()
    assert receipt["id"] == body["id"]
    assert receipt["status"] == "received"
    assert receipt["erratum"] == {"state": "open", "reports": 1, "note": ""}
    assert receipt["status_url"].startswith("https://errata.example/r/")

    stored = only(services, Report)
    assert (stored.quote, stored.suggestion, stored.comment) == (
        "recieved", "received", "second paragraph",
    )  # fmt: skip
    assert stored.reader_email == "rita@reader.example"
    erratum = only(services, Erratum)
    assert (erratum.report_count, erratum.quote) == (1, "recieved")
    job = only(services, OutboxJob)
    assert (job.kind, job.payload["erratum_id"]) == ("read_article", erratum.id)
    assert only(services, Article).canonical_url == f"{ORIGIN}/harbour/ferry"


def test_no_address_of_the_reader_s_machine_is_kept(
    client: FlaskClient, services: Services
) -> None:
    post(client, report(), environ_base={"REMOTE_ADDR": "203.0.113.77"})
    with services.database.reading() as session:
        for table in (Report, LimitCounter, OutboxJob, DailySalt):
            for row in session.scalars(select(table)):
                assert "203.0.113" not in repr(vars(row))


def test_a_repeat_gets_the_same_receipt(client: FlaskClient, services: Services) -> None:
    body = report()
    first, second = post(client, body), post(client, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    assert count(services, Report) == 1
    assert only(services, Erratum).report_count == 1


def test_the_same_id_with_another_body_is_refused(client: FlaskClient, services: Services) -> None:
    body = report()
    post(client, body)
    assert post(client, body | {"suggestion": "gotten"}).status_code == 409
    assert count(services, Report) == 1


def test_thirty_two_parallel_repeats_are_one_report(app: Flask, services: Services) -> None:
    body, start = report(), threading.Barrier(32)
    answers: list[TestResponse] = []

    def send() -> None:
        client = app.test_client()
        start.wait(30)
        answers.append(post(client, body))

    crowd = [threading.Thread(target=send) for _ in range(32)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 31 + [201]
    assert len({answer.get_data() for answer in answers}) == 1
    assert (count(services, Report), count(services, OutboxJob)) == (1, 1)
    assert only(services, Erratum).report_count == 1


def test_parallel_readers_of_one_error_are_one_erratum(app: Flask, services: Services) -> None:
    start = threading.Barrier(12)
    statuses: list[int] = []

    def send(number: int) -> None:
        client = app.test_client()
        start.wait(30)
        answer = post(client, report(), environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})
        statuses.append(answer.status_code)

    crowd = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert statuses == [201] * 12
    assert only(services, Erratum).report_count == 12
    assert count(services, Article) == 1
    assert count(services, OutboxJob) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"site": "nobody"}, 404),
        ({"url": "https://elsewhere.example/harbour/ferry"}, 403),
        ({"url": f"https://{HOST}:8443/harbour/ferry"}, 403),
        ({"url": f"https://{HOST}.evil.example/"}, 403),
        ({"url": f"https://{HOST}@evil.example/"}, 422),
    ],
)
def test_a_page_must_be_the_site_s(
    client: FlaskClient, services: Services, changes: dict[str, Any], status: int
) -> None:
    assert post(client, report(**changes)).status_code == status
    assert count(services, Report) == 0


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (ORIGIN, 201),
        (ORIGIN.upper().replace("HTTPS", "https"), 201),
        (f"{ORIGIN}:443", 201),
        (None, 201),
        ("null", 403),
        (f"http://{HOST}", 403),
        (f"{ORIGIN}.evil.example", 403),
        ("https://evil.example", 403),
        ("garbage", 403),
    ],
)
def test_an_origin_must_be_the_site_s(client: FlaskClient, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    assert post(client, report(), headers=headers).status_code == status


def test_a_site_switched_off_answers_kindly(client: FlaskClient, services: Services) -> None:
    with services.database.transaction() as session:
        session.scalars(select(Site)).one().is_on = False
    answer = post(client, report())
    assert answer.status_code == 410
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "text/html", ""])
def test_another_media_type_is_refused(client: FlaskClient, media_type: str) -> None:
    assert post(client, report(), content_type=media_type).status_code == 415


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(client: FlaskClient) -> None:
    body = report(comment="x" * 70_000)
    assert post(client, body).status_code == 413
    assert post(client, b"[" * 70_000).status_code == 413


def test_the_honeypot_folds_the_report_away(client: FlaskClient, services: Services) -> None:
    answer = post(client, report(website="https://pills.example"))
    assert answer.status_code == 201
    assert answer.get_json()["erratum"] == {"state": "open", "reports": 1, "note": ""}
    assert only(services, Erratum).state is State.SPAM
    assert only(services, Report).spam_reason == "honeypot"
    assert count(services, OutboxJob) == 0

    # A real reader finds the same error: it is an erratum like any other.
    assert post(client, report()).status_code == 201
    erratum = only(services, Erratum)
    assert (erratum.state, erratum.report_count) == (State.OPEN, 1)
    assert count(services, OutboxJob) == 1


def test_limits_answer_with_the_time_to_wait(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    allowed = LimitSettings().reports_per_address_hour
    for _ in range(allowed):
        assert post(client, report()).status_code == 201
    refused = post(client, report())
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert count(services, Report) == allowed

    other = {"environ_base": {"REMOTE_ADDR": "198.51.100.9"}}
    assert post(client, report(), **other).status_code == 201
    clock.forward(hours=1)
    assert post(client, report()).status_code == 201


def test_one_network_of_ipv6_is_one_reader(client: FlaskClient) -> None:
    allowed = LimitSettings().reports_per_address_hour
    for number in range(allowed):
        base = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        assert post(client, report(), environ_base=base).status_code == 201
    same = {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}
    other = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert post(client, report(), environ_base=same).status_code == 429
    assert post(client, report(), environ_base=other).status_code == 201


def test_a_forged_forwarding_header_changes_nothing(client: FlaskClient) -> None:
    allowed = LimitSettings().reports_per_address_hour
    for number in range(allowed + 1):
        headers = {"Origin": ORIGIN, "X-Forwarded-For": f"198.51.100.{number}"}
        answer = post(client, report(), headers=headers)
    assert answer.status_code == 429


def test_a_broken_optional_field_never_costs_the_report(
    client: FlaskClient, services: Services
) -> None:
    body = report(
        id="not-a-uuid",
        canonical_url="javascript:alert(1)",
        title=["a", "list"],
        byline={"an": "object"},
        lang="<script>",
        kind="surprise",
        suggestion="x" * 2001,
        comment=17,
        reader_email="a@b.example\nBcc: victim@example.org",
        elapsed_ms="soon",
        unknown="ignored",
    )
    body["quote"] |= {"prefix": "x" * 301, "suffix": 5, "start": -1, "nth": 0, "of": True}
    assert post(client, body).status_code == 201
    stored = only(services, Report)
    assert (stored.quote, stored.title, stored.suggestion, stored.comment) == (
        "recieved", "", "", "",
    )  # fmt: skip
    assert (stored.reader_email, stored.kind, stored.prefix, stored.suffix) == (
        "", "language", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"site": 5}, "site"),
        ({"site": ""}, "site"),
        ({"url": "ftp://news.example/x"}, "url"),
        ({"url": "x" * 3000}, "url"),
        ({"quote": "recieved"}, "quote"),
        ({"quote": {}}, "quote.exact"),
        ({"quote": {"exact": " \n\t "}}, "quote.exact"),
        ({"quote": {"exact": "x" * 1001}}, "quote.exact"),
        ({"quote": {"exact": ["x"]}}, "quote.exact"),
    ],
)
def test_a_broken_required_field_is_named(
    client: FlaskClient, changes: dict[str, Any], field: str
) -> None:
    answer = post(client, report(**changes))
    assert answer.status_code == 422
    problem = answer.get_json()
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["errors"][0]["message"]
    assert set(problem) == {"type", "title", "status", "detail", "errors"}


def test_only_the_line_ends_and_the_outer_space_of_a_text_are_tidied(
    client: FlaskClient, services: Services
) -> None:
    post(client, report(comment="  one\r\ntwo\rthree  four \n", suggestion="cafe\u0301"))
    stored = only(services, Report)
    assert stored.comment == "one\ntwo\nthree  four"
    assert stored.suggestion == "caf\u00e9"


def test_a_claimed_canonical_url_never_becomes_an_alias(
    client: FlaskClient, services: Services
) -> None:
    post(client, report(canonical_url=f"{ORIGIN}/other/story"))
    assert only(services, Article).canonical_url == f"{ORIGIN}/other/story"
    assert count(services, ArticleAlias) == 0
    # The next, honest reader of the page is not led astray by the first.
    post(client, report(canonical_url=f"{ORIGIN}/harbour/ferry"))
    with services.database.reading() as session:
        assert set(session.scalars(select(Article.canonical_url))) == {
            f"{ORIGIN}/other/story",
            f"{ORIGIN}/harbour/ferry",
        }


def test_a_declined_erratum_tells_the_next_reader_why(
    client: FlaskClient, services: Services
) -> None:
    post(client, report())
    with services.database.transaction() as session:
        erratum = session.scalars(select(Erratum)).one()
        erratum.state = State.DECLINED
        erratum.declined_reason = "That is how the ship spells its name."
    told = post(client, report()).get_json()["erratum"]
    assert told == {
        "state": "declined",
        "reports": 2,
        "note": "That is how the ship spells its name.",
    }


def test_a_new_report_reopens_a_corrected_erratum(client: FlaskClient, services: Services) -> None:
    post(client, report())
    with services.database.transaction() as session:
        session.scalars(select(Erratum)).one().state = State.CORRECTED
    assert post(client, report()).get_json()["erratum"]["state"] == "open"
    assert count(services, OutboxJob) == 2


def test_cors_is_open_on_this_path_alone(app: Flask, client: FlaskClient) -> None:
    preflight = client.options(
        PATH,
        headers={
            "Origin": "https://anything.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    assert post(client, report()).headers["Access-Control-Allow-Origin"] == "*"
    refused = post(client, report(site="nobody"))
    assert refused.headers["Access-Control-Allow-Origin"] == "*"

    origin = {"Origin": "https://anything.example"}
    for path in ("/", "/desk/", "/healthz", "/metrics", "/r/x", "/a/x", f"{PATH}/", f"{PATH}x"):
        answer = client.get(path, headers=origin)
        assert "Access-Control-Allow-Origin" not in answer.headers, path
    assert app.url_map.bind("errata.example").test(PATH, "POST")


def test_an_error_never_repeats_what_was_sent(client: FlaskClient) -> None:
    answer = post(client, report(site="zzsecretzz", comment="zzsecretzz"))
    assert b"zzsecretzz" not in answer.get_data()


def test_a_database_that_does_not_answer_is_a_503(
    client: FlaskClient, services: Services, backend: str
) -> None:
    if backend != "sqlite":
        pytest.skip("drops the tables of a file")
    with services.database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE report")
    answer = post(client, report())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
