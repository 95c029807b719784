"""The widget pays for its report, in a worker or bit by bit; the service is the real one."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.factories import make_site
from tests.proof import challenge
from tests.widget_fixtures import SOURCES, TYPES, Paper, Recorder, Visit, served

from copydesk.app import create_app
from copydesk.intake import widget_files
from copydesk.services import Services
from copydesk.settings import ProofOfWorkSettings, Settings
from copydesk.store.tables import Report
from copydesk.urls import host_of

pytestmark = pytest.mark.browser

TEXT = "<p>The old ⟦brigde⟧ was closed.</p>"
# On both sides of where a text takes one block more, which is at 56, 120 and 184 letters.
LENGTHS = (0, 1, 44, 54, 55, 56, 57, 63, 64, 118, 119, 120, 183, 184, 500)
SOLVE = """async ([file, challenges]) => {
  const { solve } = await import(file);
  const told = [];
  for (const challenge of challenges) told.push(await solve({ challenge }).catch(String));
  return told;
}"""


@pytest.fixture
def backend() -> str:
    """One database will do: what both must agree on is tested without a browser."""
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    asking = ProofOfWorkSettings(is_on=True, most_tries=3000)
    return settings.model_copy(update={"proof_of_work": asking})


@pytest.fixture
def recorder(services: Services, paper: Paper) -> Iterator[Recorder]:
    """Put the service itself where the other tests have a stand-in."""
    with services.database.transaction() as session:
        host = host_of(f"{paper.base}/")
        make_site(session, services.clock(), hosts=[host], origins=[paper.base])
    with served(create_app(services)) as base:
        yield Recorder(base)


def stored(services: Services) -> list[str]:
    with services.database.reading() as session:
        return list(session.scalars(select(Report.suggestion)))


def watched(page: Page) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    """Return what will hold the page's workers, its errors and what it posts."""
    workers: list[str] = []
    errors: list[str] = []
    posted: list[dict[str, Any]] = []
    page.on("worker", lambda worker: workers.append(worker.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "request",
        lambda sent: posted.append(json.loads(sent.post_data or "")) if sent.post_data else None,
    )
    return workers, errors, posted


@pytest.mark.parametrize(
    ("policy", "has_worker"),
    [
        ("", True),
        (SOURCES + "; worker-src blob:", True),
        (SOURCES, False),  # the worker comes as an error
        (SOURCES + TYPES, False),  # making it throws
    ],
    ids=["no policy", "workers allowed", "own sources", "trusted types"],
)
def test_a_report_is_paid_for_and_stored(
    visit: Visit, recorder: Recorder, services: Services, policy: str, *, has_worker: bool
) -> None:
    headers = {"Content-Security-Policy": policy.format(recorder.base)} if policy else {}
    reader = visit(TEXT, headers=headers)
    workers, errors, posted = watched(reader.page)
    reader.select()
    reader.open()
    reader.field("suggestion").fill("bridge")
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert stored(services) == ["bridge"]
    first, second = posted
    assert second.pop("altcha")
    assert first == second
    assert [url.partition(":")[0] for url in workers] == ["blob"] * has_worker
    assert reader.page.evaluate("Object.keys(localStorage)") == []

    # The same hashes as Python's, whatever the length; the last number counts, one more is none.
    asked = [challenge(length, number) for length in LENGTHS for number in (0, 650)]
    asked += [challenge(44, 700), challenge(44, 701)]
    file = f"{recorder.base}/w/{widget_files.build().hash}/proof.js"
    *found, beyond = reader.page.evaluate(SOLVE, [file, asked])
    assert beyond == "Error: unsolved"
    solutions = [json.loads(base64.b64decode(one)) for one in found]
    numbers = [0, 650] * len(LENGTHS)
    assert [one.pop("number") for one in solutions] == [*numbers, 700]
    assert solutions == [
        {name: one[name] for name in one if name != "maxnumber"} for one in asked[:-1]
    ]
    assert errors == []


def test_a_report_that_could_not_be_paid_for_waits_and_is_paid_for_anew(
    visit: Visit, services: Services
) -> None:
    reader = visit(TEXT)
    _, errors, posted = watched(reader.page)
    # What carries the first proof is lost on its way.
    reader.page.route(
        "**/api/**",
        lambda route: route.abort() if '"altcha"' in (route.request.post_data or "") else
        route.continue_(),
    )  # fmt: skip
    reader.select()
    reader.open()
    reader.field("suggestion").fill("bridge")
    reader.send()
    expect(reader.status).to_contain_text("Saved on this device.")
    waiting = reader.page.evaluate("JSON.stringify({ ...localStorage })")
    assert "bridge" in waiting
    assert "altcha" not in waiting
    assert stored(services) == []
    reader.page.unroute("**/api/**")
    reader.page.evaluate("dispatchEvent(new Event('online'))")
    reader.page.wait_for_function("!/copydesk:/.test(Object.keys(localStorage))")
    assert stored(services) == ["bridge"]
    proofs = [body.get("altcha") for body in posted]
    assert [bool(proof) for proof in proofs] == [False, True, False, True]
    assert proofs[1] != proofs[3]
    assert errors == []


def test_it_gives_up_after_half_a_minute_and_when_it_is_refused_again(
    visit: Visit, recorder: Recorder
) -> None:
    reader = visit(TEXT)
    _, errors, posted = watched(reader.page)
    reader.page.clock.install()
    file = f"{recorder.base}/w/{widget_files.build().hash}/proof.js"
    endless = challenge(44, -1, most=10**9)
    reader.page.evaluate(
        f"([file, asked]) => {{ window.told = ({SOLVE})([file, asked]); }}", [file, [endless]]
    )
    while not reader.page.workers:
        reader.page.wait_for_event("worker")
    [worker] = reader.page.workers
    with worker.expect_event("close"):
        reader.page.clock.fast_forward(31_000)
        assert reader.page.evaluate("told") == ["Error: unsolved"]

    # A service that never has enough is asked twice, and no more.
    refusal = {"challenge": challenge(44, 3)}
    reader.page.route("**/api/**", lambda route: route.fulfill(status=428, json=refusal))
    reader.select()
    reader.open()
    reader.send()
    reader.page.clock.run_for(2000)
    expect(reader.status).to_contain_text("Saved on this device.")
    assert ["altcha" in body for body in posted] == [False, True]
    assert errors == []
