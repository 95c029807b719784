"""Proof of work at the door: when it is asked for, that it counts once, and who is exempt."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import func, select
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import HOST, ORIGIN, make_site
from tests.proof import packed, solution, solved
from werkzeug.test import TestResponse

from copydesk import metrics
from copydesk.app import create_app
from copydesk.errors import ProofNeeded
from copydesk.intake.payload import ReportDraft
from copydesk.intake.proof_of_work import ProofOfWork
from copydesk.intake.submission import Receipt, Submission
from copydesk.intake.submit import Rules, submit_all
from copydesk.services import Services
from copydesk.settings import LimitSettings, ProofOfWorkSettings, Settings
from copydesk.store.counters import forget_expired
from copydesk.store.database import Database
from copydesk.store.tables import LimitCounter, Report
from copydesk.tokens import Signer

PATH, CHALLENGE = "/api/v1/reports", "/api/v1/challenge"
ON = ProofOfWorkSettings(is_on=True, most_tries=1000)
Open = Callable[..., FlaskClient]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"proof_of_work": ON})


@pytest.fixture(autouse=True)
def site(services: Services) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())


@pytest.fixture
def another(services: Services, settings: Settings) -> Open:
    """Return what builds another app over the same database, with other settings."""

    def another(database: Database | None = None, **changes: Any) -> FlaskClient:
        changed = settings.model_copy(update=changes)
        signer = Signer(changed.server.secret_keys)
        built = replace(services, settings=changed, signer=signer)
        return create_app(replace(built, database=database or built.database)).test_client()

    return another


def report(**changes: Any) -> dict[str, Any]:
    quote = {"exact": "recieved", "prefix": f"{uuid.uuid4()} has ", "suffix": " a letter"}
    page = {"site": "gazette", "url": f"{ORIGIN}/harbour/ferry", "quote": quote}
    return {"id": str(uuid.uuid4()), **page, **changes}


def post(client: FlaskClient, body: dict[str, Any], **proof: Any) -> TestResponse:
    return client.post(PATH, json=body | proof, headers={"Origin": ORIGIN})


def asked(client: FlaskClient) -> dict[str, Any]:
    challenge: dict[str, Any] = client.get(CHALLENGE).get_json()
    return challenge


def stored(services: Services) -> int:
    with services.database.reading() as session:
        return session.scalar(select(func.count(Report.id))) or 0


def counted(services: Services, prefix: str) -> dict[str, int]:
    with services.database.reading() as session:
        rows = session.execute(select(LimitCounter.key, LimitCounter.count))
        return {key: count for key, count in rows if key.startswith(prefix)}


def test_a_report_without_a_proof_is_told_how_to_get_one(
    client: FlaskClient, services: Services
) -> None:
    answer = post(client, report())
    assert (answer.status_code, answer.mimetype) == (428, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    problem = answer.get_json()
    assert set(problem) == {"type", "title", "status", "detail", "errors", "challenge"}
    assert problem["type"] == "https://errata.example/problems/proof-needed"
    assert (problem["status"], problem["errors"]) == (428, [])
    assert stored(services) == 0
    # It counts against nobody, and is counted as a refusal.
    assert counted(services, "") == {}
    assert metrics.refusals.labels("proof-needed")._value.get() >= 1


def test_the_same_report_is_taken_with_a_proof(client: FlaskClient, services: Services) -> None:
    body = report()
    challenge = post(client, body).get_json()["challenge"]
    assert post(client, body, altcha=solved(challenge)).status_code == 201
    assert stored(services) == 1


def test_a_repeat_needs_no_proof(client: FlaskClient, services: Services) -> None:
    body = report()
    altcha = solved(asked(client))
    first = post(client, body, altcha=altcha)
    for proof in ({}, {"altcha": altcha}, {"altcha": "another"}):
        again = post(client, body, **proof)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.get_json() == first.get_json()
    assert post(client, body | {"suggestion": "gotten"}).status_code == 409
    assert stored(services) == 1


def test_a_proof_counts_once_and_in_every_process(
    client: FlaskClient, services: Services, another: Open, database_url: str
) -> None:
    altcha = solved(asked(client))
    assert post(client, report(), altcha=altcha).status_code == 201
    assert post(client, report(), altcha=altcha).status_code == 428
    elsewhere = Database(database_url)
    assert post(another(elsewhere), report(), altcha=altcha).status_code == 428
    elsewhere.close()
    assert stored(services) == 1


def test_a_proof_counts_once_when_many_send_it_at_the_same_moment(
    services: Services, another: Open, database_url: str, client: FlaskClient
) -> None:
    elsewhere = Database(database_url)
    apps = [another().application, another(elsewhere).application]
    altcha, start = solved(asked(client)), threading.Barrier(12)
    statuses: list[int] = []

    def send(number: int) -> None:
        sender = apps[number % 2].test_client()
        start.wait(30)
        statuses.append(post(sender, report(), altcha=altcha).status_code)

    crowd = [threading.Thread(target=send, args=[number]) for number in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    elsewhere.close()
    assert sorted(statuses) == [201, *[428] * 11]
    assert stored(services) == 1


def test_a_spent_proof_is_remembered_as_long_as_it_would_count(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    # Over the end of the hour, by which the counters are kept, and with all that is old deleted.
    clock.forward(minutes=54)
    altcha = solved(asked(client))
    assert post(client, report(), altcha=altcha).status_code == 201
    for _ in range(12):
        clock.forward(seconds=50)
        with services.database.transaction() as session:
            forget_expired(session, clock())
        assert post(client, report(), altcha=altcha).status_code == 428
    assert len(counted(services, "proof:")) == 1
    clock.forward(hours=3)
    with services.database.transaction() as session:
        forget_expired(session, clock())
    assert counted(services, "") == {}


def test_a_proof_expires(client: FlaskClient, clock: MovableClock) -> None:
    altcha = solved(asked(client))
    clock.forward(minutes=10)
    assert post(client, report(), altcha=altcha).status_code == 428


@pytest.mark.parametrize(
    "altcha",
    [
        None, 17, True, ["x"], {"number": 7}, "", "x", "é", "A" * 2001, "A" * 60_000,
        packed({"number": 1e300}), packed([[[[]]]]),
    ],
)  # fmt: skip
def test_a_hostile_proof_is_none(client: FlaskClient, services: Services, altcha: Any) -> None:
    assert post(client, report(), altcha=altcha).status_code == 428
    assert stored(services) == 0


def test_a_forged_proof_is_none(client: FlaskClient, services: Services) -> None:
    good = solution(asked(client))
    for changes in ({"number": good["number"] + 1}, {"signature": "0" * 64}, {"algorithm": "x"}):
        assert post(client, report(), altcha=packed(good | changes)).status_code == 428
    assert post(client, report(), altcha=packed(good)).status_code == 201
    assert stored(services) == 1


def test_proofs_outlive_a_change_of_the_key(
    client: FlaskClient, another: Open, settings: Settings
) -> None:
    new = SecretStr("another secret, which is just as long as it must be")
    changed = settings.server.model_copy(
        update={"secret_key": new, "secret_key_fallbacks": [SecretStr(SECRET_KEY)]}
    )
    forgotten = settings.server.model_copy(update={"secret_key": new})
    altcha = solved(asked(client))
    assert post(another(server=forgotten), report(), altcha=altcha).status_code == 428
    assert post(another(server=changed), report(), altcha=altcha).status_code == 201


def test_a_report_over_the_limit_keeps_its_proof(
    another: Open, services: Services, clock: MovableClock
) -> None:
    client = another(limits=LimitSettings(reports_per_page_hour=1))
    assert post(client, report(), altcha=solved(asked(client))).status_code == 201
    clock.forward(minutes=55)
    body, altcha = report(), solved(asked(client))
    for _ in range(3):
        assert post(client, body, altcha=altcha).status_code == 429
    clock.forward(minutes=6)
    assert post(client, body, altcha=altcha).status_code == 201
    assert post(client, report(), altcha=altcha).status_code == 428


def test_what_has_no_proof_fills_no_limit(another: Open) -> None:
    client = another(limits=LimitSettings(reports_per_address_hour=2))
    altcha = solved(asked(client))
    assert post(client, report(), altcha=altcha).status_code == 201
    for _ in range(5):
        assert post(client, report()).status_code == 428
        assert post(client, report(), altcha=altcha).status_code == 428
    assert post(client, report(), altcha=solved(asked(client))).status_code == 201
    assert post(client, report(), altcha=solved(asked(client))).status_code == 429


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"site": "nobody"}, 404),
        ({"url": "https://elsewhere.example/"}, 403),
        ({"quote": {}}, 422),
    ],
)
def test_what_would_be_refused_anyway_is_not_asked_for_a_proof(
    client: FlaskClient, changes: dict[str, Any], status: int
) -> None:
    assert post(client, report(**changes)).status_code == status


def test_the_form_is_exempt(client: FlaskClient, services: Services) -> None:
    typed = {
        "site": "gazette", "quote": "recieved", "url": f"https://{HOST}/harbour/ferry",
        "altcha": "whatever",
    }  # fmt: skip
    assert client.post("/report", data=typed).status_code == 303
    assert stored(services) == 1
    assert counted(services, "proof:") == {}


def test_a_challenge_is_there_for_any_page_and_is_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.get(CHALLENGE, headers={"Origin": "https://anything.example"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["maxnumber"] == 1000
    assert client.get(CHALLENGE).get_json() != answer.get_json()
    assert client.post(CHALLENGE).status_code == 405


def test_where_it_is_off_there_is_no_challenge_and_a_proof_is_ignored(
    another: Open, services: Services
) -> None:
    client = another(proof_of_work=ProofOfWorkSettings())
    refused = client.get(CHALLENGE, headers={"Origin": ORIGIN})
    assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")
    body = report()
    assert post(client, body, altcha="whatever").status_code == 201
    assert post(client, body).status_code == 200
    assert post(client, report(), altcha=["x"]).status_code == 201
    assert counted(services, "proof:") == {}


def draft(**changes: Any) -> Submission:
    return Submission(ReportDraft.model_validate(report(**changes)), ORIGIN, "198.51.100.7")


def test_a_group_is_judged_one_by_one(services: Services, clock: MovableClock) -> None:
    proof = ProofOfWork(services.signer, ON)
    altcha, other = (solved(proof.challenge(clock())) for _ in range(2))
    same = draft(altcha=altcha)
    unpaid = replace(same, draft=same.draft.model_copy(update={"altcha": ""}))
    group = [
        unpaid,
        draft(),
        same,
        draft(altcha=altcha),
        unpaid,
        draft(altcha=other),
        replace(draft(), is_exempt=True),
    ]
    rules = Rules(services.signer, LimitSettings(), proof)
    told = services.database.write(lambda session: submit_all(session, group, rules, now=clock()))
    assert [type(one) for one in told] == [
        Receipt, ProofNeeded, Receipt, ProofNeeded, Receipt, Receipt, Receipt,
    ]  # fmt: skip
    repeats = [isinstance(one, Receipt) and one.is_repeat for one in told]
    assert repeats == [True, False, False, False, True, False, False]
    assert stored(services) == 3
    # Two hours' challenges in one group are counted in two windows, and each once.
    clock.forward(minutes=58)
    early = solved(ProofOfWork(services.signer, ON).challenge(clock() - timedelta(minutes=9)))
    late = solved(proof.challenge(clock()))
    group = [draft(altcha=one) for one in (late, early, late, early)]
    told = services.database.write(lambda session: submit_all(session, group, rules, now=clock()))
    assert [type(one) for one in told] == [Receipt, Receipt, ProofNeeded, ProofNeeded]


def test_it_costs_nothing_where_it_is_off_and_one_statement_where_it_is_on(
    services: Services, clock: MovableClock, backend: str
) -> None:
    if backend != "sqlite":
        pytest.skip("watches the driver of a file")
    proof = ProofOfWork(services.signer, ON)

    def statements(*, is_on: bool) -> list[str]:
        group = [draft(altcha=solved(proof.challenge(clock()))) for _ in range(3)]
        rules = Rules(services.signer, LimitSettings(), proof if is_on else None)
        seen: list[str] = []
        with services.database.transaction() as session:
            raw = session.connection().connection.driver_connection
            assert raw is not None
            raw.set_trace_callback(seen.append)
            submit_all(session, group, rules, now=clock())
            raw.set_trace_callback(None)
        return seen

    statements(is_on=False)  # the first one makes the salt of the day
    off, on = statements(is_on=False), statements(is_on=True)
    assert not [text for text in off if "proof:" in text]
    counting = [text for text in on if "proof:" in text]
    assert len(on) == len(off) + len(counting)
    assert len(counting) == 1
