"""The dialog in each of its languages, and which one it chooses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tests.widget_fixtures import Reader, Recorder, Visit
from tests.widget_languages import LANGUAGES, messages, plurals

NARROW = 320
BODY = "<p>The harbour master ⟦recieved⟧ a letter on Monday.</p>"
COUNTS = [2, 3, 5, 11, 21, 100]

# Boxes that stick out sideways of the window, or text that sticks out of its box.
STICKING_OUT = """() => {
  const root = document.querySelector("copydesk-widget").shadowRoot;
  const boxes = [...root.querySelectorAll("*")].filter((element) => element.offsetParent);
  return boxes.filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -0.5 || right > innerWidth + 0.5 || element.scrollWidth > element.clientWidth + 1
      && getComputedStyle(element).display != "inline" && element.clientWidth;
  }).map((element) => element.outerHTML.slice(0, 200));
}"""

# Words on buttons that go over two lines, as a word broken in the middle does.
BROKEN_WORDS = """() => {
  const root = document.querySelector("copydesk-widget").shadowRoot;
  return [...root.querySelectorAll("button")].filter((button) => {
    const range = new Range();
    range.selectNodeContents(button);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
  }).map((button) => button.textContent);
}"""


@pytest.fixture
def locale() -> str:
    """Return the browser's language; a test overrides it."""
    return "en-GB"


@pytest.fixture
def context(chromium: Browser, locale: str) -> Iterator[BrowserContext]:
    """Open a window as narrow as an old phone's, in the browser's language."""
    context = chromium.new_context(locale=locale, viewport={"width": NARROW, "height": 640})
    context.set_default_timeout(8000)
    yield context
    context.close()


def opened(reader: Reader) -> Reader:
    """Select the marked words and open the dialog."""
    reader.select()
    reader.open()
    return reader


def heading(reader: Reader) -> str:
    return reader.dialog.locator("h2").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dialog_speaks_the_page_s_language_and_fits(visit: Visit, language: str) -> None:
    said = messages(language)
    reader = opened(visit(BODY, html=f'lang="{language}"'))
    expect(reader.dialog).to_have_accessible_name(said["title"])
    assert heading(reader) == said["title"]
    for name, key in (
        ("suggestion", "fix"),
        ("kind", "kind"),
        ("comment", "comment"),
        ("reader_email", "email"),
    ):
        expect(reader.field(name)).to_have_accessible_name(said[key])
    kinds = reader.field("kind").locator("option").all_inner_texts()
    assert kinds == [said["language"], said["fact"], said["other"]]
    expect(reader.dialog).to_contain_text(said["emailUse"])
    expect(reader.field("send")).to_have_text(said["send"])
    expect(reader.field("cancel")).to_have_text(said["cancel"])

    host = reader.page.locator("copydesk-widget")
    assert host.get_attribute("lang") == language
    direction = reader.dialog.evaluate("(element) => getComputedStyle(element).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")
    assert reader.page.evaluate(STICKING_OUT) == []
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert reader.page.evaluate(BROKEN_WORDS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_without_a_selection_says_how_to_help(visit: Visit, language: str) -> None:
    reader = visit("<p>A harbour.</p>", html=f'lang="{language}"')
    reader.open()
    expect(reader.dialog).to_contain_text(messages(language)["help"])
    assert reader.page.evaluate(STICKING_OUT) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_readers_are_counted_by_the_rules_of_the_language(
    visit: Visit, recorder: Recorder, language: str
) -> None:
    said = messages(language)
    forms = plurals(said["readers"])
    reader = visit(BODY, html=f'lang="{language}"')
    categories = reader.page.evaluate(
        "([language, counts]) => counts.map((n) => new Intl.PluralRules(language).select(n))",
        [language, [1, *COUNTS]],
    )
    reader.select()
    for number, category in zip([1, *COUNTS], categories, strict=True):
        recorder.answer = recorder.receipt()
        recorder.answer["erratum"]["reports"] = number
        reader.open()
        reader.send()
        expect(reader.status).to_contain_text(said["thanks"])
        if number == 1:
            # The only report is the reader's own: nothing to tell.
            for form in forms.values():
                expect(reader.status).not_to_contain_text(form.replace("#", "1"))
        else:
            expect(reader.status).to_contain_text(forms[category].replace("#", str(number)))
        expect(reader.status).to_contain_text(said["status"])
        expect(reader.field("cancel")).to_have_text(said["close"])
        assert reader.page.evaluate(STICKING_OUT) == []
        reader.cancel()
        expect(reader.dialog).to_have_count(0)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-TW", "zh"),
        ("pt-BR", "pt"),
        ("be-tarask", "be"),
        ("RU", "ru"),
        ("en-GB", "en"),
    ],
)
@pytest.mark.parametrize("locale", ["it-IT"])
def test_a_longer_tag_finds_the_file_of_its_language(visit: Visit, tag: str, language: str) -> None:
    reader = opened(visit(BODY, html=f'lang="{tag}"'))
    assert heading(reader) == messages(language)["title"]


@pytest.mark.parametrize(
    ("html", "locale", "language"),
    [
        ('lang="xx"', "pl-PL", "pl"),
        ('lang="ja"', "pl-PL", "pl"),
        ('lang="kok"', "ru-RU", "ru"),  # begins as Kazakh does not, and Konkani is none of ours
        ("", "tr-TR", "tr"),
        ('lang=""', "tr-TR", "tr"),
        ('lang="xx"', "ja-JP", "en"),
        ("", "ja-JP", "en"),
        ('lang="en"', "ru-RU", "en"),
    ],
)
def test_an_unknown_language_falls_to_the_browser_s_and_then_to_english(
    visit: Visit, html: str, language: str
) -> None:
    reader = opened(visit(BODY, html=html))
    assert heading(reader) == messages(language)["title"]


@pytest.mark.parametrize("locale", ["it-IT"])
def test_the_tag_s_language_wins_over_the_text_s_and_that_over_the_browser_s(
    visit: Visit,
) -> None:
    body = f'<div lang="de">{BODY}</div>'
    chosen = opened(visit(body, html='lang="fr"', tag='data-site="gazette" data-lang="es"'))
    assert heading(chosen) == messages("es")["title"]
    by_text = opened(visit(body, html='lang="fr"'))
    assert heading(by_text) == messages("de")["title"]
    by_page = opened(visit(BODY, html='lang="fr"'))
    assert heading(by_page) == messages("fr")["title"]
    by_browser = opened(visit(BODY, html=""))
    assert heading(by_browser) == messages("it")["title"]
    unknown = opened(visit(body, html='lang="fr"', tag='data-site="gazette" data-lang="xx"'))
    assert heading(unknown) == messages("de")["title"]


def test_a_language_that_can_not_be_had_is_english(visit: Visit, context: BrowserContext) -> None:
    context.route("**/ru.js", lambda route: route.abort())
    reader = opened(visit(BODY, html='lang="ru"'))
    assert heading(reader) == messages("en")["title"]
    assert reader.page.locator("copydesk-widget").get_attribute("lang") == "en"
