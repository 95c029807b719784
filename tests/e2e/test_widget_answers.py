"""Whatever the service answers, the reader hears the truth."""

import pytest
from playwright.sync_api import BrowserContext, Route, expect
from tests.widget_fixtures import Reader, Recorder, Visit
from tests.widget_languages import messages

pytestmark = pytest.mark.browser

TEXT = "<p>The old ⟦brigde⟧ was closed.</p>"


def open_dialog(visit: Visit, language: str = "en", *, with_extras: bool = True) -> Reader:
    reader = visit(TEXT, html=f'lang="{language}"')
    reader.page.evaluate(
        "window.sent = []; document.addEventListener('copydesk:sent', (e) => sent.push(e.detail))"
    )
    reader.select()
    reader.open(with_extras=with_extras)
    reader.field("suggestion").fill("bridge")
    return reader


@pytest.mark.parametrize("status", [200, 201])
def test_stored(visit: Visit, recorder: Recorder, status: int) -> None:
    recorder.status = status
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("Thank you! The editors have your report.")
    link = reader.status.locator("a")
    assert link.get_attribute("href") == f"{recorder.base}/r/token"
    assert reader.page.evaluate("sent") == [{"id": recorder.bodies[0]["id"], "reports": 1}]
    assert reader.field("send").count() == 0
    assert reader.field("cancel").inner_text() == "Close"
    assert "so far" not in reader.status.inner_text()
    assert reader.status.evaluate("e => e.localName") == "output"  # role=status by itself


def test_stored_and_not_the_first(visit: Visit, recorder: Recorder) -> None:
    recorder.answer = recorder.receipt()
    recorder.answer["erratum"]["reports"] = 3
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("3 reports so far.")


def test_declined_before_with_the_desks_reason_as_text(visit: Visit, recorder: Recorder) -> None:
    recorder.answer = recorder.receipt()
    recorder.answer["erratum"] |= {"state": "declined", "note": "<b>It is</b> a name."}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("The editors decided to leave it.")
    expect(reader.status).to_contain_text("<b>It is</b> a name.")
    assert reader.status.locator("b").count() == 0


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://evil.example/r/token", "//evil.example/", "", 7]
)
def test_a_link_to_elsewhere_is_not_shown(
    visit: Visit, recorder: Recorder, address: object
) -> None:
    recorder.answer = recorder.receipt() | {"status_url": address}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert reader.status.locator("a").count() == 0
    assert reader.field("send").count() == 0


def test_stored_though_the_rest_of_the_answer_was_lost(visit: Visit) -> None:
    reader = open_dialog(visit)
    reader.page.route("**/api/**", lambda route: route.fulfill(
        status=201, body="{", headers={"Access-Control-Allow-Origin": "*"}))  # fmt: skip
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (403, "refusedPage"),
        (404, "refusedSite"),
        (410, "refusedSite"),
        (409, "refusedOther"),
        (413, "refusedOther"),
        (415, "refusedOther"),
        (422, "refusedOther"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_refused_and_why(
    visit: Visit, recorder: Recorder, language: str, status: int, why: str
) -> None:
    recorder.status = status
    reader = open_dialog(visit, language)
    warnings: list[str] = []
    reader.page.on("console", lambda m: warnings.append(m.text) if m.type == "warning" else None)
    reader.send()
    words = messages(language)
    expect(reader.status).to_have_text(words["refused"] + words[why])
    assert reader.field("suggestion").input_value() == "bridge"
    assert reader.page.evaluate("sent") == []
    assert len(warnings) == 1
    assert "check the site's key, hosts and origins" in warnings[0]


def test_a_refused_report_may_be_mended_and_sent(visit: Visit, recorder: Recorder) -> None:
    recorder.sequence = [422]
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("Not accepted")
    reader.field("suggestion").fill("bridges")
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[1]["suggestion"] == "bridges"


def test_without_its_extras_a_report_goes_out_all_the_same(
    visit: Visit, recorder: Recorder, context: BrowserContext
) -> None:
    context.route("**/extras.js", lambda route: route.abort())
    reader = open_dialog(visit, with_extras=False)
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    reader.send()
    expect(reader.status).to_have_text("Thank you! The editors have your report.")
    body = recorder.bodies[0]
    assert (body["site"], body["suggestion"], body["quote"]["exact"]) == (
        "gazette",
        "bridge",
        "brigde",
    )
    assert body["url"] == reader.page.url
    assert errors == []


def test_what_is_typed_while_the_extras_are_on_their_way_is_kept(
    visit: Visit, recorder: Recorder, context: BrowserContext
) -> None:
    held: list[Route] = []
    context.route("**/extras.js", lambda route: held.append(route))  # noqa: PLW0108 - inspected
    reader = open_dialog(visit, with_extras=False)
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0]["suggestion"] == "bridge"
    assert "nth" not in recorder.bodies[0]["quote"]
    held[0].abort()
