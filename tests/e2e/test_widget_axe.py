"""Whatever the widget shows, in whatever colours, direction and width: axe-core finds nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tests.axe import findings
from tests.contrast import low_contrast
from tests.widget_fixtures import Reader, Recorder, Visit

from copydesk.intake import widget_files

pytestmark = pytest.mark.browser

# The page itself keeps every rule, so that no rule about pages has to be left out.
PAGE = {
    "en": (
        "Bridge",
        "The bridge is shut",
        "It rained. The old ⟦brigde⟧ was closed! Nobody cared.",
        'Ferries run <a href="/times">to these times</a>.',
    ),
    "ar": (
        "الجسر",
        "أُغلق الجسر",
        "هطل المطر. أُغلق ⟦الجصر⟧ القديم! لم يهتم أحد.",
        'العبّارات تعمل <a href="/times">بهذه المواعيد</a>.',
    ),
}
STYLE = "<style>body { background: Canvas; color: CanvasText; } a { color: LinkText; }</style>"
WITHOUT_MARKS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) node.data = node.data.replace(/[⟦⟧]/g, "");
}"""
# Any answer will do but for the words that stand there while a report is on its way.
NOT_SENDING = re.compile(r"^[^…]+$")


@dataclass(frozen=True)
class Look:
    """How a reader's screen is set up."""

    language: str = "en"
    colours: str = "light"
    is_forced: bool = False
    width: int = 1000


LOOKS = {
    "light": Look(),
    "dark": Look(colours="dark"),
    "right to left": Look("ar"),
    "forced colours": Look(is_forced=True),
    "forced dark": Look(colours="dark", is_forced=True),
    "320 px": Look(width=320),
    "320 px, right to left, dark": Look("ar", "dark", width=320),
}


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Open a window on a screen that can be touched."""
    context = chromium.new_context(locale="en-GB", has_touch=True)
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture(params=LOOKS)
def at_page(request: pytest.FixtureRequest, visit: Visit) -> Callable[[str], Reader]:
    """Return a function that puts up the page with one more attribute on our script's tag."""
    look = LOOKS[request.param]

    def at_page(attribute: str = "", path: str = "article") -> Reader:
        title, heading, text, more = PAGE[look.language]
        reader = visit(
            f"<main><h1>{heading}</h1><p>{text}</p><p>{more}</p></main>",
            tag=f'data-site="gazette" {attribute}',
            html=f'lang="{look.language}" dir="{"rtl" if look.language == "ar" else "ltr"}"',
            head=f"<title>{title}</title>"
            f'<meta name="viewport" content="width=device-width">{STYLE}',
            path=path,
        )
        reader.page.set_viewport_size({"width": look.width, "height": 640})
        reader.page.emulate_media(
            color_scheme="dark" if look.colours == "dark" else "light",
            forced_colors="active" if look.is_forced else "none",
        )
        return reader

    return at_page


def assert_no_findings(reader: Reader) -> None:
    assert findings(reader.page) == []
    if reader.page.locator("copydesk-widget").count():
        assert low_contrast(reader.page) == []
    assert reader.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ), "the page must not scroll sideways"


AtPage = Callable[..., Reader]


def test_the_page_alone(at_page: AtPage) -> None:
    assert_no_findings(at_page())


def test_the_dialog_as_it_opens_and_as_it_is_filled_in(at_page: AtPage) -> None:
    reader = at_page('data-rules="Be kind: people read this."')
    reader.select()
    reader.open()
    assert_no_findings(reader)
    reader.field("suggestion").fill("bridge, built in 1911")
    reader.field("comment").fill("See the plate at its foot.")
    reader.field("reader_email").fill("no address")
    assert_no_findings(reader)


def test_a_refused_report(at_page: AtPage, recorder: Recorder) -> None:
    recorder.status = 403
    reader = at_page()
    reader.select()
    reader.open()
    reader.send()
    expect(reader.status).to_have_text(NOT_SENDING)
    assert_no_findings(reader)


def test_a_report_that_waits_on_the_device(at_page: AtPage, recorder: Recorder) -> None:
    recorder.status = 503
    recorder.headers = {"Retry-After": "600"}
    reader = at_page()
    reader.select()
    reader.open()
    reader.send()
    expect(reader.status).to_have_text(NOT_SENDING)
    assert_no_findings(reader)


def test_thanks(at_page: AtPage, recorder: Recorder) -> None:
    recorder.answer = recorder.receipt()
    recorder.answer["erratum"] = {"state": "declined", "note": "It is a name.", "reports": 3}
    reader = at_page()
    reader.select()
    reader.open()
    reader.send()
    reader.status.locator("a").wait_for()
    assert_no_findings(reader)


def test_nothing_selected(at_page: AtPage) -> None:
    reader = at_page()
    reader.page.evaluate(WITHOUT_MARKS)
    reader.open()
    assert_no_findings(reader)


def test_the_button(at_page: AtPage) -> None:
    reader = at_page("data-button")
    reader.page.locator("copydesk-widget button").wait_for()
    assert_no_findings(reader)


def test_the_bar_after_a_touch(at_page: AtPage) -> None:
    reader = at_page()
    reader.page.touchscreen.tap(60, 200)
    reader.select()
    bar = reader.page.locator("copydesk-widget button")
    bar.wait_for()
    assert_no_findings(reader)
    bar.tap()
    reader.dialog.wait_for()
    assert_no_findings(reader)


@pytest.mark.skipif(
    not (widget_files.FOLDER / "highlight.js").exists(), reason="the highlighter is not built yet"
)
def test_the_notice_that_words_have_changed(at_page: AtPage, context: BrowserContext) -> None:
    spot = {
        "quote": {"exact": "shut for ever", "prefix": "The bridge was ", "suffix": " in 1911."},
        "words": dict.fromkeys(("changed", "gone", "unsure"), "The words have changed since.")
        | {"close": "Close"},
        "language": "en",
    }
    answer = {"json": spot, "headers": {"Access-Control-Allow-Origin": "*"}}
    context.route("**/api/v1/spots/*", lambda route: route.fulfill(**answer))
    reader = at_page(path="article#copydesk=token")
    expect(reader.status).to_have_text("The words have changed since.")
    assert_no_findings(reader)
