"""The correction as it is typed: the live difference, the kind, the page as a whole."""

import pytest
from playwright.sync_api import expect
from tests.widget_fixtures import Reader, Recorder, Visit

pytestmark = pytest.mark.browser

TEXT = "<h1>Bridge reopens</h1><p>It rained. The ⟦old brigde was closd in 1987⟧! Nobody cared.</p>"


def opened(visit: Visit, text: str = TEXT, tag: str = "") -> Reader:
    reader = visit(text, tag=f'data-site="gazette" {tag}')
    reader.select()
    reader.open()
    return reader


def preview(reader: Reader) -> list[str]:
    parts: list[str] = reader.dialog.locator("mark").evaluate(
        "e => [...e.childNodes].filter((n) => n.textContent.trim())"
        ".map((n) => n.nodeName.toLowerCase() + ':' + n.textContent)"
    )
    return parts


def test_the_change_is_shown_word_by_word_in_its_sentence(visit: Visit) -> None:
    reader = opened(visit)
    assert preview(reader) == ["#text:old brigde was closd in 1987"]
    reader.field("suggestion").fill("old bridge was closed in 1987")
    assert preview(reader) == [
        "#text:old ",
        "del:brigde ",
        "ins:bridge ",
        "#text:was ",
        "del:closd ",
        "ins:closed ",
        "#text:in 1987",
    ]
    look = reader.dialog.locator("mark").evaluate(
        "e => ['del', 'ins'].map((t) => getComputedStyle(e.querySelector(t)).textDecorationLine)"
    )
    assert look == ["line-through", "underline"]  # not by colour alone
    reader.field("suggestion").fill("old brigde was closd in 1987")
    assert preview(reader) == ["#text:old brigde was closd in 1987"]
    reader.field("suggestion").fill("")
    assert preview(reader) == ["del:old brigde was closd in 1987"]


def test_half_a_word_keeps_its_letters_and_shows_the_whole(
    visit: Visit, recorder: Recorder
) -> None:
    reader = opened(visit, "<p>The b⟦rigd⟧e was closed.</p>")
    reader.field("suggestion").fill("ridg")
    assert reader.dialog.locator("blockquote").inner_text() == "The brigd ridge was closed."
    assert preview(reader) == ["del:rigd", "ins:ridg"]
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0]["quote"]["exact"] == "rigd"
    assert recorder.bodies[0]["suggestion"] == "ridg"


def test_hostile_corrections_are_text(visit: Visit) -> None:
    reader = opened(visit)
    reader.page.evaluate("window.calls = []; window.pwn = () => calls.push(1); 0")
    reader.field("suggestion").fill("<img src=x onerror=pwn()> <script>pwn()</script>")
    assert reader.dialog.locator("img, script").count() == 0
    assert "<img src=x onerror=pwn()>" in reader.dialog.locator("mark").inner_text()
    assert reader.page.evaluate("calls") == []


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("old bridge was closed in 1987", "language"),
        ("old brigde was closd in 1978", "fact"),
        ("new tunnel under the wide river has been open since the war", "fact"),
        ("old brigde was closd in 1987", "language"),
    ],
)
def test_the_kind_follows_the_size_of_the_edit(visit: Visit, typed: str, kind: str) -> None:
    reader = opened(visit)
    reader.field("suggestion").fill(typed)
    assert reader.field("kind").input_value() == kind


def test_until_the_reader_has_chosen(visit: Visit, recorder: Recorder) -> None:
    reader = opened(visit)
    reader.field("kind").select_option("other")
    reader.field("suggestion").fill("old brigde was closd in 1978")
    assert reader.field("kind").input_value() == "other"
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    assert recorder.bodies[0]["kind"] == "other"


def test_a_long_correction_is_quick_enough_to_type(visit: Visit) -> None:
    reader = opened(visit, f"<p>⟦{'word, ' * 160}⟧ end.</p>")
    reader.field("suggestion").fill("wort; " * 330)
    assert reader.dialog.locator("mark del").count() > 0


def test_the_sites_own_rules_are_shown_as_text(visit: Visit) -> None:
    reader = opened(visit, tag='data-rules="No &lt;b&gt;style&lt;/b&gt; advice, please."')
    expect(reader.dialog).to_contain_text("No <b>style</b> advice, please.")


def test_without_rules_nothing_stands_there(visit: Visit) -> None:
    reader = opened(visit)
    assert reader.dialog.locator("small").all_inner_texts() == [
        "Only to tell you when it is corrected. Kept for 90 days at most."
    ]


@pytest.mark.parametrize("has_heading", [True, False])
def test_what_can_not_be_selected_is_reported_with_the_headline(
    visit: Visit, recorder: Recorder, *, has_heading: bool
) -> None:
    text = "<p>It rained.</p><img alt='A brigde' src=''>"
    reader = visit("<h1>Bridge <em>reopens</em></h1>" + text if has_heading else text)
    reader.open()
    reader.send()
    # The comment is what it is all about here.
    assert reader.field("comment").evaluate("e => e.validity.valueMissing")
    assert recorder.bodies == []
    reader.field("comment").fill("The picture shows another bridge.")
    reader.send()
    expect(reader.status).to_contain_text("Thank you!")
    body = recorder.bodies[0]
    assert body["quote"]["exact"] == ("Bridge reopens" if has_heading else "It rained.")
    assert body["about"] == "page"
    assert body["comment"] == "The picture shows another bridge."
    assert body.get("suggestion", "") == ""


def test_a_caret_without_a_selection_stays_where_it_was(visit: Visit) -> None:
    reader = visit("<h1>Bridge reopens</h1><p id=p>It rained.</p>")
    reader.page.evaluate("getSelection().collapse(p.firstChild, 3)")
    reader.open()
    reader.cancel()
    reader.dialog.wait_for(state="detached")
    assert reader.page.evaluate("getSelection().isCollapsed")
