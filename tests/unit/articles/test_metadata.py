"""What a page says of itself."""

from datetime import UTC, datetime

import pytest

from copydesk.articles import SiteRules, read_page
from copydesk.articles.decoding import decode

URL = "https://news.example/harbour/ferry"


def page(head: str = "", body: str = "<p>The ferry is back.</p>") -> str:
    return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"


def ld(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


def byline(html: str, selector: str = "") -> tuple[list[str], str]:
    facts = read_page(html, URL, site_rules=SiteRules(selector, ("news.example",)))
    return [author.name for author in facts.authors], facts.byline_rule


ARTICLE = '{"@type": "NewsArticle", "author": %s}'


@pytest.mark.parametrize(
    ("html", "names", "rule"),
    [
        (page(body="<p>No name</p>"), [], "none"),
        (page(ld(ARTICLE % '"Ada Byrne"')), ["Ada Byrne"], "json-ld"),
        (page(ld(ARTICLE % '{"@type": "Person", "name": "Ada Byrne"}')), ["Ada Byrne"], "json-ld"),
        (
            page(ld(ARTICLE % '[{"name": "Ada Byrne"}, {"@type": "Person", "name": "Ed Doyle"}]')),
            ["Ada Byrne", "Ed Doyle"],
            "json-ld",
        ),
        (page(ld(ARTICLE % '{"@type": "Organization", "name": "Harbour Boys"}')), [], "none"),
        (
            page(
                ld(
                    '{"@graph": [{"@type": ["Thing", "NewsArticle"], "author": {"@id": "#a"}},'
                    '{"@id": "#a", "@type": "Person", "name": "Ada Byrne"}]}'
                )
            ),
            ["Ada Byrne"],
            "json-ld",
        ),
        (
            page(ld('//<![CDATA[\n{"@type":"Article","author":"Ada Byrne",}\n//]]>')),
            ["Ada Byrne"],
            "json-ld",
        ),
        (
            page(ld('{"@type":"Article","headline":"a\nb","author":"Ada Byrne"}')),
            ["Ada Byrne"],
            "json-ld",
        ),
        (page(ld("{" * 100_000) + ld(ARTICLE % '"Ada Byrne"')), ["Ada Byrne"], "json-ld"),
        (page(ld('{"@type": "Person", "name": "Site Owner"}')), [], "none"),
        (page('<meta name=author content="Ada Byrne">'), ["Ada Byrne"], "meta"),
        (page('<meta property="article:author" content="https://social.example/ada">'), [], "none"),
        (
            page('<meta name=mediator_author content="Анна Иванова, Пётр СИДОРОВ">'),
            ["Анна Иванова", "Пётр СИДОРОВ"],
            "meta",
        ),
        (
            page(
                '<meta property="og:site_name" content="Sea Life">'
                '<meta name=author content="Sea Life">'
            ),
            [],
            "none",
        ),
        (
            page(body="<p itemprop=author itemscope><a><span itemprop=name>Ada Byrne</span></a>"),
            ["Ada Byrne"],
            "itemprop",
        ),
        (
            page(body='<p itemprop=author itemtype="http://schema.org/Organization">Ada Byrne'),
            [],
            "none",
        ),
        (
            page(body='<a rel="author nofollow" href=/ada>Ada Byrne</a>'),
            ["Ada Byrne"],
            "rel-author",
        ),
        (
            page(body="<div class=h-entry><p class=p-author>Ada Byrne</div>"),
            ["Ada Byrne"],
            "h-card",
        ),
        (
            page(body='<article><div class="article__author">By Ada Byrne</div></article>'),
            ["Ada Byrne"],
            "class",
        ),
        (
            page(body='<article><p class="author_name__x1Y2z">Иван ПЕТРОВ</p></article>'),
            ["Иван ПЕТРОВ"],
            "class",
        ),
        (
            page(body="<article><p><a href=/authors/ada>Ada Byrne</a></p></article>"),
            ["Ada Byrne"],
            "class",
        ),
        (
            page(body="<article><p data-qa=author><b>Ada Byrne</b><i>Editor</i></p></article>"),
            ["Ada Byrne"],
            "class",
        ),
        (
            page(body="<p class=author>By <b>Ada Byrne</b> <i class=source>Sea Life</i></p>"),
            ["Ada Byrne"],
            "class",
        ),
        (page(body="<aside><p class=author>Ed Doyle</aside><article>Text</article>"), [], "none"),
        (page(body="<article><p class=photo-author>Ed Doyle</p></article>"), [], "none"),
        (page(body="<p>Автор: Иван&nbsp;ПЕТРОВ</p>"), ["Иван ПЕТРОВ"], "text-label"),
        (
            page(body="<p>Текст: Анна Иванова, фото: Пётр Сидоров</p>"),
            ["Анна Иванова"],
            "text-label",
        ),
        (page(body="<p>Фото: Пётр Сидоров</p>"), [], "none"),
        (page(body="<p>Материал подготовила Анна Иванова</p>"), ["Анна Иванова"], "text-label"),
        (page(body="<p>By Ada Byrne and Ed Doyle</p>"), ["Ada Byrne", "Ed Doyle"], "text-label"),
        (page(body="<p>By the time the ferry came it was dark</p>"), [], "none"),
        (
            page(body="<article><p>Text.</p><p>Иван ПЕТРОВ</p></article>"),
            ["Иван ПЕТРОВ"],
            "signature",
        ),
        (page(body="<p>МИНСТРОЙ РОССИИ</p>"), [], "none"),
    ],
)
def test_the_ladder(html: str, names: list[str], rule: str) -> None:
    assert byline(html) == (names, rule)


def test_the_sites_own_selector_comes_first_and_a_broken_one_does_no_harm() -> None:
    html = page('<meta name=author content="Ed Doyle">', "<p class=who>Ada Byrne, Political Editor")
    assert byline(html, ".who") == (["Ada Byrne"], "site-selector")
    assert byline(html, ".nobody") == (["Ed Doyle"], "meta")
    assert byline(html, "p[[") == (["Ed Doyle"], "meta")


def test_a_table_of_players_and_a_decree_are_not_signed_by_an_author() -> None:
    players = "<table><tr><td>Иван ЛУНИН<tr><td>Пётр ЖОРИН<tr><td>Илья СЫЧ</table>"
    assert byline(page(body=f"<h1>2:2</h1>{players}"))[0] == []
    decree = "<p>Костры запрещены.</p><p>Глава района</p><p>А. В. СМЕТАНИН</p>"
    assert byline(page(body=f"<h1>Указ</h1>{decree}"))[0] == []
    assert byline(page(body="<h1>Лес</h1><p>Костры горят.</p><p>А. СМЕТАНИН</p>"))[0] == [
        "А. СМЕТАНИН"
    ]


def test_a_page_of_labels_costs_a_look_at_its_ends() -> None:
    lines = [f"<p>Line {number}</p>" for number in range(2000)]
    for place, names in ((1, ["Ada Byrne"]), (1000, []), (1998, ["Ada Byrne"])):
        body = [*lines[:place], "<p>By Ada Byrne</p>", *lines[place:]]
        assert byline(page(body="".join(body)))[0] == names


def canonical(head: str, url: str = URL, hosts: tuple[str, ...] = ()) -> str:
    return read_page(page(head), url, site_rules=SiteRules(hosts=hosts)).canonical_url


def test_the_canonical_address() -> None:
    link = "<link rel=canonical href='{}'>"
    assert canonical("") == URL
    assert canonical(link.format("/a?utm_source=x#b")) == "https://news.example/a"
    assert canonical("<meta property='og:url' content='https://news.example/b'>") == (
        "https://news.example/b"
    )
    assert canonical(link.format("https://news.example/")) == URL
    assert canonical(link.format("https://elsewhere.example/a")) == URL
    assert canonical(link.format("javascript:alert(1)")) == URL
    assert canonical(link.format("")) == URL
    assert canonical(link.format("https://www.news.example/a")) == "https://www.news.example/a"
    assert canonical(link.format("https://www.news.example/a"), hosts=("news.example",)) == URL
    amp = canonical(link.format("https://news.example/a"), url="https://amp.news.example/a")
    assert amp == "https://news.example/a"


def test_title_language_section_and_day() -> None:
    head = (
        "<title>Ferry | Gazette</title><meta property='og:title' content='Ferry &amp; quay'>"
        "<meta property='article:section' content=' Harbour '>"
        "<meta property='article:published_time' content='2026-03-02T09:00:00+03:00'>"
    )
    facts = read_page(page(head), URL)
    assert facts.title == "Ferry & quay"
    assert facts.lang == "en"
    assert facts.section == "Harbour"
    assert facts.published == datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert facts.text == "The ferry is back."


def test_fallbacks_of_title_section_and_day() -> None:
    head = "<title>Ferry</title>" + ld(
        '{"@type":"NewsArticle","articleSection":["Har\\u0000bour"],"datePublished":"soon"}'
    )
    assert read_page(page(head, "<h1>A <b>ferry</b></h1>"), URL).title == "A ferry"
    facts = read_page(page(head), URL)
    assert (facts.title, facts.section, facts.published) == ("Ferry", "Harbour", None)
    assert read_page("<html lang='x y'><p>a", URL).lang == ""


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("Паром".encode(), ""),
        (b"\xef\xbb\xbf" + "Паром".encode(), "koi8-r"),
        ("Паром".encode("utf-16"), ""),
        ("Паром".encode("windows-1251"), ""),
        ("Паром".encode("windows-1251"), "CP1251"),
        ("Паром".encode("koi8-r"), "KOI8-R"),
        ("<meta charset=koi8-r>Паром".encode("koi8-r"), ""),
        (
            "<meta http-equiv=x content='text/html; charset=koi8-r'>Паром".encode("koi8-r"),
            "no-such",
        ),
        ("<meta charset=utf-16>Паром".encode(), ""),
        ("Паром".encode("windows-1251"), "utf-7"),
        ("Паром".encode("windows-1251"), "unicode_escape"),
    ],
)
def test_bytes_to_text(body: bytes, header: str) -> None:
    assert decode(body, header).endswith("Паром")


def test_broken_bytes_never_fail() -> None:
    assert decode(b"\xff\x00\x98", "utf-8")
    assert decode(b"\xef\xbb\xbf\xff")
