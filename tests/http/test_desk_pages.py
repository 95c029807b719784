"""What the desk's pages show, and what its forms about people and sites do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.desk_fixtures import add_editor, enter, make_paper, send
from tests.factories import make_article, make_author, make_editor, make_erratum, make_site

from copydesk.desk.queries import PAGE
from copydesk.errata.closing import Reading, apply_reading
from copydesk.errata.corrected import close_as_corrected
from copydesk.errata.indexer import Indexer
from copydesk.services import Services
from copydesk.store.tables import (
    Author,
    Desk,
    Editor,
    Erratum,
    Evidence,
    Kind,
    OutboxJob,
    Proof,
    Role,
    Site,
    State,
    VerdictKind,
)


@pytest.fixture
def ed(client: FlaskClient, services: Services) -> int:
    editor_id = add_editor(services, Role.ADMIN)
    enter(client, services, editor_id)
    return editor_id


def test_before_the_first_report_the_inbox_shows_the_tag(
    client: FlaskClient, services: Services, ed: int
) -> None:
    assert "Add your first site" in client.get("/desk/").text
    with services.database.transaction() as session:
        make_site(session, services.clock())
    page = client.get("/desk/").text
    assert "copydesk.js" in page
    assert "data-site=&#34;gazette&#34;" in page or 'data-site="gazette"' in page


def test_tabs_hold_and_count_what_they_say(
    client: FlaskClient, services: Services, ed: int
) -> None:
    now = services.clock()
    with services.database.transaction() as session:
        site = make_site(session, now)
        article = make_article(session, site, now)
        states: dict[str, dict[str, Any]] = {
            "zq-open": {},
            "zq-confirmed": {"state": State.CONFIRMED},
            "zq-corrected": {"state": State.CORRECTED},
            "zq-declined": {"state": State.DECLINED},
            "zq-spam": {"state": State.SPAM},
            "zq-unverified": {"proof": Proof.NOT_FOUND},
            "zq-snoozed": {"snoozed_until": now + timedelta(days=1)},
            "zq-merged": {"state": State.MERGED},
        }
        for quote, changes in states.items():
            make_erratum(session, article, now, quote=quote, before="", **changes)
    for tab in ("open", "confirmed", "corrected", "declined", "spam", "unverified", "snoozed"):
        page = client.get(f"/desk/?tab={tab}").text
        assert set(re.findall(r"zq-[a-z]+", page)) == {f"zq-{tab}"}, tab
    page = client.get("/desk/?tab=all").text
    assert "zq-merged" not in page
    assert re.findall(r'tab-count">(\d+)', page) == ["1", "1", "1", "1", "1", "1", "1", "7"]


def test_filters_narrow_the_list_and_the_counts(
    client: FlaskClient, services: Services, ed: int
) -> None:
    now = services.clock()
    with services.database.transaction() as session:
        first = make_article(session, make_site(session, now), now)
        other_site = make_site(session, now, key="vestnik", name="Вестник")
        second = make_article(session, other_site, now, title="Открытие порта в Минске")
        make_erratum(session, first, now, quote="w-one", kind=Kind.FACT, before="")
        make_erratum(session, second, now, quote="w-two", before="")
    Indexer(services.database).drain()
    for query, expected in {
        "site=vestnik": {"w-two"},
        "kind=fact": {"w-one"},
        "q=W-ONE": {"w-one"},
        "q=минске": {"w-two"},
        "q=100%25": set(),
        "q=https://news.example/harbour/ferry%23:~:text=x": {"w-one", "w-two"},
        "site=unknown&kind=unknown&tab=unknown&after=unknown": {"w-one", "w-two"},
    }.items():
        page = client.get(f"/desk/?{query}").text
        assert set(re.findall(r"w-(?:one|two)", page)) == expected, query
    assert "Nothing fits these filters" in client.get("/desk/?q=nothing-like-it").text


def test_pages_follow_each_other_without_a_gap(
    client: FlaskClient, services: Services, ed: int
) -> None:
    now = services.clock()
    count = PAGE * 2 + 5
    with services.database.transaction() as session:
        article = make_article(session, make_site(session, now), now)
        for number in range(count):
            # Some at the very same moment: the id decides between them.
            seen = now - timedelta(minutes=number // 3)
            make_erratum(session, article, seen, quote=f"w-{number}.", before="")
    seen_words: list[str] = []
    path: str | None = "/desk/"
    while path:
        page = client.get(path).text
        seen_words += re.findall(r"<del>(w-\d+)</del>", page) or re.findall(r"<del>(w-\d+)", page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else None
    assert len(seen_words) == len(set(seen_words)) == count


def test_the_footer_tells_when_no_worker_runs(
    client: FlaskClient, services: Services, ed: int
) -> None:
    assert "Worker and mail are up to date." in client.get("/desk/me").text
    now = services.clock()
    with services.database.transaction() as session:
        session.add(
            OutboxJob(
                kind="notify",
                unique_key="n",
                payload={},
                created_at=now,
                due_at=now - timedelta(minutes=20),
            )
        )
    assert "the oldest job has waited 20 min" in client.get("/desk/me").text


def test_an_erratum_shows_all_that_is_known(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        paper = make_paper(session, services.clock(), "gazette")
        site = session.get_one(Site, paper.site_id)
        site.edit_url_template = "https://cms.example/edit?u={url}"
    page = client.get(f"/desk/errata/{paper.public_id}").text
    assert "<del>recieved</del>" in page
    assert "<ins>received</ins>" in page
    assert "https://gazette.example/harbour/ferry#copydesk=" in page
    assert "https://cms.example/edit?u=https%3A%2F%2Fgazette.example" in page
    assert "answers for the whole site" in page
    assert "found by meta" in page
    assert "Next reading" not in page


def test_an_erratum_tells_when_its_page_is_read_next(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        paper = make_paper(session, services.clock(), "gazette")
        erratum = session.scalars(select(Erratum).where(Erratum.public_id == paper.public_id)).one()
        erratum.recheck_due_at = services.clock() + timedelta(hours=6)
    assert "Next reading" in client.get(f"/desk/errata/{paper.public_id}").text


def test_an_erratum_tells_what_the_last_reading_rests_on(
    client: FlaskClient, services: Services, ed: int
) -> None:
    now = services.clock()
    with services.database.transaction() as session:
        paper = make_paper(session, now, "gazette")
        erratum = session.scalars(select(Erratum).where(Erratum.public_id == paper.public_id)).one()
        apply_reading(session, erratum, Reading(VerdictKind.THERE, score=0.934), now=now)
    page = client.get(f"/desk/errata/{paper.public_id}").text
    assert "still on the page" in page
    assert "surroundings found: 93%" in page


@pytest.mark.parametrize(
    ("evidence", "words"),
    [(Evidence.PAGE, "no longer on the page"), (Evidence.WORD, "could not be checked")],
)
def test_a_correction_tells_no_more_than_is_known(
    client: FlaskClient, services: Services, ed: int, evidence: Evidence, words: str
) -> None:
    now = services.clock()
    with services.database.transaction() as session:
        paper = make_paper(session, now, "gazette")
        erratum = session.scalars(select(Erratum).where(Erratum.public_id == paper.public_id)).one()
        close_as_corrected(session, erratum, who="Ada", now=now, evidence=evidence)
    assert words in client.get(f"/desk/errata/{paper.public_id}").text


def test_a_readers_address_is_never_shown(client: FlaskClient, services: Services, ed: int) -> None:
    now = services.clock()
    with services.database.transaction() as session:
        article = make_article(session, make_site(session, now), now)
        erratum = make_erratum(
            session, article, now, report={"reader_email": "rita@reader.example"}
        )
        public_id = erratum.public_id
    page = client.get(f"/desk/errata/{public_id}").text
    assert "would like to hear back" in page
    assert "rita@" not in page


def test_an_author_is_added_with_variants_absence_and_deputy(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        site = make_site(session, services.clock(), time_zone="Europe/Moscow")
        deputy = make_author(session, site, name="Tom Reed").id
    path = "/desk/people/authors/new/gazette"
    fields = {
        "name": "Ivan Petrov",
        "name_variants": "I. P.\r\n\r\nIvan the Younger\r\nI. P.",
        "address": "ivan@news.example",
        "language": "ru",
        "is_notified": "on",
        "absent_until": "2026-03-09",
        "deputy": str(deputy),
    }
    assert send(client, path, fields, page=path).status_code == 303
    with services.database.reading() as session:
        author = session.scalars(select(Author).where(Author.name == "Ivan Petrov")).one()
        assert author.name_variants == ["I. P.", "Ivan the Younger"]
        assert author.absent_until is not None
        assert author.absent_until.isoformat() == "2026-03-09T21:00:00+00:00"
        assert (author.deputy_id, author.language) == (deputy, "ru")
    path = f"/desk/people/authors/{author.id}"
    assert 'value="2026-03-09"' in client.get(path).text
    send(client, path, {"name": "Ivan Petrov", "address": "ivan@news.example"}, page=path)
    with services.database.reading() as session:
        author = session.get_one(Author, author.id)
        assert (author.is_notified, author.absent_until, author.deputy_id) == (False, None, None)


def test_a_wrong_form_is_shown_again_and_never_kept(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        site = make_site(session, services.clock())
        author = make_author(session, site).id
        other_site = make_site(session, services.clock(), key="other")
        stranger = make_author(session, other_site).id
    path = f"/desk/people/authors/{author}"
    fields = {
        "name": "",
        "address": "not an address",
        "absent_until": "soon",
        "deputy": str(stranger),
    }
    answer = send(client, path, fields, page=path)
    assert answer.status_code == 422
    assert answer.text.count('class="mistake"') == 4
    assert "not an address" in answer.text
    with services.database.reading() as session:
        kept = session.get_one(Author, author)
        assert (kept.name, kept.address) == ("Ada Byrne", "ada@news.example")


def test_a_desk_is_added_and_changed(client: FlaskClient, services: Services, ed: int) -> None:
    with services.database.transaction() as session:
        make_site(session, services.clock())
    path = "/desk/people/desks/new/gazette"
    fields = {"name": "Sport", "address": "sport@news.example", "section_patterns": "/sport/"}
    assert send(client, path, fields, page=path).status_code == 303
    with services.database.reading() as session:
        desk = session.scalars(select(Desk)).one()
        assert (desk.section_patterns, desk.is_notified) == (["/sport/"], False)
    path = f"/desk/people/desks/{desk.id}"
    assert send(client, path, fields | {"address": ""}, page=path).status_code == 422
    assert send(client, path, fields | {"is_notified": "on"}, page=path).status_code == 303


def test_a_new_editor_gets_a_link_once_and_chooses_a_password(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        site_id = make_site(session, services.clock()).id
    path = "/desk/people/editors/new"
    fields = {"address": "Olga@news.example", "name": "Olga", f"role-{site_id}": "editor"}
    answer = send(client, path, fields, page=path)
    link = re.search(r"https://errata\.example(/desk/enter/[\w-]+)", answer.text)
    assert link is not None
    assert send(client, path, fields, page=path).status_code == 422
    send(client, "/desk/sign-out")
    assert send(client, link[1], page=link[1]).location == "/desk/me"
    assert "Choose a password" in client.get("/desk/me").text
    assert client.get("/desk/people").status_code == 403


def test_an_admin_of_one_site_can_not_take_over_another(
    client: FlaskClient, services: Services
) -> None:
    now = services.clock()
    with services.database.transaction() as session:
        mine, theirs = make_site(session, now), make_site(session, now, key="theirs")
        boss = make_editor(session, now, address="boss@news.example").id
        shared = make_editor(session, now, site=theirs, address="both@news.example")
        shared.roles.append(type(shared.roles[0])(site_id=mine.id, role=Role.AUTHOR))
        session.flush()
        shared_id, mine_id, theirs_id = shared.id, mine.id, theirs.id
    enter(client, services, add_editor(services, Role.ADMIN, mine_id))
    assert client.get(f"/desk/people/editors/{boss}").status_code == 404
    assert send(client, f"/desk/people/editors/{boss}/link").status_code == 404
    assert send(client, f"/desk/people/editors/{shared_id}/link").status_code == 403
    assert client.get("/desk/sites/new").status_code == 403
    path = f"/desk/people/editors/{shared_id}"
    fields = {f"role-{mine_id}": "editor", f"role-{theirs_id}": "", "role-everywhere": "admin"}
    assert send(client, path, fields | {"name": "Renamed"}, page=path).status_code == 303
    with services.database.reading() as session:
        found = session.get_one(Editor, shared_id)
        assert {row.site_id: row.role for row in found.roles} == {
            mine_id: Role.EDITOR,
            theirs_id: Role.ADMIN,
        }
        assert (found.name, found.is_active) == ("Ed Doyle", True)


def test_nobody_changes_their_own_roles(client: FlaskClient, services: Services, ed: int) -> None:
    assert send(client, f"/desk/people/editors/{ed}", {}).status_code == 409


def test_switching_an_editor_off_signs_them_out(
    client: FlaskClient, services: Services, ed: int
) -> None:
    other = client.application.test_client()
    other.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": "errata.example"}
    olga = add_editor(services, Role.EDITOR, address="olga@news.example")
    enter(other, services, olga)
    assert other.get("/desk/").status_code == 200
    send(client, f"/desk/people/editors/{olga}", {"role-everywhere": "editor"})
    assert other.get("/desk/").status_code == 303


def test_a_site_is_added_changed_and_switched_off(
    client: FlaskClient, services: Services, ed: int
) -> None:
    path = "/desk/sites/new"
    fields = {"key": "herald", "name": "The Herald", "hosts": "Herald.example\nherald.example:8080"}
    bad = send(client, path, fields | {"key": "No!", "time_zone": "Moon/Base"}, page=path)
    assert bad.status_code == 422
    assert bad.text.count('class="mistake"') == 2
    assert send(client, path, fields, page=path).location == "/desk/sites/herald"
    assert send(client, path, fields, page=path).status_code == 422
    with services.database.reading() as session:
        site = session.scalars(select(Site)).one()
        assert site.hosts == ["herald.example", "herald.example:8080"]
        assert site.origins == ["https://herald.example", "https://herald.example:8080"]
    path = "/desk/sites/herald"
    assert "data-site" in client.get(path).text
    wrong = send(client, path, fields | {"origins": "javascript:alert(1)"}, page=path)
    assert wrong.status_code == 422
    thanks = "With <b>greetings</b> from the proofreaders."
    assert send(client, path, fields | {"thanks": thanks}, page=path).status_code == 303
    assert "&lt;b&gt;greetings&lt;/b&gt;" in client.get(path).text
    for on, expected in (("0", False), ("1", True)):
        assert send(client, f"{path}/switch", {"on": on}).status_code == 303
        with services.database.reading() as session:
            assert session.scalars(select(Site)).one().is_on is expected


def test_one_can_sign_ones_other_browsers_out(
    client: FlaskClient, services: Services, ed: int
) -> None:
    other = client.application.test_client()
    other.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": "errata.example"}
    enter(other, services, ed)
    ends = re.findall(r"/desk/me/sessions/\d+/end", client.get("/desk/me").text)
    assert len(ends) == 1
    assert send(client, ends[0]).status_code == 303
    assert other.get("/desk/").status_code == 303
    assert client.get("/desk/").status_code == 200
    assert send(client, ends[0]).status_code == 404
