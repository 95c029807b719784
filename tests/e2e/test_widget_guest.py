"""The widget as a guest: what a page has and does stays the page's own, whatever it does."""

import pytest
from playwright.sync_api import BrowserContext
from tests.newsroom import IN_PLACE, PLACE, SELECTED, Enter, enter, report, select
from tests.widget_fixtures import Recorder

__all__ = ["enter"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "change",
    ["render()", "swap()", "document.querySelector('#root').textContent = 'Gone'",
     "document.body.replaceChildren()"],
)  # fmt: skip
def test_the_page_changes_under_an_open_dialog(
    enter: Enter, recorder: Recorder, change: str
) -> None:
    reader = enter("rendered.en")
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    select(reader.page, "lader")
    reader.open()
    reader.page.evaluate(change)
    assert reader.dialog.is_visible()
    reader.field("suggestion").fill("ladder")
    body = report(reader, recorder)
    assert (body["quote"]["exact"], body["suggestion"]) == ("lader", "ladder")
    assert body["quote"]["prefix"].endswith("one very long ")
    assert errors == []


def test_news_comes_in_above_while_the_reader_writes(enter: Enter, recorder: Recorder) -> None:
    reader = enter("live.en")
    select(reader.page, "nots")
    reader.open()
    reader.page.evaluate("report('Four nots more are expected.')")
    body = report(reader, recorder)
    assert body["quote"]["prefix"].endswith("Wind from the west, four ")
    assert reader.page.evaluate("getSelection().toString()") == "nots"


def test_the_pages_own_keys_are_its_own_again(enter: Enter, recorder: Recorder) -> None:
    reader = enter("hotkeys.ru")
    select(reader.page, "станцыи")
    reader.open()
    reader.page.evaluate("log.length = 0")
    reader.page.keyboard.type("jkол?")
    assert reader.field("suggestion").input_value() == "jkол?"
    reader.page.keyboard.press("Escape")
    reader.dialog.wait_for(state="detached")
    assert reader.page.evaluate("log") == []
    reader.page.keyboard.press("j")
    assert reader.page.evaluate("log") == ["move j"]


@pytest.mark.parametrize("field", ["#comment", "#rich b"])
def test_the_hot_key_in_a_comment_sends_the_comment(enter: Enter, field: str) -> None:
    reader = enter("hotkeys.ru")
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.locator(field).click()
    reader.page.keyboard.press("Control+Enter")
    assert reader.page.evaluate("log") == (["comment sent"] if field == "#comment" else [])
    assert asked == []
    assert reader.dialog.count() == 0


def test_above_a_modal_dialog_of_the_page(enter: Enter) -> None:
    reader = enter("paywall.en")
    reader.page.evaluate("document.querySelector('#consent').showModal()")
    select(reader.page, "umbrelas")
    reader.open()
    assert reader.page.evaluate(PLACE) == IN_PLACE
    reader.page.keyboard.press("Escape")
    reader.dialog.wait_for(state="detached")
    assert reader.page.evaluate("document.querySelector('#consent').open")


NAMES = "Object.getOwnPropertyNames(window).filter((name) => isNaN(name))"


def test_one_name_in_the_page_and_no_listener_stays(enter: Enter, context: BrowserContext) -> None:
    context.route("**/copydesk.js", lambda route: route.abort())
    without = set(enter("broadsheet.en").page.evaluate(NAMES))
    context.unroute("**/copydesk.js")
    reader = enter("broadsheet.en")
    session = context.new_cdp_session(reader.page)

    def listeners() -> dict[str, list[str]]:
        """Ask the browser who listens; a page can't."""
        heard = {}
        for name in ("window", "document", "document.documentElement", "visualViewport"):
            thing = session.send("Runtime.evaluate", {"expression": name})["result"]["objectId"]
            found = session.send("DOMDebugger.getEventListeners", {"objectId": thing})
            heard[name] = sorted(listener["type"] for listener in found["listeners"])
        return heard

    # The test's own driver begins to listen when it is first asked to wait.
    reader.page.wait_for_function("true")
    at_load = listeners()
    select(reader.page, "herd")
    for _ in range(2):
        reader.open()
        reader.cancel()
        reader.dialog.wait_for(state="detached")
    assert listeners() == at_load
    assert set(reader.page.evaluate(NAMES)) - without == {"copydesk"}


@pytest.mark.parametrize("page", ["broadsheet.en", "tabloid.en", "live.en"])
def test_the_button_stands_above_the_page(enter: Enter, page: str) -> None:
    reader = enter(page, "data-button")
    button = reader.page.locator("copydesk-widget button")
    button.wait_for()
    select(reader.page, {"broadsheet.en": "herd", "tabloid.en": "agian", "live.en": "nots"}[page])
    button.click()
    reader.dialog.wait_for()


RULES = {
    "invisible": ":not(:defined) { visibility: hidden; }",
    "transparent": ":not(:defined) { opacity: 0; }",
    "not there": ":not(:defined) { display: none; }",
}


@pytest.mark.parametrize(
    "rule",
    ["invisible", "transparent", "not there"],
)
def test_seen_where_a_page_hides_what_is_not_defined_yet(enter: Enter, rule: str) -> None:
    """Libraries of components advise such a rule, and our host is never defined."""
    reader = enter("rendered.en", style=RULES[rule])
    select(reader.page, "lader")
    reader.open()
    assert reader.page.evaluate(PLACE) == IN_PLACE


@pytest.mark.parametrize("rule", RULES)
def test_the_button_is_seen_there_too(enter: Enter, rule: str) -> None:
    reader = enter("rendered.en", "data-button", style=RULES[rule])
    button = reader.page.locator("copydesk-widget button")
    button.wait_for()
    assert button.evaluate("e => e.checkVisibility({ opacityProperty: true })")


def test_a_selection_made_backwards_stays_one(enter: Enter, recorder: Recorder) -> None:
    """So that Shift with an arrow key goes on at the end that the reader was moving."""
    reader = enter("broadsheet.en")
    select(reader.page, "herd", is_backward=True)
    selected = reader.page.evaluate(SELECTED)
    reader.open()
    report(reader, recorder)
    assert reader.page.evaluate(SELECTED) == selected


def test_closed_before_all_of_it_has_come(enter: Enter) -> None:
    """The dialog is there before its second file, and a reader may be quick."""
    reader = enter("broadsheet.en")
    select(reader.page, "herd")
    selected = reader.page.evaluate(SELECTED)
    with reader.page.expect_request("**/extras.js"):
        reader.page.route("**/extras.js", lambda _: None)
        reader.open(with_extras=False)
    reader.page.keyboard.press("Escape")
    reader.dialog.wait_for(state="detached")
    assert reader.page.evaluate(SELECTED) == selected


def test_keys_stay_in_the_dialog_though_the_page_listens_first(enter: Enter) -> None:
    """A page that listens in the capture phase hears a key before our own elements do."""
    reader = enter(
        "hotkeys.ru",
        script="window.heard = []; for (const type of ['keydown', 'keypress', 'keyup'])"
        " document.addEventListener(type, (event) => heard.push(event.key), true);",
    )
    select(reader.page, "станцыи")
    reader.open()
    reader.page.evaluate("heard.length = 0")
    reader.page.keyboard.type("j?")
    assert reader.field("suggestion").input_value() == "j?"
    assert reader.page.evaluate("heard") == []


def test_what_is_copied_in_the_dialog_is_not_the_pages_affair(enter: Enter) -> None:
    """Many pages add a link to whatever is copied."""
    reader = enter("hotkeys.ru")
    select(reader.page, "станцыи")
    reader.open()
    reader.page.evaluate("log.length = 0")
    reader.page.keyboard.press("Control+C")
    assert reader.page.evaluate("log") == []
