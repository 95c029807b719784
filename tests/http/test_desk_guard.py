"""What must be refused: no session, no token, another site's page, another site's objects."""

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.desk_fixtures import HOSTILE, Paper, add_editor, enter, form_token, make_paper, send
from werkzeug.routing import Rule

from copydesk.services import Services
from copydesk.store.tables import Base, Role

# These sign somebody in, so they answer without a session; the form token they need all the same.
SIGNING_IN = {"desk.do_sign_in", "desk.do_enter"}


def desk_rules(app: Flask, method: str) -> list[Rule]:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.") and method in (rule.methods or ())
    ]
    assert len(rules) > 10
    return rules


def fill(rule: Rule, paper: Paper, editor_id: int) -> str:
    values = {
        "public_id": paper.public_id,
        "article_id": str(paper.article_id),
        "author_id": str(paper.author_id),
        "desk_id": str(paper.desk_id),
        "site_key": paper.site_key,
        "job_id": str(paper.dead_job_id),
        "editor_id": str(editor_id),
        "session_id": "1",
        "token": "no-such-token",
        "filename": "desk.css",
    }
    return re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", lambda match: values[match[1]], rule.rule)


def everything(services: Services) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables but those that count and remember browsers."""
    with services.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
            if table.name not in {"limit_counter", "sign_in_session"}
        }


@pytest.fixture
def papers(services: Services) -> tuple[Paper, Paper]:
    with services.database.transaction() as session:
        now = services.clock()
        return make_paper(session, now, "mine"), make_paper(session, now, "theirs")


def test_no_page_opens_without_a_session(
    app: Flask, client: FlaskClient, services: Services, papers: tuple[Paper, Paper]
) -> None:
    for rule in desk_rules(app, "GET"):
        if rule.endpoint in {"desk.sign_in", "desk.enter", "desk.static"}:
            continue
        answer = client.get(fill(rule, papers[0], 1))
        assert answer.status_code == 303, rule
        assert answer.location.startswith("/desk/sign-in"), rule


def test_no_form_acts_without_a_session(
    app: Flask, client: FlaskClient, services: Services, papers: tuple[Paper, Paper]
) -> None:
    before = everything(services)
    token = form_token(client, "/desk/sign-in")
    for rule in desk_rules(app, "POST"):
        if rule.endpoint in SIGNING_IN:
            continue
        answer = client.post(fill(rule, papers[0], 1), data={"csrf_token": token})
        assert answer.status_code == 303, rule
        assert answer.location.startswith("/desk/sign-in"), rule
    assert everything(services) == before


def test_no_form_acts_without_a_good_token_or_from_another_site(
    app: Flask, client: FlaskClient, services: Services, papers: tuple[Paper, Paper]
) -> None:
    editor_id = add_editor(services, Role.ADMIN)
    enter(client, services, editor_id)
    good = form_token(client)
    before = everything(services)
    for rule in desk_rules(app, "POST"):
        path = fill(rule, papers[0], editor_id)
        refused = {
            "no token": client.post(path, data={"action": "spam"}),
            "bad token": client.post(path, data={"csrf_token": "x" + good}),
            "plain text": client.post(path, data="csrf_token=" + good, content_type="text/plain"),
            "cross-site": client.post(
                path, data={"csrf_token": good}, headers={"Sec-Fetch-Site": "cross-site"}
            ),
            "same-site": client.post(
                path, data={"csrf_token": good}, headers={"Sec-Fetch-Site": "same-site"}
            ),
            "foreign origin": client.post(
                path, data={"csrf_token": good}, headers={"Origin": "https://evil.example"}
            ),
        }
        for why, answer in refused.items():
            assert answer.status_code in {400, 403}, (rule, why)
    assert everything(services) == before


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EDITOR, Role.AUTHOR])
def test_another_sites_objects_do_not_exist(
    app: Flask,
    client: FlaskClient,
    services: Services,
    papers: tuple[Paper, Paper],
    role: Role,
) -> None:
    mine, theirs = papers
    colleague = add_editor(services, Role.EDITOR, theirs.site_id, address="o@theirs.example")
    enter(client, services, add_editor(services, role, mine.site_id))
    before = everything(services)
    token = form_token(client)
    checked = 0
    for rule in app.url_map.iter_rules():
        named = rule.arguments & {
            "public_id", "article_id", "author_id", "desk_id", "site_key", "job_id", "editor_id",
        }  # fmt: skip
        if not rule.endpoint.startswith("desk.") or not named:
            continue
        path = fill(rule, theirs, colleague)
        if "POST" in (rule.methods or ()):
            data = {"csrf_token": token, "text": "x", "into": mine.public_id, "days": "1"}
            answer = client.post(path, data=data)
        else:
            answer = client.get(path)
        expected = {403, 404} if role is not Role.ADMIN else {404}
        assert answer.status_code in expected, (rule, answer.status_code)
        checked += 1
    assert checked > 15
    assert everything(services) == before
    # The foot of the page counts what was given up: mine alone, and nothing for an author.
    given_up = "1 job was given up." in client.get("/desk/me").text
    assert given_up is (role is not Role.AUTHOR)
    assert theirs.public_id not in client.get("/desk/?tab=all").text
    assert "theirs" not in client.get("/desk/?tab=all").text


def test_an_author_confirms_and_says_corrected_but_does_not_triage(
    client: FlaskClient, services: Services, papers: tuple[Paper, Paper]
) -> None:
    mine = papers[0]
    enter(client, services, add_editor(services, Role.AUTHOR, mine.site_id))
    base = f"/desk/errata/{mine.public_id}"
    for action in ("decline", "spam", "assign", "snooze", "merge", "reopen"):
        fields = {"into": mine.other_public_id, "days": "1"}
        assert send(client, f"{base}/{action}", fields).status_code == 403, action
    for path in ("/desk/people", "/desk/sites", "/desk/deliveries", "/desk/people/editors/new"):
        assert client.get(path).status_code == 403, path
    assert send(client, f"{base}/confirm").status_code == 303
    assert send(client, f"{base}/correct").status_code == 303


def test_an_editor_does_not_look_after_people_and_sites(
    client: FlaskClient, services: Services, papers: tuple[Paper, Paper]
) -> None:
    mine = papers[0]
    enter(client, services, add_editor(services, Role.EDITOR, mine.site_id))
    for path in (
        "/desk/people",
        "/desk/sites",
        "/desk/sites/mine",
        f"/desk/people/authors/{mine.author_id}",
        "/desk/people/authors/new/mine",
    ):
        assert client.get(path).status_code == 403, path
    assert client.get("/desk/deliveries").status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", str(2**31), str(2**70), "x", "%00"])
def test_numbers_that_name_nothing_are_not_found(
    client: FlaskClient, services: Services, papers: tuple[Paper, Paper], number: str
) -> None:
    enter(client, services, add_editor(services, Role.ADMIN))
    for kind in ("articles", "people/authors", "people/desks", "people/editors", "errata", "sites"):
        assert client.get(f"/desk/{kind}/{number}").status_code == 404, kind


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_hostile_text_is_inert_on_every_page(
    app: Flask, client: FlaskClient, services: Services
) -> None:
    with services.database.transaction() as session:
        paper = make_paper(session, services.clock(), "hostile", text=HOSTILE)
    editor_id = add_editor(services, Role.ADMIN)
    enter(client, services, editor_id)
    send(client, "/desk/me", {"name": HOSTILE})
    send(client, f"/desk/errata/{paper.public_id}/note", {"text": HOSTILE})
    send(client, f"/desk/errata/{paper.other_public_id}/decline", {"reason": HOSTILE})
    pages = [fill(rule, paper, editor_id) for rule in desk_rules(app, "GET")]
    pages = [path for path in pages if "/static/" not in path]
    pages += [f"/desk/?tab=all&q={HOSTILE[:8]}", f"/desk/errata/{paper.other_public_id}"]
    shown = 0
    for path in pages:
        text = client.get(path).text
        tags = _Tags()
        tags.feed(text)
        for tag, attributes in tags.found:
            assert tag not in {"b", "style"}, path
            if tag == "script":
                assert (attributes.get("src") or "").startswith("/desk/static/"), path
            if tag == "img":
                assert (attributes.get("src") or "").startswith("/static/"), path
            for name, value in attributes.items():
                assert not name.startswith("on"), (path, name)
                assert name != "style", path
                assert not (value or "").lower().startswith("javascript:"), path
        assert "49" not in text or "{{7*7}}" in text or HOSTILE[:8] not in text, path
        shown += "&lt;script&gt;alert(1)" in text
    assert shown >= 8
