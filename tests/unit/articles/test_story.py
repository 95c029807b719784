"""Which part of a page is the story, also where only scripts would show it."""

import json
import time

import pytest

from copydesk.articles import SiteRules, locate, read_page
from copydesk.articles.metadata import PageFacts
from copydesk.articles.verdict import read_quote
from copydesk.errata.quote import Quote

URL = "https://news.example/harbour/ferry"
BODY = [
    "The ferry came back to the harbour on Monday after three weeks in the yard.",
    "The harbour master recieved a letter from the owners and read it out on the quay.",
    "Four boats left the quay before noon and five came back, which nobody could explain.",
    "In the evening the book by the window held one name more than there were boats.",
]
STORY = "".join(f"<p>{line}</p>" for line in BODY)
OTHER = "<p>Short news from elsewhere, with a sentence or two about quite another town.</p>"
QUOTE = Quote("recieved", prefix=f"{BODY[0]}\nThe harbour master ", suffix=" a letter from the")


def facts(html: str, selector: str = "") -> PageFacts:
    rules = SiteRules(hosts=("news.example",), article_selector=selector)
    return read_page(html, URL, site_rules=rules)


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        (f"<div class=text>{STORY}</div>{OTHER}", "densest"),
        (f"<main>{STORY}</main>{OTHER}", "main"),
        (f"<article>{OTHER}</article><article>{STORY}</article>", "article"),
        (f"<div itemprop=articleBody>{STORY}</div><article>{OTHER * 9}</article>", "itemprop"),
        # Adverts cut the story into parts; a list of links is longer than it.
        (
            (
                f"<div><div>{STORY[:170]}</div><div>{STORY[170:]}</div></div>"
                f"<div>{'<p><a href=/x>A headline that leads to another story</a></p>' * 30}"
                "</div>"
            ),
            "densest",
        ),
    ],
)
def test_the_element_of_the_story(html: str, rule: str) -> None:
    found = facts(f"<body><nav>News Sport</nav>{html}</body>")
    assert found.article_rule == rule
    assert "four boats left" in found.article_text.lower()
    assert "another town" not in found.article_text
    assert "News Sport" not in found.article_text
    assert "News Sport" in found.text  # words are looked for in the whole page


def test_the_sites_own_selector_comes_first_and_a_broken_one_does_no_harm() -> None:
    html = f"<article>{OTHER * 3}</article><div class=t>{BODY[0]}</div><div class=t>{BODY[1]}</div>"
    assert facts(html, ".t").article_text == "\n".join(BODY[:2])
    assert facts(html, ".t").article_rule == "site-selector"
    for broken in ("<<<", ".none", "p:has(", " "):
        assert facts(html, broken).article_rule == "article"


def ld(body: str) -> str:
    node = {"@type": "NewsArticle", "headline": "Ferry", "articleBody": body}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    "html",
    [
        f"<title>Ferry</title>{ld(' '.join(BODY))}<body><div id=root></div>",
        f"<title>Ferry</title>{ld(chr(10).join(BODY))}<body><h1>Ferry</h1><p>{BODY[0]}</p>",
        f"<title>Ferry</title>{ld(STORY)}<body><div id=root></div>",
        f"<title>Ferry</title><body><div id=root></div><noscript>{STORY}</noscript>",
        f"<title>Ferry</title><body><p>{BODY[0]}</p><noscript><div>{STORY}</div></noscript>",
    ],
)
def test_a_story_that_scripts_would_show_is_read(html: str) -> None:
    found = facts(html)
    assert found.kind == "article"
    assert found.article_rule in {"json-ld", "noscript"}
    assert found.text.count(BODY[0]) == 1
    assert read_quote(found, QUOTE).kind == "there"
    mended = read_quote(facts(html.replace("recieved", "received")), QUOTE)
    assert (mended.kind, mended.found) == ("changed", "received")


def test_a_visible_story_stays_the_one_that_counts() -> None:
    stale = ld(" ".join(BODY))
    mended = (
        f"<title>Ferry</title>{stale}<article>{STORY.replace('recieved', 'received')}</article>"
    )
    assert facts(mended).article_rule == "article"
    assert read_quote(facts(mended), QUOTE).kind == "changed"


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{BODY[0]}<p>The <b>harbour <i>master</b> recieved</i> a letter from the owners<td>and",
        (
            f"<table><div>{BODY[0]}</div></table><p>The harbour master <i>recieved</p> a letter "
            "from the owners"
        ),
        f"<p>{BODY[0]}</p><p>The harbour master reci<wbr>eved a&nbsp;letter from the owners<!-- ",
        f"</p></div><p>{BODY[0]}</p><p attr='>The harbour master recieved a letter from the owners",
    ],
)
def test_broken_markup_is_read_as_browsers_do(html: str) -> None:
    found = locate(f"<!doctype html><body>{html}", QUOTE)
    assert found.kind in {"there", "unsure"}
    if "attr=" not in html:  # there the words lie within an attribute
        assert found.kind == "there"


def test_megabytes_of_scripts_cost_little_and_are_no_text() -> None:
    script = f"<script>var state = '{BODY[1]}<p>' + \"{'x' * 1_900_000}\";</script>"
    began = time.perf_counter()
    found = facts(f"<head>{script}</head><article>{STORY}</article>")
    assert time.perf_counter() - began < 2
    assert found.text.count("recieved") == 1
