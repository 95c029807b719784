"""The dialog: what it shows, where the focus goes, what it leaves behind."""

import pytest
from tests.widget_fixtures import Recorder, Visit

pytestmark = pytest.mark.browser

TEXT = (
    "<p>It rained. The old ⟦brigde⟧ was closed! Nobody cared.</p>"
    "<input id=search><button id=last>Last</button>"
)


def test_it_shows_the_sentence_with_the_error_marked(visit: Visit) -> None:
    reader = visit(TEXT)
    reader.select()
    reader.open()
    assert reader.dialog.locator("blockquote").inner_text() == "The old brigde was closed!"
    mark = reader.dialog.locator("mark")
    assert mark.inner_text() == "brigde"
    look = mark.evaluate("e => [getComputedStyle(e).textDecorationLine, "
                         "getComputedStyle(e).fontWeight]")  # fmt: skip
    assert look == ["underline", "600"]  # not by colour alone


def test_the_focus_is_in_the_correction_and_all_of_it_is_selected(
    visit: Visit, recorder: Recorder
) -> None:
    reader = visit(TEXT)
    reader.select()
    reader.open()
    assert reader.field("suggestion").input_value() == "brigde"
    reader.page.keyboard.type("bridge")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.type("Wrong")  # to "Fact" it goes by the arrow; letters match no option
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.type("Look it up")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.type("rita@reader.example")
    reader.page.keyboard.press("Control+Enter")
    reader.page.locator("copydesk-widget a").wait_for()
    body = recorder.bodies[0]
    assert [
        body[name] for name in ("suggestion", "kind", "comment", "reader_email", "website")
    ] == [
        "bridge",
        "fact",
        "Look it up",
        "rita@reader.example",
        "",
    ]


def test_tab_never_reaches_the_page(visit: Visit) -> None:
    reader = visit(TEXT)
    reader.select()
    reader.open()
    seen = set()
    for _ in range(12):
        reader.page.keyboard.press("Tab")
        seen.add(reader.page.evaluate("document.activeElement.localName"))
    assert seen <= {"copydesk-widget", "body"}  # body: the browser's own controls, in a real window
    assert "copydesk-widget" in seen


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
@pytest.mark.parametrize("is_backward", [False, True])
def test_it_leaves_the_page_as_it_was(visit: Visit, way: str, *, is_backward: bool) -> None:
    reader = visit(TEXT)
    reader.page.locator("#last").focus()
    reader.select(is_backward=is_backward)
    reader.open()
    assert reader.page.evaluate("document.activeElement.localName") == "copydesk-widget"
    if way == "Escape":
        reader.page.keyboard.press("Escape")
    else:
        reader.cancel()
    reader.dialog.wait_for(state="detached")
    assert reader.page.evaluate("document.activeElement.id") == "last"
    assert reader.page.evaluate("getSelection().toString()") == "brigde"
    assert reader.page.locator("copydesk-widget").count() == 0
    reader.open()  # and it opens again
    assert reader.field("suggestion").input_value() == "brigde"


def test_no_key_reaches_the_page(visit: Visit) -> None:
    reader = visit(TEXT)
    reader.page.evaluate(
        "window.seen = []; for (const type of ['keydown', 'keyup', 'keypress'])"
        " document.addEventListener(type, (event) => seen.push(event.key))"
    )
    reader.select()
    reader.open()
    reader.page.evaluate("seen.length = 0")
    reader.page.keyboard.type("jk?")
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("seen") == []
    assert reader.field("suggestion").input_value() == "jk?\n"


@pytest.mark.parametrize("open_by", ["key", "script"])
def test_with_nothing_selected_it_explains_itself(visit: Visit, open_by: str) -> None:
    reader = visit(TEXT.replace("⟦", "").replace("⟧", ""))
    if open_by == "key":
        reader.open()
    else:
        reader.page.evaluate("copydesk.open()")
    reader.dialog.wait_for()
    assert "Select wrong words to correct them." in reader.dialog.inner_text()
    assert reader.field("suggestion").count() == 0
    reader.cancel()
    reader.dialog.wait_for(state="detached")


@pytest.mark.parametrize(
    ("html", "tag", "words"),
    [
        ('lang="ru"', "", "Сообщить об ошибке"),
        ('lang="ru-RU"', "", "Сообщить об ошибке"),
        ('lang="en"', "", "Report an error"),
        ('lang="de"', "", "Fehler melden"),
        ('lang="nl-BE"', "", "Report an error"),
        ("", "", "Report an error"),
        ('lang="en"', 'data-lang="ru"', "Сообщить об ошибке"),
        ('lang="ru"', 'data-lang="en"', "Report an error"),
    ],
)
def test_it_speaks_the_language_of_the_page(visit: Visit, html: str, tag: str, words: str) -> None:
    reader = visit(TEXT, html=html, tag=f'data-site="gazette" {tag}')
    reader.select()
    reader.open()
    assert reader.dialog.locator("h2").inner_text() == words


def test_it_speaks_the_language_at_the_selection(visit: Visit) -> None:
    reader = visit("<p lang=ru>Городская ⟦админстрация⟧.</p>")
    reader.select()
    reader.open()
    assert reader.dialog.locator("h2").inner_text() == "Сообщить об ошибке"
    assert reader.page.locator("copydesk-widget").get_attribute("lang") == "ru"


def test_without_its_language_file_it_speaks_english(visit: Visit) -> None:
    reader = visit(TEXT, html='lang="ru"')
    reader.page.route("**/ru.js", lambda route: route.abort())
    reader.select()
    reader.open()
    assert reader.dialog.locator("h2").inner_text() == "Report an error"


# Name, role and target of every control, as an accessibility checker asks for them.
CONTROLS = """() => {
  const root = document.querySelector("copydesk-widget").shadowRoot;
  return [...root.querySelectorAll("textarea, select, input, button")]
    .filter((e) => !e.hidden)
    .map((e) => [e.name, (e.labels && e.labels.length ? e.labels[0] : e).textContent.trim() != "",
      e.getBoundingClientRect().height >= 44, parseFloat(getComputedStyle(e).fontSize) >= 16]);
}"""


@pytest.mark.parametrize("width", [320, 390, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_control_has_a_label_and_room(
    visit: Visit, width: int, scheme: str, language: str
) -> None:
    reader = visit(
        TEXT,
        html=f'lang="{language}"',
        head='<meta name="viewport" content="width=device-width"><style>* { all: unset }'
        " button { display: none } dialog { width: 9px }</style>",
    )
    reader.page.set_viewport_size({"width": width, "height": 600})
    reader.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reader.select()
    reader.open()
    assert reader.page.evaluate(CONTROLS) == [
        [name, True, True, True]
        for name in ("suggestion", "kind", "comment", "reader_email", "cancel", "send")
    ]
    box = reader.dialog.evaluate(
        "e => [e.scrollWidth <= e.clientWidth, e.offsetWidth <= innerWidth,"
        " e.offsetHeight <= innerHeight]"
    )
    assert box == [True, True, True]
    assert reader.field("send").is_visible()
    assert reader.dialog.get_attribute("aria-label")
    background = reader.dialog.evaluate("e => getComputedStyle(e).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is (scheme == "light")


def test_the_site_may_fix_the_theme_and_the_colours(visit: Visit) -> None:
    reader = visit(
        TEXT,
        tag='data-site="gazette" data-theme="dark"',
        head="<style>:root { --copydesk-accent: rgb(1, 2, 3); }</style>",
    )
    reader.select()
    reader.open()
    assert reader.dialog.evaluate("e => getComputedStyle(e).colorScheme") == "dark"
    color = reader.field("send").evaluate("e => getComputedStyle(e).backgroundColor")
    assert color == "rgb(1, 2, 3)"


def test_a_wrong_address_is_said_before_anything_leaves(visit: Visit, recorder: Recorder) -> None:
    reader = visit(TEXT)
    reader.select()
    reader.open()
    reader.field("reader_email").fill("rita")
    reader.send()
    assert reader.field("reader_email").evaluate("e => e.matches(':invalid:focus')")
    assert recorder.bodies == []
