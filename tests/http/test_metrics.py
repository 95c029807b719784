"""Figures for Prometheus: right, not for everybody, and the sample alerts name those that exist."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import text
from tests.conftest import BASE_URL, SECRET_KEY, MovableClock
from tests.factories import ORIGIN, make_site

from copydesk import metrics
from copydesk.app import create_app
from copydesk.notify.transports import DeliveryFailed
from copydesk.notify.transports.counted import CountedTransport
from copydesk.outbox import GiveUp, Job, RetryLater, enqueue, nothing_more
from copydesk.outbox.freezing import freeze
from copydesk.outbox.work import Finish
from copydesk.outbox.worker import Worker
from copydesk.services import Services
from copydesk.settings import ServerSettings

ALERTS = Path(__file__).parents[2] / "config" / "alerts.yaml"
TOKEN = "a token for the monitoring"
LOOPBACK = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}


def client_of(services: Services, **changes: object) -> FlaskClient:
    values: dict[str, object] = {
        "base_url": BASE_URL, "secret_key": SecretStr(SECRET_KEY), "trusted_proxies": 1,
    }  # fmt: skip
    server = ServerSettings.model_validate(values | changes)
    settings = services.settings.model_copy(update={"server": server})
    return create_app(replace(services, settings=settings)).test_client()


@pytest.fixture
def near(services: Services) -> FlaskClient:
    """Ask from this machine, past the proxy."""
    return client_of(services)


def scrape(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics", environ_overrides=LOOPBACK)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.get_data(as_text=True).splitlines()
    found = [line.rpartition(" ") for line in lines if line and not line.startswith("#")]
    assert len({name for name, _space, _value in found}) == len(found), "a name stands there twice"
    return {name: float(value) for name, _space, value in found}


def test_the_outbox_is_told_by_kind(
    near: FlaskClient, services: Services, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        enqueue(session, "deliver", "a", {}, now=clock())
        enqueue(session, "deliver", "b", {}, now=clock() + timedelta(seconds=60))
        enqueue(session, "recheck", "c", {}, now=clock(), due_at=clock() + timedelta(days=1))
    clock.forward(seconds=90)
    found = scrape(near)
    assert found['copydesk_outbox_due_jobs{kind="deliver"}'] == 2
    assert found['copydesk_outbox_oldest_due_seconds{kind="deliver"}'] == 90
    assert found["copydesk_outbox_oldest_mail_seconds"] == 90
    assert found['copydesk_outbox_jobs{kind="recheck",state="pending"}'] == 1
    assert 'copydesk_outbox_due_jobs{kind="recheck"}' not in found
    assert found["copydesk_database_up"] == 1
    assert found["copydesk_outbox_frozen"] == 0
    with services.database.transaction() as session:
        freeze(session, "a copy", now=clock(), is_copy=True)
    assert scrape(near)["copydesk_outbox_frozen"] == 1


def test_reports_refusals_and_requests_are_counted(near: FlaskClient, services: Services) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())
    body = {"site": "gazette", "url": f"{ORIGIN}/a", "quote": {"exact": "recieved"}}
    before = scrape(near)
    for changes in ({}, {}, {"site": "nobody"}, {"url": "https://elsewhere.example/"}):
        near.post("/api/v1/reports", json=body | changes, headers={"Origin": ORIGIN})
    near.get("/r/a-token-nobody-should-see")
    near.open("/nowhere", method="BREW")
    after = scrape(near)

    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert after["copydesk_reports_total"] == 2
    assert after['copydesk_errata{shelf="open"}'] == 1
    assert grown('copydesk_refusals_total{reason="not-found"}') == 1
    assert grown('copydesk_refusals_total{reason="not-allowed"}') == 1
    taken = 'method="POST",route="/api/v1/reports",status="2xx"'
    assert grown(f"copydesk_request_seconds_count{{{taken}}}") == 2
    pages = 'method="GET",route="/r/<token>",status="4xx"'
    assert grown(f"copydesk_request_seconds_count{{{pages}}}") == 1
    assert grown('copydesk_request_seconds_count{method="other",route="none",status="4xx"}') == 1
    assert not [name for name in after if "nobody-should-see" in name or "BREW" in name]


def test_steps_of_work_are_counted_by_result(services: Services, clock: MovableClock) -> None:
    def work(job: Job) -> Finish:
        outcome = job.payload["outcome"]
        if outcome == "retry":
            raise RetryLater("later", after=timedelta(days=1))
        if outcome == "dead":
            raise GiveUp("never")
        if outcome == "crashed":
            raise ZeroDivisionError
        return nothing_more

    outcomes = ("done", "retry", "dead", "crashed")

    def counted() -> list[float]:
        return [metrics.jobs.labels("trial", outcome)._value.get() for outcome in outcomes]

    before = counted()
    with services.database.transaction() as session:
        for outcome in outcomes:
            enqueue(session, "trial", outcome, {"outcome": outcome}, now=clock())
    Worker(
        services.database, {"trial": work}, clock=clock, lease=timedelta(minutes=2),
    ).drain()  # fmt: skip
    # What crashes is tried again: it counts as both.
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 2, 1, 1]


def test_mails_are_counted_by_what_the_server_made_of_them() -> None:
    class Odd:
        def __init__(self, failure: DeliveryFailed | None) -> None:
            self.failure = failure

        def send(self, *mail: object) -> None:
            assert len(mail) == 3
            if self.failure:
                raise self.failure

        def check(self) -> str:
            return "fine"

    for result, failure in (
        ("sent", None),
        ("refused", DeliveryFailed("550", permanent=True, answered=True)),
        ("deferred", DeliveryFailed("451", permanent=False, answered=True)),
        ("unanswered", DeliveryFailed("gone", permanent=False, answered=False)),
    ):
        transport = CountedTransport(Odd(failure))
        before = metrics.mails.labels(result)._value.get()
        if failure is None:
            transport.send("a", "b", b"")
        else:
            with pytest.raises(DeliveryFailed):
                transport.send("a", "b", b"")
        assert metrics.mails.labels(result)._value.get() == before + 1
        assert transport.check() == "fine"


def test_a_database_that_is_away_is_a_figure_and_no_failure(
    near: FlaskClient, services: Services
) -> None:
    with services.database.transaction() as session:
        session.execute(text("DROP TABLE erratum_tally"))
    found = scrape(near)
    assert found["copydesk_database_up"] == 0
    assert "copydesk_reports_total" not in found


@pytest.mark.parametrize(
    ("server", "environ", "headers", "status"),
    [
        ({}, LOOPBACK, {}, 200),
        ({}, LOOPBACK | {"HTTP_HOST": "localhost:8000"}, {}, 200),
        ({}, {"REMOTE_ADDR": "::1", "HTTP_HOST": "[::1]:8000"}, {}, 200),
        # Through the proxy: it says for whom it asks.
        ({}, LOOPBACK, {"X-Forwarded-For": "203.0.113.7"}, 404),
        # Through a proxy that forgets to, but passes our name on.
        ({}, LOOPBACK | {"HTTP_HOST": "errata.example"}, {}, 404),
        ({}, {"REMOTE_ADDR": "203.0.113.7", "HTTP_HOST": "127.0.0.1:8000"}, {}, 404),
        # A proxy in front that is not trusted: nobody knows who asks.
        ({"trusted_proxies": 0}, LOOPBACK, {}, 404),
        ({"trusted_proxies": 0, "base_url": "http://127.0.0.1:8000"}, LOOPBACK, {}, 200),
        ({"metrics_token": TOKEN}, LOOPBACK, {}, 404),
        ({"metrics_token": TOKEN}, LOOPBACK, {"Authorization": f"Bearer {TOKEN}x"}, 404),
        ({"metrics_token": TOKEN}, LOOPBACK, {"Authorization": "Bearer é"}, 404),
        (
            {"metrics_token": TOKEN},
            {"REMOTE_ADDR": "203.0.113.7", "HTTP_HOST": "errata.example"},
            {"Authorization": f"Bearer {TOKEN}"},
            200,
        ),
    ],
)
def test_figures_are_not_for_everybody(
    services: Services,
    server: dict[str, object],
    environ: dict[str, str],
    headers: dict[str, str],
    status: int,
) -> None:
    client = client_of(services, **server)
    answer = client.get("/metrics", environ_overrides=environ, headers=headers)
    assert answer.status_code == status


def test_the_sample_alerts_name_figures_that_exist(near: FlaskClient) -> None:
    page = near.get("/metrics", environ_overrides=LOOPBACK).get_data(as_text=True)
    there = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE):
        there |= {name, f"{name}_bucket"} if kind == "histogram" else {name}
    written = ALERTS.read_text(encoding="utf-8")
    alerts = re.findall(r"^      - alert: (\w+)$", written, re.MULTILINE)
    expressions = re.findall(r"^        expr: (.+)$", written, re.MULTILINE)
    named = {name for text in expressions for name in re.findall(r"\bcopydesk_\w+", text)}
    assert named - there == set()
    assert len(alerts) == len(expressions) == len(set(alerts)) >= 10
    assert written.count("summary: ") == len(alerts)


def test_what_the_sample_alerts_count_is_there_before_it_happens(services: Services) -> None:
    """Prometheus sees no growth in a series that begins with its first event."""
    services.crew()
    there = {
        sample.name: {tuple(one.labels.items()) for one in family.samples}
        for family in REGISTRY.collect()
        for sample in family.samples
    }
    written = ALERTS.read_text(encoding="utf-8")
    named = re.findall(r"\b(copydesk_\w+_total)\{(\w+)=~?\"([^\"]+)\"", written)
    assert len(named) >= 8
    for name, label, values in named:
        for value in values.split("|"):
            assert any((label, value) in labels for labels in there[name]), (name, value)
    kinds = {dict(labels)["kind"] for labels in there["copydesk_jobs_total"]}
    assert set(services.handlers()) <= kinds


def test_the_room_on_the_disk_is_told_even_when_the_database_is_away(
    near: FlaskClient, services: Services
) -> None:
    with services.database.transaction() as session:
        session.execute(text("DROP TABLE erratum_tally"))
    found = scrape(near)
    assert found["copydesk_database_up"] == 0
    if services.database.is_sqlite:
        assert found["copydesk_disk_free_bytes"] > 0
    else:
        assert "copydesk_disk_free_bytes" not in found


def test_a_mail_waits_from_when_it_was_owed(
    near: FlaskClient, services: Services, clock: MovableClock
) -> None:
    assert scrape(near)["copydesk_outbox_oldest_mail_seconds"] == 0

    def away(job: Job) -> Finish:
        raise RetryLater("nobody answers", after=timedelta(hours=4), counts=False)

    with services.database.transaction() as session:
        enqueue(session, "deliver", "a", {}, now=clock())
        enqueue(session, "thank", "b", {}, now=clock() - timedelta(days=1))
    worker = Worker(services.database, {"deliver": away}, clock=clock, lease=timedelta(minutes=2))
    worker.drain()
    clock.forward(hours=3)
    found = scrape(near)
    assert 'copydesk_outbox_due_jobs{kind="deliver"}' not in found, "its next try is later"
    assert found["copydesk_outbox_oldest_mail_seconds"] == 3 * 3600


def test_every_figure_is_documented(near: FlaskClient) -> None:
    page = near.get("/metrics", environ_overrides=LOOPBACK).get_data(as_text=True)
    names = set(re.findall(r"^# TYPE (copydesk_\w+) ", page, re.MULTILINE))
    manual = (ALERTS.parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in names if not name.endswith("_created")} - set(
        re.findall(r"`(copydesk_\w+)", manual)
    ) == set()


def test_processes_of_one_machine_share_their_counts(services: Services, tmp_path: Path) -> None:
    shared = tmp_path / "counts"
    shared.mkdir()
    url = services.settings.database.url.get_secret_value()
    environment = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(shared),
        "COPYDESK_SERVER__SECRET_KEY": SECRET_KEY,
        "COPYDESK_DATABASE__URL": url,
    }
    working = "from copydesk import metrics; metrics.mails.labels('sent').inc()"
    asking = (
        "from copydesk.app import create_app; from copydesk.services import build_services;"
        "from copydesk.settings import load_settings; found = build_services(load_settings());"
        f"client = create_app(found).test_client(); over = {LOOPBACK!r};"
        "print(client.get('/metrics', environ_overrides=over).text); found.database.close()"
    )
    for code in (working, working, asking):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    assert 'copydesk_mails_total{result="sent"} 2.0' in done.stdout
    assert "copydesk_database_up 1.0" in done.stdout
