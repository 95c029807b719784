"""Whatever the service answers, the reader hears the truth."""

import pytest
from playwright.sync_api import expect
from tests.widget_fixtures import Reader, Recorder, Visit

pytestmark = pytest.mark.browser

TEXT = "<p>The old ⟦brigde⟧ was closed.</p>"


def open_dialog(visit: Visit, language: str = "en") -> Reader:
    reader = visit(TEXT, html=f'lang="{language}"')
    reader.page.evaluate(
        "window.sent = []; document.addEventListener('copydesk:sent', (e) => sent.push(e.detail))"
    )
    reader.select()
    reader.open()
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
    assert "Reports of this error" not in reader.status.inner_text()
    assert reader.status.evaluate("e => e.localName") == "output"  # role=status by itself


def test_stored_and_not_the_first(visit: Visit, recorder: Recorder) -> None:
    recorder.answer = recorder.receipt()
    recorder.answer["erratum"]["reports"] = 3
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("Reports of this error: 3")


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
    ("status", "english", "russian"),
    [
        (403, "not a page of the site.", "страница не этого сайта."),
        (404, "the site takes no reports.", "сайт не принимает сообщений."),
        (410, "the site takes no reports.", "сайт не принимает сообщений."),
        (413, "the service could not take it.", "сервис его не взял."),
        (415, "the service could not take it.", "сервис его не взял."),
        (422, "the service could not take it.", "сервис его не взял."),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_refused_and_why(
    visit: Visit, recorder: Recorder, language: str, status: int, english: str, russian: str
) -> None:
    recorder.status = status
    reader = open_dialog(visit, language)
    reader.send()
    words = f"Not accepted: {english}" if language == "en" else f"Не принято: {russian}"
    expect(reader.status).to_have_text(words)
    assert reader.field("suggestion").input_value() == "bridge"
    assert reader.page.evaluate("sent") == []


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_busy_then_sent_again_with_the_same_body(
    visit: Visit, recorder: Recorder, status: int
) -> None:
    recorder.sequence = [status]
    recorder.headers = {"Retry-After": "1"}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_have_text(
        "Not sent yet: the service is busy. We keep trying while this is open."
    )
    assert reader.field("send").inner_text() == "Try again"
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0] == recorder.bodies[1]


def test_the_reader_may_try_again_at_once(visit: Visit, recorder: Recorder) -> None:
    recorder.sequence = [503]
    recorder.headers = {"Retry-After": "600"}
    reader = open_dialog(visit, "ru")
    reader.send()
    expect(reader.status).to_have_text(
        "Ещё не отправлено: сервис занят. Пробуем, пока окно открыто."
    )
    reader.send()
    expect(reader.status).to_contain_text("Спасибо!")
    assert recorder.bodies[0] == recorder.bodies[1]


def test_the_network_goes_and_comes_back(visit: Visit, recorder: Recorder) -> None:
    reader = open_dialog(visit)
    reader.page.context.set_offline(True)
    reader.send()
    expect(reader.status).to_have_text(
        "Not sent yet: no answer. We keep trying while this is open."
    )
    assert recorder.bodies == []
    assert reader.field("suggestion").input_value() == "bridge"
    reader.page.context.set_offline(False)
    expect(reader.status).to_contain_text("Thank you!")
    assert len(recorder.bodies) == 1


def test_what_is_being_changed_does_not_leave_by_itself(visit: Visit, recorder: Recorder) -> None:
    reader = open_dialog(visit)
    reader.page.context.set_offline(True)
    reader.send()
    expect(reader.status).to_contain_text("no answer")
    reader.field("comment").fill("half a sen")
    expect(reader.status).to_have_text("Not sent yet")
    reader.page.context.set_offline(False)
    reader.page.evaluate("dispatchEvent(new Event('online'))")
    assert recorder.bodies == []
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0]["comment"] == "half a sen"


def test_a_changed_report_after_a_lost_answer_is_a_new_one(
    visit: Visit, recorder: Recorder
) -> None:
    recorder.sequence = [503, 409]
    recorder.headers = {"Retry-After": "600"}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("busy")
    reader.field("suggestion").fill("bridges")
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    first, second, third = recorder.bodies
    assert first["id"] == second["id"] != third["id"]
    assert third["suggestion"] == "bridges"


def test_a_closed_dialog_sends_no_more(visit: Visit, recorder: Recorder) -> None:
    recorder.status = 503
    recorder.headers = {"Retry-After": "600"}
    reader = open_dialog(visit)
    reader.send()
    expect(reader.status).to_contain_text("busy")
    reader.cancel()
    reader.dialog.wait_for(state="detached")
    reader.page.evaluate("dispatchEvent(new Event('online'))")
    reader.open()
    assert len(recorder.bodies) == 1
