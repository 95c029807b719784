"""What a link from a mail or the desk does on the page: the words themselves, marked."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.widget_fixtures import Paper, Reader, Recorder, Visit

pytestmark = pytest.mark.browser

WORDS = {
    "changed": "This has changed since the report.",
    "gone": "The reported words are no longer here.",
    "unsure": "The place of the report was not found on this page.",
    "close": "Close",
}
BEFORE = "The bridge over the harbour was "
AFTER = " for the whole winter, and nobody in the town could say when it would open again."
STRICT = (
    "default-src 'none'; script-src {base}; connect-src {base}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# What is marked: by the highlight, else by the elements put in.
MARKED = """() => {
  const shown = (range) => range.toString();
  const highlight = CSS.highlights?.get("copydesk");
  return highlight ? [...highlight].map(shown)
    : [...document.querySelectorAll("mark")].map((mark) => mark.textContent);
}"""

Follow = Callable[..., Reader]


@pytest.fixture
def follow(context: BrowserContext, visit: Visit) -> Follow:
    """Return a function that follows the link of a spot to a page."""

    def follow(
        body: str, exact: str, prefix: str = BEFORE, suffix: str = AFTER, **options: Any
    ) -> Reader:
        answer = {
            "quote": {"exact": exact, "prefix": prefix, "suffix": suffix}
            | {"start": None, "nth": options.pop("nth", None), "of": options.pop("of", None)},
            "words": WORDS,
            "language": "en",
        }
        headers = {"Access-Control-Allow-Origin": "*"}
        context.route(
            "**/api/v1/spots/*", lambda route: route.fulfill(json=answer, headers=headers)
        )
        return visit(body, path="article#copydesk=1a.token-_x", **options)

    return follow


def wait_for_mark(page: Page) -> list[str]:
    page.wait_for_function(f"({MARKED})().length")
    marked: list[str] = page.evaluate(MARKED)
    return marked


def test_words_that_stand_there_are_marked_and_scrolled_to(follow: Follow) -> None:
    reader = follow(
        f"<div style='height:5000px'></div><p>{BEFORE}shut{AFTER}</p>"
        "<p style='height:2000px'>shut</p>",
        "shut",
    )
    assert wait_for_mark(reader.page) == ["shut"]
    top = reader.page.evaluate("[...CSS.highlights.get('copydesk')][0].getBoundingClientRect().top")
    assert 200 < top < 560
    assert reader.page.locator("copydesk-widget output").count() == 0
    assert reader.page.locator("body mark").count() == 0
    reader.page.keyboard.press("Escape")
    assert reader.page.evaluate(MARKED) == []
    assert reader.page.locator("copydesk-widget").count() == 0


def test_what_stands_there_now_is_marked_with_a_word_that_it_changed(follow: Follow) -> None:
    reader = follow(f"<p>{BEFORE}closed{AFTER}</p><p>It was shut.</p>", "shut")
    assert wait_for_mark(reader.page) == ["closed"]
    expect(reader.status).to_have_text(WORDS["changed"])
    reader.page.get_by_role("button", name="Close").click()
    assert reader.page.locator("copydesk-widget").count() == 0
    assert reader.page.evaluate(MARKED) == []


def test_words_that_are_gone_are_said_to_be_gone(follow: Follow) -> None:
    reader = follow(f"<div style='height:5000px'></div><p>{BEFORE.strip()}{AFTER}</p>", "shut down")
    expect(reader.status).to_have_text(WORDS["gone"])
    assert reader.page.evaluate(MARKED) == []
    assert reader.page.evaluate("scrollY") > 4000


def test_another_page_is_not_guessed_at(follow: Follow) -> None:
    reader = follow("<p>Nothing of it is here, but shut is.</p>", "shut")
    expect(reader.status).to_have_text(WORDS["unsure"])
    assert reader.page.evaluate(MARKED) == []


def test_one_character_gets_a_ring(follow: Follow) -> None:
    body = f"<div style='height:3000px'></div><p>{BEFORE}shut, they say,{AFTER}</p>"
    reader = follow(body, ",", f"{BEFORE}shut", f" they say,{AFTER}")
    assert wait_for_mark(reader.page) == [","]
    ring = reader.page.locator("copydesk-widget .ring")
    expect(ring).to_be_visible()
    spot = reader.page.evaluate(
        "(() => { const {x, y} = [...CSS.highlights.get('copydesk')][0].getBoundingClientRect();"
        "return [x, y]; })()"
    )
    box = ring.bounding_box()
    assert box is not None
    assert box["x"] < spot[0] < box["x"] + box["width"]
    assert box["y"] < spot[1] < box["y"] + box["height"]
    assert box["width"] < 40


@pytest.mark.parametrize(
    ("marked", "exact"),
    [
        ("sh<b>ut d</b>o<i>wn</i>", "shut down"),
        ("shut\n   &nbsp; do&shy;wn", "shut down"),
        ("“shut down”", '"shut down"'),
        ("caf\u00e9", "caf\u00e9"),
        ("cafe\u0301", "caf\u00e9"),
        ("\U0001f389 open \U0001f6a2", "\U0001f389 open \U0001f6a2"),
        ("shut</p><p>down", "shut\ndown"),
        ("مغلق", "مغلق"),
    ],
)
@pytest.mark.parametrize("has_highlights", [True, False])
def test_words_are_found_whatever_they_are_made_of(
    context: BrowserContext, follow: Follow, marked: str, exact: str, *, has_highlights: bool
) -> None:
    if not has_highlights:
        context.add_init_script("Object.defineProperty(CSS, 'highlights', {value: undefined})")
    before = f"\U0001f6a2 {BEFORE}"
    reader = follow(f"<p>{before}{marked}{AFTER}</p>", exact, before)
    whole = reader.page.evaluate("document.body.innerHTML") if not has_highlights else ""
    text = "".join(wait_for_mark(reader.page)).replace("\u00ad", "").replace("\n", " ")
    text = " ".join(text.replace("“", '"').replace("”", '"').split())
    shown = text.replace("e\u0301", "\u00e9").replace(" ", "")
    assert shown == exact.replace("\n", "").replace(" ", "")
    if not has_highlights:
        assert reader.page.locator("body mark").count() >= 1
        reader.page.keyboard.press("Escape")
        assert reader.page.locator("body mark").count() == 0
        assert whole.count("<p>") == reader.page.locator("p").count()


def test_a_page_that_reads_from_the_right(follow: Follow) -> None:
    before, after = "وصلت العبارة إلى ", " يوم الاثنين بعد أربعة أشهر في الحوض الجاف."
    reader = follow(
        f"<p>{before}الميناء{after}</p>", "المناء", before, after, html='lang="ar" dir="rtl"'
    )
    assert wait_for_mark(reader.page) == ["الميناء"]
    expect(reader.status).to_have_text(WORDS["changed"])


@pytest.mark.parametrize("has_highlights", [True, False])
def test_hostile_words_under_the_strictest_policy(
    context: BrowserContext, follow: Follow, recorder: Recorder, *, has_highlights: bool
) -> None:
    context.add_init_script(
        """window.calls = []; window.pwn = () => calls.push("pwn"); window.violations = [];
        document.addEventListener("securitypolicyviolation",
          (event) => violations.push(event.violatedDirective + " " + event.blockedURI));"""
    )
    if not has_highlights:
        context.add_init_script("Object.defineProperty(CSS, 'highlights', {value: undefined})")
    hostile = "<img src=x onerror=pwn()><script>pwn()</script>"
    escaped = hostile.replace("<", "&lt;")
    reader = follow(
        f"<p>{BEFORE}{escaped} now{AFTER}</p>",
        f"{hostile} no",
        headers={"Content-Security-Policy": STRICT.format(base=recorder.base)},
    )
    expect(reader.status).to_have_text(WORDS["changed"])
    assert reader.page.evaluate(MARKED) == [f"{hostile} now"]
    assert reader.page.evaluate("[calls, violations]") == [[], []]
    assert reader.page.locator("body img").count() == 0
    # The style sheet is there under the policy, too.
    bar = reader.page.locator("copydesk-widget div")
    assert bar.evaluate("e => getComputedStyle(e).position") == "fixed"


@pytest.mark.parametrize("status", [0, 404, 410, 503])
def test_without_an_answer_the_page_is_left_alone(
    context: BrowserContext, visit: Visit, status: int
) -> None:
    warnings: list[str] = []
    errors: list[str] = []

    def watch(page: Page) -> None:
        page.on(
            "console",
            lambda message: warnings.append(message.text) if message.type == "warning" else None,
        )
        page.on("pageerror", lambda error: errors.append(str(error)))

    context.on("page", watch)
    headers = {"Access-Control-Allow-Origin": "*"}
    context.route(
        "**/api/v1/spots/*",
        lambda route: (
            route.fulfill(status=status, json={}, headers=headers) if status else route.abort()
        ),
    )
    with context.expect_event("console", lambda message: message.type == "warning", timeout=8000):
        reader = visit("<p>The bridge.</p>", path="article#copydesk=1a.x")
    assert len(warnings) == 1
    assert "Copydesk" in warnings[0]
    assert errors == []
    assert reader.page.locator("copydesk-widget").count() == 0


def test_the_notice_is_a_status_with_a_named_button_of_a_finger_s_size(follow: Follow) -> None:
    reader = follow("<p>Nothing of it is here.</p>", "shut")
    reader.page.set_viewport_size({"width": 320, "height": 640})
    expect(reader.page.get_by_role("status")).to_have_text(WORDS["unsure"])
    box = reader.page.get_by_role("button", name="Close").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["width"] >= 44
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_directive_of_the_browser_s_own_does_not_disturb(
    context: BrowserContext, follow: Follow, paper: Paper
) -> None:
    reader = follow(f"<p>{BEFORE}shut{AFTER}</p>", "shut")
    page = context.new_page()
    page.goto(f"{paper.base}/article#copydesk=1a.x:~:text=shut")
    assert wait_for_mark(page) == ["shut"]
    assert wait_for_mark(reader.page) == ["shut"]
