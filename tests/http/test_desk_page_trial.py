"""The rule tester under Sites: what is found on a page, for admins, on the site's own hosts."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.desk_fixtures import HOSTILE, add_editor, enter, send
from tests.factories import make_site
from tests.page_server import Server, page, says, serving

from copydesk.articles.fetch import Fetcher
from copydesk.services import Services
from copydesk.store.tables import Article, Role

PATH = "/desk/sites/gazette/page"
STORY = "<p>Four boats left the quay before noon and five came back, nobody could say why.</p>" * 3
HTML = (
    "<!doctype html><html lang=en><title>x</title><link rel=amphtml href=/letters/amp><body>"
    f"<div class=by>By Ada Byrne</div><article><h1>{{title}}</h1>{STORY}</article></body></html>"
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(says(page(HTML.format(title="Letters").encode()))) as server:
        yield server


@pytest.fixture
def services(services: Services, server: Server) -> Services:
    fetcher = Fetcher([server.host, "localhost:1"], "Tester")
    made = Services(services.settings, services.database, services.signer, services.clock, fetcher)
    with made.database.transaction() as session:
        make_site(session, made.clock(), hosts=[server.host])
    return made


@pytest.fixture
def ed(client: FlaskClient, services: Services) -> int:
    editor_id = add_editor(services, Role.ADMIN)
    enter(client, services, editor_id)
    return editor_id


def test_it_shows_what_was_found_and_by_which_rule(
    client: FlaskClient, services: Services, server: Server, ed: int
) -> None:
    assert PATH in client.get("/desk/sites/gazette").text
    assert client.get(PATH).status_code == 200
    assert server.requests == []
    answer = send(client, PATH, {"url": server.url("/letters")}, page=PATH)
    assert answer.status_code == 200
    for found in ("Letters", "Ada Byrne", "text-label", "/letters/amp", "Four boats left"):
        assert found in answer.text
    assert len(server.requests) == 1
    with services.database.reading() as session:
        assert session.scalar(select(func.count(Article.id))) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"exact": "Letters"}, ["still on the page", "<q>Letters</q>"]),
        (
            {
                "exact": "before nune",
                "prefix": "By Ada Byrne Letters Four boats left the quay",
                "suffix": "and five came back, nobody could say why. Four boats left the quay",
            },
            ["changed on the page", "<q>before noon</q>", "surroundings found: 100%"],
        ),
        ({"exact": "never was"}, ["unsure whether", "the place was not found"]),
    ],
)
def test_it_says_what_became_of_words(
    client: FlaskClient, server: Server, ed: int, words: dict[str, str], said: list[str]
) -> None:
    answer = send(client, PATH, {"url": server.url("/letters"), **words}, page=PATH)
    for expected in said:
        assert expected in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "https://elsewhere.example/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:1/",
        "http://127.0.0.1\\@news.example/",
        "file:///etc/passwd",
    ],
)
def test_other_hosts_are_not_asked(client: FlaskClient, server: Server, ed: int, url: str) -> None:
    assert send(client, PATH, {"url": url}, page=PATH).status_code == 422
    assert server.requests == []


def test_a_redirect_to_another_host_is_not_shown(
    client: FlaskClient, services: Services, ed: int
) -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://localhost:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(says(away)) as other:
        services.fetcher._allowed |= {other.host}
        with services.database.transaction() as session:
            make_site(session, services.clock(), key="other", hosts=[other.host])
        path = "/desk/sites/other/page"
        answer = send(client, path, {"url": other.url()}, page=path)
    assert answer.status_code == 200
    assert "could not be read" in answer.text


def test_a_hostile_page_stays_text(client: FlaskClient, services: Services, ed: int) -> None:
    escaped = HOSTILE.replace("<", "&lt;")
    with serving(says(page(HTML.format(title=escaped).encode()))) as hostile:
        services.fetcher._allowed |= {hostile.host}
        with services.database.transaction() as session:
            make_site(session, services.clock(), key="other", hosts=[hostile.host])
        path = "/desk/sites/other/page"
        answer = send(client, path, {"url": hostile.url()}, page=path)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "{{7*7}}" in answer.text


def test_only_admins_of_the_site_may(client: FlaskClient, services: Services) -> None:
    with services.database.transaction() as session:
        other = make_site(session, services.clock(), key="other", hosts=["o.example"]).id
    enter(client, services, add_editor(services, Role.ADMIN, other))
    assert client.get(PATH).status_code == 404 or client.get(PATH).status_code == 403
    assert send(client, PATH, {"url": "http://o.example/"}).status_code in {403, 404}
