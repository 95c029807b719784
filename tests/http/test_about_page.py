"""Reports about a page as a whole: taken in, told apart, shown and answered."""

import json
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.conftest import MovableClock
from tests.desk_fixtures import add_editor, enter, send
from tests.factories import ORIGIN, make_author, make_site
from werkzeug.test import TestResponse

from copydesk.errata import triage
from copydesk.errata.transitions import NotPossible
from copydesk.intake.payload import parse_report
from copydesk.notify.links import ANSWER
from copydesk.notify.plan import plan
from copydesk.services import Services
from copydesk.store.tables import (
    Article,
    Erratum,
    HistoryEntry,
    Message,
    OutboxJob,
    Proof,
    Report,
    Role,
    State,
)

HEADLINE = "Ferry returns to the harbour"
BROKEN = "The picture of the pier is <b>broken</b>"


@pytest.fixture(autouse=True)
def site(services: Services) -> int:
    with services.database.transaction() as session:
        return make_site(session, services.clock()).id


def about_page(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "site": "gazette",
        "url": f"{ORIGIN}/harbour/ferry",
        "title": HEADLINE,
        "lang": "en",
        "quote": {"exact": HEADLINE, "prefix": "Harbour\n", "suffix": "\nBy Ada Byrne"},
        "kind": "other",
        "comment": BROKEN,
        "about": "page",
    }
    return body | changes


def post(client: FlaskClient, body: dict[str, Any]) -> TestResponse:
    return client.post(
        "/api/v1/reports",
        data=json.dumps(body),
        content_type="text/plain;charset=UTF-8",
        headers={"Origin": ORIGIN},
    )


def errata(services: Services) -> list[Erratum]:
    with services.database.reading() as session:
        return list(session.scalars(select(Erratum).order_by(Erratum.id)))


def test_each_remark_is_an_erratum_of_its_own(client: FlaskClient, services: Services) -> None:
    for comment in (BROKEN, "The link to the timetable is dead", BROKEN.upper()):
        assert post(client, about_page(comment=comment)).status_code == 201
    found = errata(services)
    assert [one.report_count for one in found] == [2, 1]
    assert all(one.is_about_page for one in found)
    assert {one.article_id for one in found} == {found[0].article_id}


@pytest.mark.parametrize("first", ["page", ""])
def test_words_and_page_never_meet(client: FlaskClient, services: Services, first: str) -> None:
    second = "" if first else "page"
    for about in (first, second, first):
        assert post(client, about_page(about=about)).status_code == 201
    found = errata(services)
    assert [one.is_about_page for one in found] == [first == "page", second == "page"]
    assert [one.report_count for one in found] == [2, 1]


def test_nobody_merges_words_and_page(client: FlaskClient, services: Services) -> None:
    post(client, about_page())
    post(client, about_page(about=""))
    with services.database.transaction() as session:
        page, words = session.scalars(select(Erratum).order_by(Erratum.id))
        for one, other in ((page, words), (words, page)):
            with pytest.raises(NotPossible):
                triage.merge(session, one, other, who="Ed", now=services.clock())


@pytest.mark.parametrize("about", ["pages", "PAGE", "", None, 5, True, ["page"], {"page": 1}])
def test_anything_else_is_about_the_words(
    client: FlaskClient, services: Services, about: Any
) -> None:
    assert post(client, about_page(about=about)).status_code == 201
    assert [one.is_about_page for one in errata(services)] == [False]


def test_a_page_without_a_remark_is_about_its_headline(
    client: FlaskClient, services: Services
) -> None:
    assert post(client, about_page(comment="x" * 2001)).status_code == 201
    assert [one.is_about_page for one in errata(services)] == [False]


def test_no_wording_is_proposed_for_a_page(client: FlaskClient, services: Services) -> None:
    for _ in range(2):
        post(client, about_page(suggestion="Ferry leaves the harbour"))
    assert [one.suggestion for one in errata(services)] == [""]


def test_a_repeat_is_a_repeat_and_another_body_is_not(client: FlaskClient) -> None:
    body = about_page()
    assert [post(client, body).status_code for _ in range(2)] == [201, 200]
    assert post(client, body | {"about": ""}).status_code == 409


def test_a_repeat_across_the_upgrade_stays_a_repeat(
    client: FlaskClient, services: Services
) -> None:
    body = {
        "site": "gazette",
        "url": f"{ORIGIN}/harbour/ferry",
        "id": "8b1f3a52-4f5e-4d0e-9a4b-0c1f6d1f2a33",
        "quote": {
            "exact": "recieved",
            "prefix": "The harbour master ",
            "suffix": " a letter on Monday.",
        },
        "suggestion": "received",
        "comment": "twice",
    }
    # As the service hashed this very body before it knew of "about".
    stored = "ddb4a3c7f146b1cf30d19426d3fcb60ca6930a6acd0dbd47512ddac0df717f10"
    assert parse_report(json.dumps(body).encode()).body_hash() == stored
    assert post(client, body).status_code == 201
    with services.database.reading() as session:
        assert session.scalars(select(Report.body_hash)).one() == stored
    assert post(client, body | {"about": ""}).status_code == 200
    assert post(client, body | {"about": "nonsense"}).status_code == 200


def test_the_reader_sees_the_remark_and_not_the_headline_marked(
    client: FlaskClient, services: Services
) -> None:
    receipt = post(client, about_page()).get_json()
    with services.database.transaction() as session:
        erratum = session.scalars(select(Erratum)).one()
        erratum.before, erratum.proof = HEADLINE, Proof.FOUND
        triage.claim_corrected(session, erratum, who="Ada", now=services.clock())
    page = client.get("/r/" + receipt["status_url"].rpartition("/")[2]).text
    assert "About the page" in page
    assert "is &lt;b&gt;broken&lt;/b&gt;" in page
    assert "Corrected. Thank you!" in page
    assert "<mark" not in page
    assert "no longer on the page" not in page


def test_the_desk_shows_the_remark_and_closes_by_word(
    client: FlaskClient, services: Services, site: int
) -> None:
    post(client, about_page(reader_email="rita@reader.example"))
    post(client, about_page(comment="The timetable is gone"))
    post(client, about_page(about=""))
    first, second, words = errata(services)
    enter(client, services, add_editor(services, Role.EDITOR, site))
    inbox = client.get("/desk/").text
    article = client.get(f"/desk/articles/{first.article_id}").text
    path = f"/desk/errata/{first.public_id}"
    page = client.get(path).text
    for shown in (inbox, article, page):
        assert "About the page" in shown
        assert "is &lt;b&gt;broken&lt;/b&gt;" in shown
    assert "#copydesk=" not in page
    assert f'value="{second.public_id}">The timetable is gone<' in page
    assert f'value="{words.public_id}"' not in page

    assert send(client, f"{path}/correct", page=path).status_code == 303
    assert "closed as corrected" in client.get(path).text
    with services.database.reading() as session:
        erratum = session.get_one(Erratum, first.id)
        assert erratum.state is State.CORRECTED
        assert erratum.corrected_at is not None
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.what == "correct")).one()
        assert (entry.who, "taken at their word" in entry.note) == ("Ed Doyle", True)
        owed = session.scalars(select(OutboxJob.kind)).all()
        assert owed.count("thank") == 1
        assert "recheck" not in owed


def test_the_author_s_word_closes_it_and_can_be_taken_back(
    client: FlaskClient, services: Services, site: int, clock: MovableClock
) -> None:
    post(client, about_page())
    with services.database.transaction() as session:
        erratum = session.scalars(select(Erratum)).one()
        session.get_one(Article, erratum.article_id).byline = "Ada Byrne"
        make_author(session, erratum.site)
        erratum.proof = Proof.FOUND
        plan(session, erratum, settings=services.settings, now=clock())
        message_id = session.scalars(select(Message.id)).one()
    path = f"/a/{services.signer.sign(ANSWER, message_id)}"
    asked = client.get(path, query_string={"do": "corrected"}).text
    assert "is &lt;b&gt;broken&lt;/b&gt;" in asked
    assert "read the page again" not in asked

    client.post(path, data={"do": "corrected"})
    assert errata(services)[0].state is State.CORRECTED
    done = client.get(path, query_string={"do": "done"}).text
    assert "took somebody's word" in done
    assert "Undo" in done
    client.post(path, data={"do": "undo"})
    assert errata(services)[0].state is State.OPEN
