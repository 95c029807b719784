"""No report is lost when the network, the service, the tab or the storage goes; none twice."""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from tests.widget_fixtures import Reader, Recorder, Visit

pytestmark = pytest.mark.browser

TEXT = "<p>The old ⟦brigde⟧ was closed.</p>"
SAVED = "Saved on this device. It will be sent when you are online."
UNSAVED = "Not sent, and not kept on this device. Try again, or copy your words."
FULL = """() => {
  let part = "x".repeat(1 << 20);
  for (let i = 0; part; i++) {
    try { localStorage["filler" + i] = part; } catch { part = part.slice(part.length / 2 + 1); }
  }
}"""
FORBIDDEN = """Object.defineProperty(window, "localStorage",
  { get() { throw new DOMException("no", "SecurityError"); } })"""


def open_dialog(visit: Visit) -> Reader:
    reader = visit(TEXT)
    reader.page.evaluate(
        "window.sent = []; document.addEventListener('copydesk:sent', (e) => sent.push(e.detail))"
    )
    reader.select()
    reader.open()
    reader.field("suggestion").fill("bridge")
    reader.field("reader_email").fill("rita@reader.example")
    return reader


def waiting(page: Page) -> list[dict[str, Any]]:
    """Return what waits in the storage."""
    texts = page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('copydesk:'))"
        ".map((key) => localStorage[key])"
    )
    return [json.loads(text) for text in texts]


def put(page: Page, report: str, *, age_days: float = 0, due_in_ms: int = 0) -> None:
    """Let a report wait in the storage as an earlier visit would have left it."""
    page.evaluate(
        """([id, age, due]) => {
          const report = { id, site: "gazette", url: location.href, quote: { exact: "brigde" } };
          const item = { report, at: Date.now() - age * 864e5, due: Date.now() + due };
          localStorage["copydesk:" + id] = JSON.stringify(item);
        }""",
        [report, age_days, due_in_ms],
    )


def empty(page: Page) -> None:
    """Wait until nothing waits any more."""
    page.wait_for_function("!/copydesk:/.test(Object.keys(localStorage))")


def test_saved_while_the_network_is_away_and_sent_when_it_is_back(
    visit: Visit, recorder: Recorder
) -> None:
    reader = open_dialog(visit)
    reader.page.context.set_offline(True)
    reader.send()
    expect(reader.status).to_have_text(SAVED)
    assert reader.field("send").count() == 0
    assert [item["report"]["suggestion"] for item in waiting(reader.page)] == ["bridge"]
    reader.cancel()
    assert recorder.bodies == []
    reader.page.context.set_offline(False)
    empty(reader.page)
    assert [body["reader_email"] for body in recorder.bodies] == ["rita@reader.example"]
    assert reader.page.evaluate("sent") == [{"id": recorder.bodies[0]["id"], "reports": 1}]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_sent_again_when_the_service_said_with_the_same_body(
    visit: Visit, recorder: Recorder, status: int
) -> None:
    recorder.sequence = [status]
    recorder.headers = {"Retry-After": "1"}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_have_text(SAVED)
    empty(reader.page)
    assert len(recorder.bodies) == 2
    assert recorder.bodies[0] == recorder.bodies[1]


def test_not_before_the_service_said(visit: Visit, recorder: Recorder) -> None:
    recorder.sequence = [503]
    recorder.headers = {"Retry-After": "600"}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_have_text(SAVED)
    [item] = waiting(reader.page)
    assert 590_000 < item["due"] - reader.page.evaluate("Date.now()") <= 600_000
    put(reader.page, "11111111-1111-4111-8111-111111111111")
    reader.page.evaluate("dispatchEvent(new Event('online'))")
    reader.page.wait_for_function("!localStorage['copydesk:11111111-1111-4111-8111-111111111111']")
    assert [body["id"] for body in recorder.bodies] == [
        item["report"]["id"],
        "11111111-1111-4111-8111-111111111111",
    ]


def test_the_next_visit_sends_what_waits_after_the_first_touch_of_the_page(
    visit: Visit, recorder: Recorder
) -> None:
    reader = visit(TEXT)
    put(reader.page, "11111111-1111-4111-8111-111111111111", age_days=2)
    reader.page.reload()
    assert recorder.bodies == []
    reader.page.mouse.click(5, 5)
    empty(reader.page)
    assert [body["id"] for body in recorder.bodies] == ["11111111-1111-4111-8111-111111111111"]


def test_a_tab_that_is_closed_while_it_sends_loses_nothing(
    visit: Visit, recorder: Recorder, context: BrowserContext
) -> None:
    held: list[Route] = []
    reader = open_dialog(visit)
    reader.page.route("**/api/**", lambda route: held.append(route))  # noqa: PLW0108 - inspected
    with reader.page.expect_request("**/api/**"):
        reader.send()
    [item] = waiting(reader.page)
    reader.page.close()
    second = visit(TEXT)
    second.page.mouse.click(5, 5)
    # Another tab leaves it alone while the first may still be sending: the lease is in its `due`.
    assert waiting(second.page) == [item]
    second.page.evaluate(
        "([key]) => { const item = JSON.parse(localStorage[key]); item.due = 0;"
        " localStorage[key] = JSON.stringify(item); }",
        ["copydesk:" + item["report"]["id"]],
    )
    second.page.evaluate("dispatchEvent(new Event('online'))")
    empty(second.page)
    # By now the browser may have finished the first request, too: one id, so one report.
    assert recorder.bodies[-1] == item["report"]
    assert len({body["id"] for body in recorder.bodies}) == 1


def test_two_tabs_send_it_once(visit: Visit, recorder: Recorder) -> None:
    first, second = visit(TEXT), visit(TEXT)
    ids = [f"1111111{n}-1111-4111-8111-111111111111" for n in range(5)]
    for id_ in ids:
        put(first.page, id_)
    for reader in (first, second):
        reader.page.evaluate("dispatchEvent(new Event('online'))")
    empty(first.page)
    empty(second.page)
    assert sorted(body["id"] for body in recorder.bodies) == ids


@pytest.mark.parametrize("why", ["full", "forbidden"])
def test_without_storage_the_reader_hears_it_and_keeps_the_words(
    visit: Visit, recorder: Recorder, context: BrowserContext, why: str
) -> None:
    if why == "forbidden":
        context.add_init_script(FORBIDDEN)
    reader = open_dialog(visit)
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    if why == "full":
        reader.page.evaluate(FULL)
    recorder.sequence = [503]
    reader.send()
    expect(reader.status).to_have_text(UNSAVED)
    assert reader.field("suggestion").input_value() == "bridge"
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0] == recorder.bodies[1]
    assert errors == []


def test_what_was_changed_after_a_lost_answer_is_a_new_report(
    visit: Visit, recorder: Recorder, context: BrowserContext
) -> None:
    context.add_init_script(FORBIDDEN)
    reader = open_dialog(visit)
    recorder.sequence = [503]
    reader.send()
    expect(reader.status).to_have_text(UNSAVED)
    reader.field("suggestion").fill("bridges")
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    first, second = recorder.bodies
    assert first["id"] != second["id"]
    assert second["suggestion"] == "bridges"


@pytest.mark.parametrize("status", [200, 201, 403, 409, 422])
def test_nothing_stays_once_the_service_has_answered(
    visit: Visit, recorder: Recorder, status: int
) -> None:
    recorder.status = status
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).not_to_have_text("Sending…")
    assert waiting(reader.page) == []
    assert "rita@" not in reader.page.evaluate("JSON.stringify({ ...localStorage })")


def test_the_oldest_of_more_than_twenty_goes(visit: Visit) -> None:
    reader = open_dialog(visit)
    for n in range(20):
        id_ = f"11111111-1111-4111-8111-1111111111{n:02}"
        put(reader.page, id_, age_days=1 + n, due_in_ms=9**9)
    reader.page.context.set_offline(True)
    reader.send()
    expect(reader.status).to_have_text(SAVED)
    ids = {item["report"]["id"] for item in waiting(reader.page)}
    assert len(ids) == 20
    assert "11111111-1111-4111-8111-111111111119" not in ids
    assert "11111111-1111-4111-8111-111111111118" in ids


def test_after_seven_days_it_is_given_up(visit: Visit, recorder: Recorder) -> None:
    reader = visit(TEXT)
    put(reader.page, "11111111-1111-4111-8111-111111111111", age_days=7.1)
    put(reader.page, "21111111-1111-4111-8111-111111111111", age_days=6.9)
    reader.page.evaluate("dispatchEvent(new Event('online'))")
    empty(reader.page)
    assert [body["id"] for body in recorder.bodies] == ["21111111-1111-4111-8111-111111111111"]


def test_what_others_put_under_our_name_does_no_harm(visit: Visit, recorder: Recorder) -> None:
    reader = open_dialog(visit)
    reader.page.evaluate("localStorage['copydesk:note'] = 'not JSON'")
    recorder.sequence = [503]
    recorder.headers = {"Retry-After": "1"}
    reader.send()
    expect(reader.status).to_have_text(SAVED)
    reader.page.wait_for_function("Object.keys(localStorage).join() == 'copydesk:note'")
    assert len(recorder.bodies) == 2


def test_nothing_is_read_from_the_storage_at_load(visit: Visit, context: BrowserContext) -> None:
    context.add_init_script(
        """{
          const real = Object.getOwnPropertyDescriptor(window, "localStorage").get;
          window.reads = 0;
          Object.defineProperty(window, "localStorage",
            { get() { window.reads++; return real.call(window); } });
        }"""
    )
    reader = visit(TEXT)
    assert reader.page.evaluate("reads") == 0
    reader.page.mouse.click(5, 5)
    reader.page.wait_for_function("reads == 1")
    reader.page.mouse.click(5, 5)
    reader.page.keyboard.press("a")
    idle = "new Promise((done) => requestIdleCallback(() => done(reads)))"
    assert reader.page.evaluate(idle) == 1
