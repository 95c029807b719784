"""What the widget says of a selection, on the vectors that the service's reader shares."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.widget_fixtures import Reader, Recorder, Visit

pytestmark = pytest.mark.browser

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "describe.json").read_text("utf-8"))
FIELDS = ("exact", "prefix", "suffix", "nth", "of")


def report(reader: Reader, recorder: Recorder) -> dict[str, Any]:
    """Send what is selected as it is and return the report."""
    reader.open()
    reader.send()
    reader.page.locator("copydesk-widget a").wait_for()
    reader.cancel()
    reader.dialog.wait_for(state="detached")
    return recorder.bodies[-1]


@pytest.mark.parametrize("is_backward", [False, True], ids=["forward", "backward"])
def test_every_vector(visit: Visit, recorder: Recorder, *, is_backward: bool) -> None:
    reader = visit("")
    got = {}
    for vector in VECTORS:
        reader.page.evaluate("html => { document.body.innerHTML = html; }", vector["html"])
        reader.select(is_backward=is_backward)
        quote = report(reader, recorder)["quote"]
        got[vector["name"]] = {name: quote[name] for name in FIELDS}
        text = quote["prefix"] + quote["exact"]
        if len(quote["prefix"]) < 256:
            assert quote["start"] == utf16(quote["prefix"])
            assert quote["end"] == utf16(text)
    assert got == {v["name"]: {name: v[name] for name in FIELDS} for v in VECTORS}


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("select", "exact", "prefix", "suffix"),
    [
        # An element and a child's number, as a triple click or "select all" leaves them.
        ("[p1, 0, p2, 0]", "One two.", "Head\n", "\nThree four.\nTail"),
        ("[p1, 0, p1, 1]", "One two.", "Head\n", "\nThree four.\nTail"),
        ("[body, 0, body, body.childNodes.length]", "Head\nOne two.\nThree four.\nTail", "", ""),
        ("[html, 0, html, 2]", "Head\nOne two.\nThree four.\nTail", "", ""),
        ("[p1.firstChild, 4, p2, 0]", "two.", "Head\nOne ", "\nThree four.\nTail"),
        ("[p1, 1, p2.firstChild, 5]", "Three", "Head\nOne two.\n", " four.\nTail"),
        ("[s.firstChild, 2, p2.firstChild, 5]", "Three", "Head\nOne two.\n", " four.\nTail"),
        ("[p2.firstChild, 6, t.firstChild, 3]", "four.", "Head\nOne two.\nThree ", "\nTail"),
    ],
)
def test_a_selection_may_begin_and_end_anywhere(
    visit: Visit, recorder: Recorder, select: str, exact: str, prefix: str, suffix: str
) -> None:
    reader = visit(
        "<h1>Head</h1><p id=p1>One two.</p><script id=s>let x = 1;</script>"
        "<p id=p2>Three four.</p><textarea id=t>Draft</textarea><p>Tail</p>"
    )
    reader.page.evaluate(
        "() => { const html = document.documentElement, body = document.body;"
        f"const [a, b, c, d] = {select}; const range = document.createRange();"
        "range.setStart(a, b); range.setEnd(c, d);"
        "getSelection().removeAllRanges(); getSelection().addRange(range); }"
    )
    quote = report(reader, recorder)["quote"]
    assert (quote["exact"], quote["prefix"], quote["suffix"]) == (exact, prefix, suffix)


def test_a_long_selection_is_shortened_at_a_word_and_the_reader_is_told(
    visit: Visit, recorder: Recorder
) -> None:
    words = "слово " * 300
    reader = visit(f"<p>Начало ⟦{words}⟧ конец.</p>")
    reader.select()
    reader.open()
    assert "1,000" in reader.dialog.inner_text()
    reader.send()
    reader.page.locator("copydesk-widget a").wait_for()
    quote = recorder.bodies[0]["quote"]
    assert len(quote["exact"]) == 995
    assert quote["exact"].endswith(" слово")
    assert quote["suffix"].startswith(" слово слово")
    assert recorder.bodies[0]["suggestion"] == ""


def test_half_an_emoji_at_the_edge_of_the_context_never_travels(
    visit: Visit, recorder: Recorder
) -> None:
    reader = visit("<p>" + "x" + "🌞" * 130 + "⟦wrong⟧" + "🌞" * 127 + "x🌞🌞</p>")
    reader.select()
    body = report(reader, recorder)
    assert body["quote"]["prefix"] == "🌞" * 128
    assert body["quote"]["suffix"] == "🌞" * 127 + "x"
    reader.page.evaluate("document.title = 'Half \\ud83d sun'")
    reader.page.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
    assert report(reader, recorder)["title"] == "Half  sun"


def test_the_report_says_where_and_of_what(visit: Visit, recorder: Recorder) -> None:
    reader = visit(
        "<p class=by>By Wendy Wong</p><p lang=de>Das ist ⟦falch⟧.</p>",
        tag='data-site="gazette" data-byline=".by"',
        head='<link rel=canonical href="/2026/bridge"><title>Tab</title>'
        '<meta property="og:title" content="The bridge">',
        path="article?utm_source=x#comments",
    )
    reader.select()
    body = report(reader, recorder)
    base = reader.page.url.partition("/article")[0]
    assert body.pop("id").count("-") == 4
    assert 0 <= body.pop("elapsed_ms") < 60_000
    assert body.pop("quote")["exact"] == "falch"
    assert body == {
        "site": "gazette",
        "url": f"{base}/article?utm_source=x",
        "canonical_url": f"{base}/2026/bridge",
        "title": "The bridge",
        "byline": "By Wendy Wong",
        "lang": "de",
        "suggestion": "",
        "kind": "language",
        "comment": "",
        "reader_email": "",
        "website": "",
    }
    sent = recorder.requests[-1]
    assert sent["Content-Type"].startswith("text/plain")
    assert "Cookie" not in sent


@pytest.mark.parametrize(
    ("head", "body", "tag"),
    [
        ('<meta name="author" content="Wendy Wong">', "", ""),
        ("", "<a rel=author href='#'> Wendy Wong </a>", ""),
        ("", "<span itemprop=author>Wendy Wong</span>", ""),
        ("", "<a rel=author href='#'>Wendy Wong</a>", 'data-byline="[[not a selector"'),
        (
            "",
            "<i class=by>Else</i><article class=a><i class=by>Wendy Wong</i></article>",
            'data-article=".a" data-byline=".by"',
        ),
    ],
)
def test_the_byline_stands_in_many_places(
    visit: Visit, recorder: Recorder, head: str, body: str, tag: str
) -> None:
    reader = visit(f"{body}<p>A ⟦wrod⟧.</p>", head=head, tag=f'data-site="gazette" {tag}')
    reader.select()
    assert report(reader, recorder)["byline"] == "Wendy Wong"


def test_a_selection_within_shadow_trees(visit: Visit, recorder: Recorder) -> None:
    reader = visit("<article lang=en><p>Before</p><x-story></x-story><p>After</p></article>")
    word = reader.page.evaluate_handle(
        """() => {
          const outer = document.querySelector("x-story").attachShadow({ mode: "open" });
          outer.append(document.createElement("x-paragraph"));
          const inner = outer.firstChild.attachShadow({ mode: "open" });
          for (const text of ["The old ", "brigde", " was closed."]) {
            inner.append(document.createElement("b"));
            inner.lastChild.append(text);
          }
          return inner.childNodes[1];
        }"""
    ).as_element()
    assert word is not None
    word.dblclick()
    assert reader.page.evaluate("getSelection().toString()") == "brigde"
    quote = report(reader, recorder)["quote"]
    assert (quote["prefix"], quote["exact"], quote["suffix"]) == (
        "The old ",
        "brigde",
        " was closed.",
    )
    assert reader.page.evaluate("getSelection().toString()") == "brigde"


SCROLL = """
<article><h1>One</h1><p id=a>The first brigde.</p></article>
<article {own}><h1>Two {heading}</h1>{inner}<p id=b>The second brigde.</p></article>
<article><h1>Three</h1><p id=c>The third brigde.</p></article>
<script type="application/ld+json">{{"@graph": [
  {{"@type": "NewsArticle", "headline": "One", "url": "/one"}},
  {{"@type": "NewsArticle", "headline": "Two by data",
    "mainEntityOfPage": {{"@id": "/two-by-data"}}}}]}}</script>
<script type="application/ld+json">not JSON</script>
"""


@pytest.mark.parametrize(
    ("own", "heading", "inner", "expected"),
    [
        ("data-url=/two-by-attribute", "", "", "/two-by-attribute"),
        ("", "by data", "", "/two-by-data"),
        ("", "", "<link rel=canonical href=/two-by-link>", "/two-by-link"),
        ("", "", "<meta itemprop=mainEntityOfPage content=/two-by-property>", "/two-by-property"),
        ("", "", "", "/article"),
        ("data-url=https://elsewhere.example/two", "", "", "/article"),
        ("data-url=http://[", "", "", "/article"),
    ],
)
def test_an_article_that_follows_another_has_its_own_address(
    visit: Visit, recorder: Recorder, own: str, heading: str, inner: str, expected: str
) -> None:
    reader = visit(
        SCROLL.format(own=own, heading=heading, inner=inner),
        head="<link rel=canonical href=/article><title>One</title>",
    )
    base = reader.page.url.removesuffix("/article")
    reader.page.evaluate("getSelection().selectAllChildren(b)")
    body = report(reader, recorder)
    assert body["url"] == base + expected
    assert body["title"] == f"Two {heading}".strip()
    reader.page.evaluate("getSelection().selectAllChildren(a)")
    assert report(reader, recorder)["url"] == base + "/one"


def test_the_tabs_address_that_scripts_change(visit: Visit, recorder: Recorder) -> None:
    plain = SCROLL.format(own="", heading="", inner="").replace('"/one"', '""')
    reader = visit(plain, head="<link rel=canonical href=/article>")
    base = reader.page.url.removesuffix("/article")
    reader.page.evaluate("history.pushState(null, '', '/two')")
    reader.page.evaluate("getSelection().selectAllChildren(b)")
    second = report(reader, recorder)
    # The link in the head is still the first article's.
    assert (second["url"], second.get("canonical_url")) == (base + "/two", None)
    reader.page.evaluate("getSelection().selectAllChildren(a)")
    first = report(reader, recorder)
    assert (first["url"], first["canonical_url"]) == (base + "/article", base + "/article")


def test_one_article_whose_script_changes_address_and_link(
    visit: Visit, recorder: Recorder
) -> None:
    reader = visit(
        "<article><h1>One</h1><p id=a>The first brigde.</p></article>",
        head="<link rel=canonical href=/article>",
    )
    base = reader.page.url.removesuffix("/article")
    reader.page.evaluate(
        "history.pushState(null, '', '/two?page=1');"
        "document.querySelector('link').href = '/two'; getSelection().selectAllChildren(a)"
    )
    body = report(reader, recorder)
    assert (body["url"], body["canonical_url"]) == (base + "/two?page=1", base + "/two")
