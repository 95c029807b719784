"""When the hot key is ours, and when it is somebody else's."""

import pytest
from playwright.sync_api import Dialog, expect
from tests.widget_fixtures import SELECT_MARKED, Paper, Recorder, Visit

pytestmark = pytest.mark.browser

TEXT = "<p>The old ⟦brigde⟧ was closed.</p>"

# Every import of the dialog is a request, so a press that is not ours asks for nothing.
PRESS = """(init) => {
  const event = new KeyboardEvent("keydown",
    { key: "Enter", bubbles: true, composed: true, cancelable: true, ...init });
  document.body.dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter", "Control+NumpadEnter"])
def test_control_or_command_and_enter_open_the_dialog(visit: Visit, keys: str) -> None:
    reader = visit(TEXT)
    reader.select()
    reader.page.keyboard.press(keys)
    reader.dialog.wait_for()


@pytest.mark.parametrize(
    "init",
    [
        "{}",
        "{ctrlKey: true, metaKey: true}",
        "{ctrlKey: true, shiftKey: true}",
        "{metaKey: true, altKey: true}",
        "{ctrlKey: true, repeat: true}",
        "{ctrlKey: true, isComposing: true}",
        "{ctrlKey: true, key: 'e'}",
    ],
)
def test_other_presses_are_left_alone(visit: Visit, init: str) -> None:
    reader = visit(TEXT)
    reader.select()
    assert reader.page.evaluate(f"({PRESS})({init})") is False
    assert reader.page.evaluate(f"({PRESS})({{ctrlKey: true}})") is True


@pytest.mark.parametrize(
    "field",
    [
        "<input id=f>",
        "<textarea id=f></textarea>",
        "<select id=f><option>1</select>",
        "<div id=f contenteditable tabindex=0>x</div>",
        "<div contenteditable><b id=f tabindex=0>x</b></div>",
        "<div id=f role=textbox tabindex=0>x</div>",
    ],
)
def test_nothing_happens_in_a_field(visit: Visit, field: str) -> None:
    reader = visit(TEXT + field)
    reader.page.evaluate("window.seen = []; addEventListener('keydown', (event) => "
                         "event.key == 'Enter' && seen.push(event.defaultPrevented))")  # fmt: skip
    reader.page.locator("#f").focus()
    reader.page.keyboard.press("Control+Enter")
    assert reader.page.evaluate("seen") == [False]


def test_nothing_happens_in_a_field_of_a_shadow_tree(visit: Visit) -> None:
    reader = visit(TEXT + "<x-comments></x-comments>")
    reader.page.evaluate(
        """() => {
          const root = document.querySelector("x-comments").attachShadow({ mode: "open" });
          root.append(document.createElement("textarea"));
          root.firstChild.focus();
          window.seen = [];
          addEventListener("keydown", (event) =>
            event.key == "Enter" && seen.push(event.defaultPrevented));
        }"""
    )
    reader.page.keyboard.press("Control+Enter")
    assert reader.page.evaluate("seen") == [False]


def test_a_press_that_the_page_has_taken_is_the_pages(visit: Visit) -> None:
    reader = visit(TEXT)
    reader.page.evaluate("document.addEventListener('keydown', (event) => event.preventDefault());"
                         "window.before = window.copydesk.open; window.asked = 0")  # fmt: skip
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.keyboard.press("Control+Enter")
    assert reader.page.evaluate("1") == 1
    assert asked == []


def test_the_hot_key_can_be_switched_off(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-hotkey="off"')
    reader.select()
    assert reader.page.evaluate(f"({PRESS})({{ctrlKey: true}})") is False
    reader.page.evaluate("copydesk.open()")
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "brigde"


def test_loaded_twice_it_runs_once(visit: Visit) -> None:
    reader = visit(TEXT)
    reader.page.evaluate(
        """async () => {
          const first = document.querySelector("script[data-site]"), open = copydesk.open;
          const second = document.createElement("script");
          second.src = first.src;
          second.dataset.site = "gazette";
          document.head.append(second);
          await new Promise((resolve) => { second.onload = resolve; });
          if (copydesk.open != open) throw new Error("replaced");
        }"""
    )
    reader.select()
    reader.open()
    reader.page.evaluate("copydesk.open()")
    assert reader.page.locator("copydesk-widget").count() == 1


def test_a_missing_site_key_is_one_quiet_warning_and_a_word_to_the_reader(visit: Visit) -> None:
    reader = visit(TEXT, tag="")
    said: list[str] = []
    errors: list[str] = []
    reader.page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    reader.select()
    reader.open()
    expect(reader.dialog).to_contain_text("Not accepted: the site takes no reports.")
    assert reader.field("send").count() == 0
    ours = [line for line in said if "Copydesk" in line]
    assert ours == ["warning: Copydesk: add data-site to the script tag."]
    assert errors == []


def test_an_element_that_is_called_copydesk_does_not_stand_in_the_way(visit: Visit) -> None:
    reader = visit('<div id="copydesk"></div>' + TEXT)
    reader.select()
    reader.open()


def test_the_loader_alone_asks_for_nothing_more(visit: Visit) -> None:
    reader = visit(TEXT)
    names = reader.page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name.rpartition("/")[2] for name in names if "copydesk" in name or "/w/" in name] == [
        "copydesk.js"
    ]
    assert reader.page.locator("copydesk-widget").count() == 0


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("", "Sorry, try again later."),
        ('data-sorry="Не сейчас, простите."', "Не сейчас, простите."),
    ],
)
def test_a_service_that_is_down_is_a_warning_and_a_word_to_the_reader(
    visit: Visit, tag: str, words: str
) -> None:
    reader = visit(TEXT, tag=f'data-site="gazette" {tag}')
    warned: list[str] = []
    told: list[str] = []
    errors: list[str] = []

    def hear(alert: Dialog) -> None:
        told.append(alert.message)
        alert.accept()

    reader.page.on("dialog", hear)
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    reader.page.on("console", lambda m: warned.append(m.text) if m.type == "warning" else None)
    reader.page.route("**/w/**", lambda route: route.abort())
    reader.select()
    with reader.page.expect_event("dialog"):
        reader.page.keyboard.press("Control+Enter")
    assert told == [words]
    assert len(warned) == 1
    assert warned[0].startswith("Copydesk: is it up?")
    assert errors == []


def test_the_hot_key_can_be_another(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-hotkey="e"')
    reader.select()
    assert reader.page.evaluate(f"({PRESS})({{ctrlKey: true}})") is False
    reader.page.keyboard.press("Control+e")
    reader.dialog.wait_for()


def test_the_dialog_is_fetched_when_control_goes_down_over_a_selection(visit: Visit) -> None:
    reader = visit(TEXT, html='lang="ru"')
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    reader.page.keyboard.press("Control")
    reader.select()
    with reader.page.expect_request("**/dialog.js"):
        reader.page.keyboard.down("Control")
    reader.page.wait_for_function("performance.getEntriesByType('resource').length > 3")
    assert set(asked) == {"dialog.js", "ru.js", "extras.js"}
    assert reader.dialog.count() == 0
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.up("Control")
    reader.dialog.wait_for()
    assert len(asked) == len(set(asked))


def test_a_fetch_ahead_that_fails_says_nothing(visit: Visit) -> None:
    reader = visit(TEXT)
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    reader.page.route("**/w/**", lambda route: route.abort())
    reader.select()
    with reader.page.expect_event("requestfailed"):
        reader.page.keyboard.press("Control")
    assert errors == []


def test_a_same_origin_frame_asks_by_carrying_the_tag(visit: Visit, paper: Paper) -> None:
    inner = visit(TEXT, path="live-blog")
    source = inner.page.content()
    inner.page.close()
    paper.pages["live-blog"] = (source, {})
    reader = visit('<iframe src="/live-blog" width=700 height=500></iframe>')
    frame = reader.page.frames[1]
    frame.evaluate(SELECT_MARKED, arg=False)
    frame.locator("p").click()
    frame.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
    reader.page.keyboard.press("Control+Enter")
    frame.locator("copydesk-widget dialog").wait_for()
    assert reader.page.locator("copydesk-widget").count() == 0


def test_in_a_sandbox_it_fails_silently(visit: Visit, paper: Paper, recorder: Recorder) -> None:
    script = f'<script async src="{recorder.base}/copydesk.js" data-site="gazette"></script>'
    paper.pages["boxed"] = (f"<!doctype html>{script}<p>The old brigde.</p>", {})
    reader = visit('<iframe src="/boxed" sandbox="allow-scripts" width=700 height=500></iframe>')
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    frame = reader.page.frames[1]
    frame.locator("p").dblclick()
    reader.page.keyboard.press("Control+Enter")
    frame.locator("copydesk-widget dialog").wait_for()
    frame.locator("copydesk-widget [name=send]").click()
    expect(frame.locator("copydesk-widget output")).not_to_be_empty()
    assert errors == []
