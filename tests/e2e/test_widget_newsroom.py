"""The widget on pages that imitate real newsrooms: ``tests/pages``, with invented texts.

That a quote looks right proves little; that the service finds it in the same page proves it.
``selections.json`` holds what a reader selects (see ``tests/newsroom.py``) and the sentence around
it; ⟦ and ⟧ stand where the words begin and end, a line feed where one block meets another.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.newsroom import (
    IN_PLACE,
    PLACE,
    SELECTED,
    Case,
    Enter,
    cases,
    enter,
    html_of,
    report,
    select,
)
from tests.widget_fixtures import Recorder

from copydesk.articles import locate
from copydesk.articles.text import page_text
from copydesk.errata.quote import Quote

__all__ = ["enter"]
pytestmark = pytest.mark.browser

HTML = "document.documentElement.outerHTML"

SELECTIONS = [pytest.param(case, id=f"{case.page}-{at}") for at, case in enumerate(cases())]


@pytest.mark.parametrize("case", SELECTIONS)
def test_words_on_a_page(enter: Enter, recorder: Recorder, case: Case) -> None:
    reader = enter(case.page)
    page_html = html_of(case.page, recorder.base)
    before, rest = case.sentence.split("⟦")
    exact, after = rest.split("⟧")
    for is_backward in (False, True):
        select(reader.page, case.words, is_backward=is_backward)
        html, selected = reader.page.evaluate(HTML), reader.page.evaluate(SELECTED)
        reader.open()
        assert reader.page.evaluate(PLACE) == IN_PLACE
        assert reader.dialog.locator("blockquote").inner_text() == before + exact + after
        assert reader.dialog.locator("mark").inner_text() == exact
        quote = report(reader, recorder)["quote"]
        assert quote["exact"] == exact
        assert quote["prefix"].endswith(before)
        assert quote["suffix"].startswith(after)
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in page_text(page_html)
        verdict = locate(page_html, Quote(**quote_parts(quote)))
        assert (verdict.kind, verdict.score) == ("there", 1.0), verdict.reason
        # And the page is as it was.
        assert reader.page.evaluate(HTML) == html
        now = reader.page.evaluate(SELECTED)
        assert sorted(now, key=str) == sorted(selected, key=str)


def quote_parts(quote: dict[str, Any]) -> dict[str, Any]:
    return {name: quote[name] for name in ("exact", "prefix", "suffix", "start", "nth", "of")}


def address(text: str | None) -> str | None:
    return text and urlsplit(text).path


@pytest.mark.parametrize(
    ("words", "url", "canonical", "title", "byline"),
    [
        ("wated", "/news/goats", "/news/goats", "Goats close the pass", "By Tom Ellery"),
        ("smels", "/news/cheese-fair", None, "Cheese fair moves indoors", "By Una Brand"),
        ("herd", "/news/choir", None, "Choir sings in the mine", "By Pavel Hrubec"),
        ("yeers", "/news/oven", None, "Bakery gives up the oven", "By Ines Coll"),
    ],
)
def test_articles_that_follow_one_another(
    enter: Enter,
    recorder: Recorder,
    words: str,
    url: str,
    canonical: str | None,
    title: str,
    byline: str,
) -> None:
    """The JSON-LD, an attribute, or the tab's address names the article that is being read."""
    reader = enter("endless.en")
    reader.page.locator("#last").scroll_into_view_if_needed()
    reader.page.wait_for_url("**/news/oven")
    select(reader.page, words)
    reader.open()
    body = report(reader, recorder)
    assert address(body["url"]) == url
    assert address(body.get("canonical_url")) == canonical
    assert (body["title"], body["byline"]) == (title, byline)


@pytest.mark.parametrize(
    ("within", "words", "exact", "prefix", "suffix"),
    [
        ("jn-note", "sittting", "sittting", "Sleepers cost more than ", " cars. They sell out "),
        ("jn-note", "first. Book", "first.\nBook", "They sell out ", " early."),
        ("jn-note >>> jn-deep", "numberred from", "numberred from", "Berths are ", " the door."),
    ],
)
def test_words_in_open_shadow_trees(
    enter: Enter, recorder: Recorder, within: str, words: str, exact: str, prefix: str, suffix: str
) -> None:
    reader = enter("components.en")
    select(reader.page, words, within=within)
    reader.open()
    assert reader.dialog.locator("mark").inner_text() == exact
    quote = report(reader, recorder)["quote"]
    assert quote["exact"] == exact
    assert quote["prefix"].endswith(prefix)
    assert quote["suffix"].startswith(suffix)
