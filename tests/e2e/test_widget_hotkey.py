"""When the hot key is ours, and when it is somebody else's."""

import pytest
from tests.widget_fixtures import Visit

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


def test_a_missing_site_key_is_one_quiet_warning(visit: Visit) -> None:
    reader = visit(TEXT, tag="")
    said: list[str] = []
    errors: list[str] = []
    reader.page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    reader.page.reload()
    reader.page.evaluate("copydesk.open()")
    reader.page.keyboard.press("Control+Enter")
    ours = [line for line in said if "Copydesk" in line]
    assert ours == ["warning: Copydesk: add data-site to the script tag."]
    assert errors == []
    assert reader.dialog.count() == 0


def test_an_element_that_is_called_copydesk_does_not_stand_in_the_way(visit: Visit) -> None:
    reader = visit('<div id="copydesk"></div>' + TEXT)
    reader.select()
    reader.open()


def test_a_button_for_those_who_know_no_keys(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-button')
    button = reader.page.locator("copydesk-widget button")
    button.wait_for()
    assert button.inner_text() == "Report an error"
    reader.select()
    button.click()
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "brigde"


def test_a_button_in_the_sites_own_words(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-button="Нашли опечатку?"')
    assert reader.page.locator("copydesk-widget button").inner_text() == "Нашли опечатку?"


def test_the_loader_alone_asks_for_nothing_more(visit: Visit) -> None:
    reader = visit(TEXT)
    names = reader.page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name.rpartition("/")[2] for name in names if "copydesk" in name or "/w/" in name] == [
        "copydesk.js"
    ]
    assert reader.page.locator("copydesk-widget").count() == 0


def test_a_service_that_is_down_is_a_warning_and_no_error(visit: Visit) -> None:
    reader = visit(TEXT)
    said: list[str] = []
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    reader.page.route("**/w/**", lambda route: route.abort())
    with reader.page.expect_console_message(
        lambda message: "Copydesk: could not open." in message.text
    ) as message:
        reader.page.keyboard.press("Control+Enter")
    said.append(message.value.type)
    assert (said, errors) == (["warning"], [])
