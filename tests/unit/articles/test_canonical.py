"""The one address of an article among its twins and pages."""

import pytest

from copydesk.articles import SiteRules, read_page
from copydesk.articles.metadata import PageFacts
from copydesk.articles.twins import first_page, is_page_of, main_address

HOSTS = ("news.example", "www.paper.example", "m.news.example", "amp.news.example")
STORY = "https://news.example/2026/ferry"


def facts(url: str, head: str = "", body: str = "") -> PageFacts:
    html = f"<!doctype html><head>{head}</head><body><p>The ferry is back.</p>{body}</body>"
    return read_page(html, url, site_rules=SiteRules(hosts=HOSTS))


@pytest.mark.parametrize(
    ("url", "main"),
    [
        (f"{STORY}?amp=1", STORY),
        (f"{STORY}?amp", STORY),
        (f"{STORY}?outputType=amp&id=7", f"{STORY}?id=7"),
        (f"{STORY}/amp", STORY),
        (f"{STORY}/amp/", STORY),
        (f"{STORY}.amp.html", f"{STORY}.html"),
        ("https://news.example/amp/2026/ferry", STORY),
        (f"{STORY}?print=Y", STORY),
        (f"{STORY}/print/", STORY),
        ("https://news.example/print/2026/ferry", STORY),
        (f"{STORY}?view=print", STORY),
        ("https://m.news.example/2026/ferry", STORY),
        ("https://amp.news.example/2026/ferry?utm_source=x", STORY),
        ("https://m.paper.example/a", "https://www.paper.example/a"),
        # Spelt like none of these.
        (STORY, ""),
        ("https://m.elsewhere.example/a", ""),
        ("https://www.paper.example/a", ""),
        ("https://news.example/amplifiers/print-shop", ""),
        ("https://news.example/news.php?id=12&view=full", ""),
        ("https://news.example/amp/", ""),
        ("https://news.example/?amp=1", ""),
    ],
)
def test_what_the_spelling_of_a_twin_points_to(url: str, main: str) -> None:
    assert main_address(url, HOSTS) == main


@pytest.mark.parametrize(
    ("url", "first"),
    [
        (f"{STORY}?page=2", STORY),
        (f"{STORY}?a=1&p=3&z=2", f"{STORY}?a=1&z=2"),
        (f"{STORY}?PAGEN_1=2", STORY),
        (f"{STORY}/page/2/", STORY),
        (f"{STORY}/page-2", STORY),
        (STORY, ""),
        (f"{STORY}?page=2026", ""),
        (f"{STORY}?page=0", ""),
        ("https://news.example/?page=2", ""),
        ("https://news.example/page/2", ""),
    ],
)
def test_what_the_spelling_of_a_further_page_points_to(url: str, first: str) -> None:
    assert first_page(url) == first


def test_pages_of_one_article() -> None:
    assert is_page_of(f"{STORY}?page=2", STORY)
    assert is_page_of(f"{STORY}/page/2", f"{STORY}/")
    assert not is_page_of(STORY, STORY)
    assert not is_page_of(f"{STORY}?page=2", f"{STORY}?page=2")
    assert not is_page_of(f"{STORY}?page=2", "https://news.example/2026/other")
    assert not is_page_of("nonsense", STORY)


@pytest.mark.parametrize(
    ("url", "head"),
    [
        (f"{STORY}/amp", f"<link rel=canonical href={STORY}>"),
        (f"{STORY}?utm_source=a&fbclid=b&erid=c", ""),
        (f"{STORY}?print=1", f"<meta property=og:url content={STORY}>"),
        ("https://m.news.example/2026/ferry", f"<link rel=canonical href={STORY}#top>"),
        (f"{STORY}?page=3", f"<link rel=prev href='{STORY}?page=2'>"),
        (f"{STORY}?page=2", f"<link rel=prev href={STORY}><link rel=next href='?page=3'>"),
        (
            f"{STORY}/page/2",
            f"<link rel=canonical href={STORY}/page/2><link rel=next href={STORY}/page/3>",
        ),
    ],
)
def test_all_lead_to_one_address(url: str, head: str) -> None:
    assert facts(url, head).canonical_url == STORY


@pytest.mark.parametrize(
    ("url", "head"),
    [
        (f"{STORY}/amp", ""),  # a spelling alone is a guess
        (f"{STORY}?page=12", ""),
        (f"{STORY}?page=12", "<link rel=prev href=/2026/lighthouse>"),
        (STORY, "<link rel=canonical href=/>"),
        (STORY, "<link rel=canonical href=https://elsewhere.example/2026/ferry>"),
        (STORY, "<link rel=canonical href='javascript:alert(1)'>"),
        (STORY, "<link rel=canonical href='http://127.0.0.1\\@news.example/'>"),
        (STORY, "<link rel=canonical href=''>"),
    ],
)
def test_what_is_not_believed(url: str, head: str) -> None:
    assert facts(url, head).canonical_url == url


def test_a_page_names_its_twins_and_only_those_of_the_site_count() -> None:
    head = (
        f"<link rel=canonical href={STORY}><link rel=amphtml href={STORY}/amp>"
        "<link rel=alternate media='only screen and (max-width: 640px)' "
        "href=https://m.news.example/2026/ferry>"
        "<link rel=alternate media=print href=https://elsewhere.example/print>"
        "<link rel=alternate hreflang=de href=https://news.example/de/faehre>"
        "<link rel=alternate type=application/rss+xml media=all href=/feed>"
    )
    found = facts(f"{STORY}?from=feed&ref=7", head)
    assert found.canonical_url == STORY
    assert found.aliases == (
        f"{STORY}?ref=7",
        f"{STORY}/amp",
        "https://m.news.example/2026/ferry",
    )
    assert found.twin_of == ""
    assert facts(f"{STORY}/amp").twin_of == STORY
