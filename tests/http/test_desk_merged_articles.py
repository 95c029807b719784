"""The desk's page of an article that became part of another one leads there."""

import pytest
from flask.testing import FlaskClient
from tests.desk_fixtures import add_editor, enter, send
from tests.factories import make_article, make_erratum, make_site

from copydesk.errata.one_article import merge_articles
from copydesk.services import Services
from copydesk.store.tables import Role

URL = "https://news.example/harbour/letters"


@pytest.fixture
def ids(services: Services) -> list[int]:
    """Make three articles of one site one, the first into the second and that into the third."""
    now = services.clock()
    with services.database.transaction() as session:
        site = make_site(session, now)
        three = [
            make_article(session, site, now, canonical_url=f"{URL}{end}")
            for end in ("/amp", "/print", "")
        ]
        make_erratum(session, three[0], now)
        numbers = [one.id for one in three]
    for gone, into in ((0, 1), (1, 2)):
        services.database.write(
            lambda session, gone=gone, into=into: merge_articles(  # type: ignore[misc]
                session, numbers[gone], numbers[into], now=now
            )
        )
    return numbers


def test_an_old_link_leads_to_the_article_that_it_became_part_of(
    client: FlaskClient, services: Services, ids: list[int]
) -> None:
    enter(client, services, add_editor(services, Role.ADMIN))
    for old in ids[:2]:
        answer = client.get(f"/desk/articles/{old}")
        assert (answer.status_code, answer.location) == (302, f"/desk/articles/{ids[2]}")
    page = client.get(f"/desk/articles/{ids[2]}").text
    assert f"{URL}/amp" in page
    assert "copydesk:article:" not in page
    assert client.get(f"/desk/articles/{ids[2] + 90}").status_code == 404


def test_the_button_on_an_old_page_works(
    client: FlaskClient, services: Services, ids: list[int]
) -> None:
    enter(client, services, add_editor(services, Role.ADMIN))
    here = f"/desk/articles/{ids[2]}"
    answer = send(client, f"/desk/articles/{ids[0]}/recheck", page=here)
    assert answer.status_code == 303


def test_it_leads_nobody_into_another_site(
    client: FlaskClient, services: Services, ids: list[int]
) -> None:
    with services.database.transaction() as session:
        other = make_site(session, services.clock(), key="vestnik", hosts=["vestnik.example"]).id
    enter(client, services, add_editor(services, Role.ADMIN, other))
    assert client.get(f"/desk/articles/{ids[0]}").status_code == 404
