"""The button for everybody, and the bar for whoever selects by touch."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.widget_fixtures import Reader, Recorder, Visit

pytestmark = pytest.mark.browser

TEXT = "<p id=p>The old ⟦brigde⟧ was closed.</p><p id=q>Nobody cared.</p>"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Open a phone's window."""
    context = chromium.new_context(
        locale="en-GB", viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(8000)
    yield context
    context.close()


def phone(visit: Visit, **kwargs: str) -> Reader:
    return visit(
        TEXT, head='<meta name="viewport" content="width=device-width, initial-scale=1">', **kwargs
    )


def touch_and_select(reader: Reader) -> None:
    """Touch the page, then select as a long press would."""
    reader.page.touchscreen.tap(50, 300)
    reader.select()


def test_a_bar_when_a_selection_by_touch_has_settled(visit: Visit, recorder: Recorder) -> None:
    reader = phone(visit)
    touch_and_select(reader)
    bar = reader.page.locator("copydesk-widget .bar")
    bar.wait_for()
    box = bar.bounding_box()
    assert box is not None
    # At the lower edge, all its width: far from the handles and the system's own menu.
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 700)
    assert box["height"] >= 44
    assert bar.inner_text() == "Report an error"
    assert reader.page.evaluate("getSelection().toString()") == "brigde"
    bar.tap()
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "brigde"
    reader.field("suggestion").fill("bridge")
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0]["quote"]["exact"] == "brigde"


def test_the_words_are_kept_even_if_the_tap_clears_the_selection(visit: Visit) -> None:
    reader = phone(visit)
    touch_and_select(reader)
    bar = reader.page.locator("copydesk-widget .bar")
    bar.wait_for()
    bar.dispatch_event("pointerdown")
    reader.page.evaluate("getSelection().removeAllRanges()")
    bar.dispatch_event("click")
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "brigde"


def test_the_bar_goes_with_the_selection(visit: Visit) -> None:
    reader = phone(visit)
    touch_and_select(reader)
    bar = reader.page.locator("copydesk-widget .bar")
    bar.wait_for()
    reader.page.evaluate("getSelection().removeAllRanges()")
    bar.wait_for(state="detached")
    reader.page.evaluate("getSelection().selectAllChildren(q)")
    bar.wait_for()
    bar.tap()
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "Nobody cared."


def test_a_selection_on_the_move_loads_nothing(visit: Visit) -> None:
    reader = phone(visit)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.touchscreen.tap(50, 300)
    # Each step comes before the last one has settled; then it goes.
    reader.page.evaluate(
        """async () => {
          const text = p.firstChild;
          for (let end = 1; end < 8; end++) {
            getSelection().setBaseAndExtent(text, 0, text, end);
            await new Promise((done) => setTimeout(done, 50));
          }
          getSelection().removeAllRanges();
          await new Promise((done) => setTimeout(done, 500));
        }"""
    )
    assert asked == []


def test_no_bar_for_the_mouse(visit: Visit) -> None:
    reader = phone(visit)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.evaluate("dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'mouse' }))")
    reader.select()
    reader.page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert asked == []


def test_a_button_for_those_who_know_no_keys(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-button')
    shown = reader.page.locator("copydesk-widget button")
    shown.wait_for()
    assert shown.inner_text() == "Report an error"
    reader.select()
    shown.click()
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "brigde"
    reader.cancel()
    reader.dialog.wait_for(state="detached")
    assert shown.is_visible()


def test_a_button_in_the_sites_own_words(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-button="Нашли опечатку?"')
    assert reader.page.locator("copydesk-widget button").inner_text() == "Нашли опечатку?"


def test_a_button_in_the_language_of_the_page(visit: Visit) -> None:
    reader = visit(TEXT, tag='data-site="gazette" data-button', html='lang="uk"')
    expect(reader.page.locator("copydesk-widget button")).to_have_text("Повідомити про помилку")


def test_with_a_button_no_bar_besides(visit: Visit) -> None:
    reader = phone(visit, tag='data-site="gazette" data-button')
    reader.page.locator("copydesk-widget button").wait_for()
    touch_and_select(reader)
    reader.page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert reader.page.locator("copydesk-widget").count() == 1


def test_a_link_to_the_form_becomes_the_button(visit: Visit, recorder: Recorder) -> None:
    link = f'<a id=link href="{recorder.base}/report?site=gazette&url=x">Found a mistake?</a>'
    reader = visit(TEXT + link, tag='data-site="gazette" data-button')
    with reader.page.expect_response("**/button.js"):
        reader.page.reload()
    reader.page.wait_for_function("link.onclick != null")
    assert reader.page.locator("copydesk-widget").count() == 0
    reader.page.evaluate("getSelection().selectAllChildren(q)")
    reader.page.locator("#link").click()
    reader.dialog.wait_for()
    assert reader.field("suggestion").input_value() == "Nobody cared."
    assert isinstance(reader.page, Page)
    assert reader.page.url.endswith("/article")


def test_a_keyboard_on_the_screen_covers_no_button(visit: Visit) -> None:
    reader = phone(visit)
    touch_and_select(reader)
    reader.page.locator("copydesk-widget .bar").tap()
    reader.dialog.wait_for()
    reader.page.wait_for_function(
        "document.querySelector('copydesk-widget:last-child').shadowRoot"
        ".querySelector('[name=suggestion]').oninput != null"
    )
    # No keyboard comes up in a headless browser; what it would tell the page can be told.
    reader.page.evaluate(
        "Object.defineProperty(visualViewport, 'height', { value: 400 });"
        "visualViewport.dispatchEvent(new Event('resize'))"
    )
    box = reader.field("send").bounding_box()
    top = reader.dialog.bounding_box()
    assert box is not None
    assert top is not None
    assert box["y"] + box["height"] <= 400
    assert top["y"] >= 0


def test_nothing_is_left_listening_when_the_dialog_is_closed(visit: Visit) -> None:
    reader = phone(visit)
    reader.page.evaluate(
        """() => {
          window.listening = 0;
          for (const target of [document, window, visualViewport]) {
            const { addEventListener: add, removeEventListener: remove } = target;
            target.addEventListener = (...args) => { listening++; add.apply(target, args); };
            target.removeEventListener = (...args) => { listening--; remove.apply(target, args); };
          }
        }"""
    )
    for _ in range(3):
        reader.page.evaluate("getSelection().selectAllChildren(q)")
        reader.page.keyboard.press("Control+Enter")
        reader.dialog.wait_for()
        reader.cancel()
        reader.dialog.wait_for(state="detached")
        reader.page.evaluate("visualViewport.dispatchEvent(new Event('resize'))")
    assert reader.page.evaluate("listening") == 0
