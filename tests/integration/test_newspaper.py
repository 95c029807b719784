"""The demo's newspaper: bylines in every way, planted errors, edits that stay text."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
import requests
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from copydesk.demo.newspaper import (
    BylineStyle,
    Edition,
    Misprint,
    NotPrintable,
    create_newspaper,
    newspapers,
    past,
    planted,
)
from copydesk.demo.newspaper.markup import Run, parse
from copydesk.demo.servers import free_port, serving

SERVICE = "http://errata.example:8000"
PIER = "/chayka/gorod/pristan"
PAGES = [
    (paper.id, f"/{paper.id}/{article.section_slug}/{article.slug}")
    for paper in newspapers().values()
    for article in paper.articles
]


@pytest.fixture
def edition() -> Edition:
    return Edition()


@pytest.fixture
def client(edition: Edition) -> Iterator[FlaskClient]:
    app = create_newspaper(
        service_url=SERVICE, site_keys={"chayka": "key-ru", "lantern": "key-en"}, edition=edition
    )
    with app.test_client() as client:
        yield client


def page(client: FlaskClient, path: str) -> LexborHTMLParser:
    answer = client.get(path)
    assert answer.status_code == 200
    return LexborHTMLParser(answer.text)


def test_there_are_two_titles_and_every_way_to_print_a_byline() -> None:
    articles = [article for paper in newspapers().values() for article in paper.articles]
    assert {paper.language for paper in newspapers().values()} == {"ru", "en"}
    assert len(articles) >= 8
    assert {article.byline for article in articles} == set(BylineStyle)
    assert any(len(article.authors) == 2 for article in articles)


@pytest.mark.parametrize("misprint", planted(), ids=lambda found: f"{found.slug}-{found.right}")
def test_each_planted_error_can_be_mended_and_restored(
    edition: Edition, misprint: Misprint
) -> None:
    before = edition.get(misprint.paper, misprint.slug).article
    assert misprint.wrong in before.text.replace("\u00ad", "")
    mended = edition.mend(misprint).article
    assert misprint.right in mended.text.replace("\u00ad", "")
    assert mended.text.count(misprint.wrong) == before.text.count(misprint.wrong) - (
        1 if misprint.wrong in before.text else 0
    )
    assert edition.spoil(misprint).article == before
    edition.mend(misprint)
    assert edition.restore(misprint.paper, misprint.slug).article == before


@pytest.mark.parametrize("misprint", past(), ids=lambda found: f"{found.slug}-{found.right}")
def test_each_past_error_can_be_put_back(edition: Edition, misprint: Misprint) -> None:
    assert misprint.wrong not in edition.get(misprint.paper, misprint.slug).article.text
    assert misprint.wrong in edition.spoil(misprint).article.text


def test_some_errors_are_hard_to_find() -> None:
    by_word = {misprint.wrong: misprint for misprint in planted()}
    texts = {
        misprint.wrong: newspapers()[misprint.paper].article(misprint.slug)
        for misprint in planted()
    }
    assert Counter(re.findall(r"\w+", texts["порта"].text))["порта"] > 1, "right elsewhere"
    assert Counter(re.findall(r"\w+", texts["loose"].text))["loose"] > 1, "right elsewhere"
    assert "**" in by_word["концертнй"].wrong_source, "inside inline markup"
    assert "\u00ad" in by_word["соревнваний"].wrong_source, "with soft hyphens"
    assert "12\u00a0июля" in texts["соревнваний"].text, "beside a no-break space"
    assert any(misprint.kind == "fact" for misprint in planted())


@pytest.mark.parametrize(("paper_id", "path"), PAGES)
def test_a_page_tells_what_real_pages_tell(client: FlaskClient, paper_id: str, path: str) -> None:
    paper = newspapers()[paper_id]
    tree = page(client, path)
    article = paper.article(path.rpartition("/")[2])
    html = tree.css_first("html")
    assert html is not None
    assert html.attributes["lang"] == paper.language
    canonical = tree.css_first('link[rel="canonical"]')
    assert canonical is not None
    assert canonical.attributes["href"] == f"http://localhost{path}"
    title = tree.css_first('meta[property="og:title"]')
    assert title is not None
    assert title.attributes["content"] == article.title
    tag = tree.css_first("script[data-site]")
    assert tag is not None
    assert tag.attributes["src"] == f"{SERVICE}/copydesk.js"
    assert tag.attributes["data-site"] == {"chayka": "key-ru", "lantern": "key-en"}[paper_id]
    text = tree.body.text() if tree.body else ""
    assert "Ctrl+Enter" in text
    assert tree.css_first(f'a[href="{path}/edit"]') is not None


def test_bylines_stand_where_their_style_says(client: FlaskClient) -> None:
    tree = page(client, "/lantern/town/clock")
    data = tree.css_first('script[type="application/ld+json"]')
    assert data is not None
    names = [person["name"] for person in json.loads(data.text())["author"]]
    assert names == ["Nora Whitlow", "Silas Penhale"]
    meta = page(client, "/lantern/harbour/seals").css_first('meta[name="author"]')
    assert meta is not None
    assert meta.attributes["content"] == "Nora Whitlow"
    orchestra = page(client, "/chayka/kultura/orkestr")
    assert [node.text() for node in orchestra.css('[itemprop="author"] [itemprop="name"]')] == [
        "Лидия Камышова",
        "Тимур Ильин",
    ]
    ferry = page(client, "/chayka/port/parom").css_first(".text > p:last-child")
    assert ferry is not None
    assert ferry.text() == "Автор: Глеб САЗАНОВ"
    regatta = page(client, "/chayka/sport/regata").css_first("article .article__author")
    assert regatta is not None
    assert regatta.text() == "Тимур Ильин"


def test_markup_inside_a_word_does_not_split_it(client: FlaskClient) -> None:
    paragraphs = page(client, "/chayka/kultura/orkestr").css(".text > p")
    assert "оказался концертнй зал." in paragraphs[2].text()
    assert paragraphs[2].css_first("strong") is not None


def test_pages_allow_scripts_of_the_service_alone(client: FlaskClient) -> None:
    policy = client.get(PIER).headers["Content-Security-Policy"]
    assert f"script-src {SERVICE};" in policy
    assert f"connect-src {SERVICE};" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_an_editor_mends_an_error_by_hand_and_brings_it_back(client: FlaskClient) -> None:
    form = page(client, f"{PIER}/edit")
    paragraphs = [field.text() for field in form.css("textarea[name=paragraph]")]
    assert "админстрация" in paragraphs[2]
    paragraphs[2] = paragraphs[2].replace("админстрация", "администрация")
    saved = client.post(
        f"{PIER}/edit", data={"title": "Пристань", "paragraph": [*paragraphs, "  "]}
    )
    assert saved.status_code == 303
    tree = page(client, saved.headers["Location"])
    headline = tree.css_first("h1")
    assert headline is not None
    assert headline.text() == "Пристань"
    assert "админстрация" not in (tree.html or "")
    assert len(tree.css(".text > p")) == len(paragraphs)
    restored = client.post(f"{PIER}/restore")
    assert "админстрация" in client.get(restored.headers["Location"]).text


def test_whatever_is_typed_stays_text(client: FlaskClient) -> None:
    hostile = (
        '<script>alert(1)</script> **<img src=x onerror=alert(2)>** *"><b>* {{ 7*7 }} </script>'
    )
    for path in (PIER, "/lantern/harbour/seals"):
        before = Counter(node.tag for node in page(client, path).css("*"))
        client.post(f"{path}/edit", data={"title": hostile, "paragraph": ["one", hostile]})
        after = page(client, path)
        assert len(after.css("script")) == before["script"]
        assert not after.css("[onerror]")
        assert not after.css(".text img, .text b, h1 *")
        assert "{{ 7*7 }}" in after.css(".text > p")[1].text()
        for other in (f"{path}/edit", "/", path[: path.index("/", 1) + 1]):
            assert not page(client, other).css("[onerror]")


def test_nothing_and_too_much_can_not_be_printed(client: FlaskClient, edition: Edition) -> None:
    before = edition.get("chayka", "pristan")
    for title, paragraphs in (
        ("", ["text"]),
        ("T", [" "]),
        ("T", ["x" * 6000]),
        ("T" * 400, ["x"]),
    ):
        with pytest.raises(NotPrintable):
            edition.save("chayka", "pristan", title=title, paragraphs=paragraphs)
        answer = client.post(f"{PIER}/edit", data={"title": title, "paragraph": paragraphs})
        assert answer.status_code == 422
    assert edition.get("chayka", "pristan") == before


def test_an_address_leads_to_its_form(client: FlaskClient) -> None:
    found = client.get("/edit", query_string={"article": f"http://127.0.0.1:8001{PIER}?a=b"})
    assert found.status_code == 302
    assert found.headers["Location"] == f"{PIER}/edit"
    for address in ("", "https://elsewhere.example/", f"http://x{PIER}/more", "http://x/a/b/c"):
        assert client.get("/edit", query_string={"article": address}).status_code == 404


def test_another_site_can_not_edit(client: FlaskClient, edition: Edition) -> None:
    for action in ("edit", "restore"):
        answer = client.post(
            f"{PIER}/{action}",
            data={"title": "T", "paragraph": "x"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 403
    assert edition.get("chayka", "pristan").amended_at is None


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/chayka/gorod/nothing", "/chayka/sport/pristan", "/chayka/gorod/x/edit"]
)
def test_what_does_not_exist_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unchanged_page_does_not_travel_twice(client: FlaskClient, edition: Edition) -> None:
    etag = client.get(PIER).headers["ETag"]
    assert client.get(PIER, headers={"If-None-Match": etag}).status_code == 304
    edition.mend(planted()[0])
    assert client.get(PIER, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("plain", [Run("plain")]),
        ("a **b** *c*", [Run("a "), Run("b", "bold"), Run(" "), Run("c", "italic")]),
        ("ad**min**ion", [Run("ad"), Run("min", "bold"), Run("ion")]),
        ("2 * 2", [Run("2 * 2")]),
        ("**open", [Run("**open")]),
        ("", []),
    ],
)
def test_the_small_markup(source: str, runs: list[Run]) -> None:
    assert parse(source) == runs


def test_the_newspaper_is_served_over_http_and_stops() -> None:
    app = create_newspaper(service_url=SERVICE, site_keys={"chayka": "key-ru", "lantern": "key-en"})
    with serving(app) as url:
        answer = requests.get(f"{url}{PIER}", timeout=10)
        assert answer.status_code == 200
        assert f'href="{url}{PIER}"' in answer.text, "the canonical address is its own"
        port = int(url.rpartition(":")[2])
        assert free_port(port) != port
    assert free_port(port) == port
