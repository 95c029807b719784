"""The text of a page, and that the widget and the service see the same one."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from copydesk.articles.html import PageUnreadable, parse_html
from copydesk.articles.locate import locate
from copydesk.articles.text import page_text
from copydesk.errata.normalize import clean, fold, squeeze
from copydesk.errata.quote import Quote

VECTORS = Path(__file__).parents[2] / "vectors" / "describe.json"
CONTEXT = 256


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one <b>t</b>wo</p>", "one two"),
        ("one<br>two<hr>three", "one\ntwo\nthree"),
        ("<div><div><p> one </p></div></div>\n\n<p>two", "one\ntwo"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<table><tr><td>one<td>two<tr><th>three</table>", "one\ntwo\nthree"),
        ("<pre>one\n  two</pre>", "one two"),
        ("one<script>no</script><style>no</style><noscript>no</noscript> two", "one two"),
        ("<title>no</title><p>one<template><p>no</template></p>", "one"),
        ("<p>one<textarea>no</textarea><select><option>no</select><svg><text>no</svg>", "one"),
        ("<p>one</p><copydesk-widget>no</copydesk-widget>", "one"),
        ("soft&shy;hyphen zero&#8203;width&#65279;", "softhyphen zerowidth"),
        ("a&nbsp;&nbsp; b&#8201;c", "a b c"),
        ("cafe&#769;", "caf\u00e9"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<b> </b>" * 3 + "<p> <i> </i>x", "x"),
        ("", ""),
    ],
)
def test_text_of_a_page(html: str, text: str) -> None:
    assert page_text(html) == text


def test_clean_keeps_borders_of_blocks_and_drops_what_shows_nothing() -> None:
    assert clean(" one \u00a0 two\u00ad\n \n three \u200b") == "one two\nthree"
    assert squeeze("  one\t\ttwo \n") == " one two\n"
    assert clean("one\u2028two") == "one two"


def test_fold_keeps_every_offset() -> None:
    text = "“a” „b‟ «c» ″ ‘d’ ‚e‛ ′ ‐ ‑ ‒ – — ― −"
    assert fold(text) == '"a" "b" "c" " \'d\' \'e\' \' - - - - - - -'
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<select>" + "<option>" * 100_000,
        "<div " + " ".join(f"a{number}" for number in range(100_000)) + ">",
        "".join(f"<b x={number}>" for number in range(2_000)) + "<p>" * 100_000,
        "<div>" * 5_000 + "</p>" * 100_000,
        # Attributes in every way that they can be written.
        "<p " + "/".join(f"a{number}" for number in range(100_000)) + ">",
        "<p " + "".join(f'a{number}="x"' for number in range(100_000)) + ">",
        "<p " + " ".join(f"a{number}='>'" for number in range(100_000)) + ">",
        '<p x=">" ' + " ".join(f"a{number}" for number in range(100_000)) + ">",
        ("<p " + " ".join(f"a{number}" for number in range(4_999)) + ">") * 70,
        # End tags that end nothing.
        *(
            f"<div>{end}" * 40_000
            for end in (
                "</section>", "<!--</div>-->", "<p x='</div>'>", "<script></div></script>",
                "<script><!--<script></script></div>--></script>", "<title></div></title>",
                "<textarea></div></textarea>", "<iframe></div></iframe>", "<!x</div>",
                "</></div x>",
                "<template></div></template>", "<svg><desc></svg></desc><style></div></style>",
            )
        ),
        # Start tags that seem to be text.
        '<p ="><p>' + "<div>" * 100_000 + '">',
        "<svg><title>" + "<div>" * 100_000,
        "<svg><script>" + "<div>" * 100_000,
        "<div>" * 1_000 + "<table><tr><td></div>" * 50_000,
    ],
)  # fmt: skip
def test_a_page_built_as_a_trap_is_refused_at_once(html: str) -> None:
    began = time.perf_counter()
    with pytest.raises(PageUnreadable):
        parse_html(html)
    assert time.perf_counter() - began < 20


def test_what_only_looks_like_a_trap_is_read() -> None:
    script = 'document.write("<div>".repeat(9) + "<!-- <script src=a><\\/script> //-->");'
    page = f"<script>{script}</script><style>/* <div> */</style><!-- {'<div>' * 20_000} -->"
    icon = "<svg><title>Icon</title><path d='M0 0'/></svg>"
    body = f"<p title='<div>'>{icon}<b>Ferry</b><a href=/x?a=1>more</a><table><tr><td>1</table>"
    assert "Ferry" in page_text(page * 20 + body * 3_000)


@pytest.mark.parametrize(
    "html",
    ["<" * 1_000_000, "<a" * 500_000, "<!--" * 200_000, "<p>" * 100_000, "<b> </b>" * 100_000],
)
def test_odd_pages_are_read_in_reasonable_time(html: str) -> None:
    began = time.perf_counter()
    page_text(html)
    assert time.perf_counter() - began < 10


def _vectors() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        return []
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: str(vector["name"]))
def test_the_service_sees_what_the_widget_describes(vector: dict[str, Any]) -> None:
    marked = page_text(vector["html"])
    before, _, rest = marked.partition("⟦")
    exact, _, after = rest.partition("⟧")
    # The marks stand outside of the words, so the space beside them is what a border leaves.
    whole = page_text(vector["html"].replace("⟦", "").replace("⟧", ""))
    assert clean(before + exact + after) == whole
    start = len(before) if exact == exact.lstrip() else len(before) + 1
    if not before:
        start = 0
    assert whole[start : start + len(vector["exact"])] == vector["exact"]
    assert whole[max(0, start - CONTEXT) : start].endswith(vector["prefix"])
    assert whole[start + len(vector["exact"]) :].startswith(vector["suffix"])
    copies = [at for at in range(len(whole)) if fold(whole).startswith(fold(vector["exact"]), at)]
    assert (copies.index(start) + 1, len(copies)) == (vector["nth"], vector["of"])
    quote = Quote(
        vector["exact"], vector["prefix"], vector["suffix"], nth=vector["nth"], of=vector["of"]
    )
    verdict = locate(vector["html"].replace("⟦", "").replace("⟧", ""), quote)
    assert (verdict.kind, verdict.start) == ("there", start)
