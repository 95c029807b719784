from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.factories import make_article, make_erratum, make_site

from copydesk.errata.spot import SPOT, spot_link
from copydesk.notify.links import ANSWER
from copydesk.services import Services
from copydesk.store.tables import Erratum, Site

PATH = "/api/v1/spots"
ORIGIN = {"Origin": "https://anything.example"}


@pytest.fixture
def erratum_id(services: Services) -> int:
    with services.database.transaction() as session:
        now = services.clock()
        site = make_site(session, now)
        return make_erratum(
            session,
            make_article(session, site, now),
            now,
            start=19,
            nth=1,
            of=2,
            suggestion="zzsuggestionzz",
            report={
                "comment": "zzcommentzz",
                "reader_email": "rita@reader.example",
                "suggestion": "zzsuggestionzz",
            },
        ).id


def change_site(services: Services, **changes: Any) -> None:
    with services.database.transaction() as session:
        site = session.scalars(select(Site)).one()
        for name, value in changes.items():
            setattr(site, name, value)


def test_the_token_of_an_erratum_gives_its_quote_and_nothing_of_its_readers(
    client: FlaskClient, services: Services, erratum_id: int
) -> None:
    answer = client.get(f"{PATH}/{services.signer.sign(SPOT, erratum_id)}", headers=ORIGIN)
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["quote"] == {
        "exact": "recieved",
        "prefix": "The harbour master ",
        "suffix": " a letter on Monday.",
        "start": 19,
        "nth": 1,
        "of": 2,
    }
    assert body["language"] == "en"
    assert set(body["words"]) == {"changed", "gone", "unsure", "close"}
    assert all(body["words"].values())
    text = answer.get_data(as_text=True)
    assert not any(word in text for word in ("zzsuggestionzz", "zzcommentzz", "rita"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_words_are_in_the_language_of_the_site(
    client: FlaskClient, services: Services, erratum_id: int
) -> None:
    change_site(services, language="ru")
    path = f"{PATH}/{services.signer.sign(SPOT, erratum_id)}"
    body = client.get(path, headers={"Accept-Language": "en"}).get_json()
    assert body["language"] == "ru"
    assert body["words"]["close"] == "Закрыть"


def test_the_quote_comes_as_it_is_compared(
    client: FlaskClient, services: Services, erratum_id: int
) -> None:
    with services.database.transaction() as session:
        erratum = session.get(Erratum, erratum_id)
        assert erratum is not None
        erratum.quote, erratum.prefix = "a\u00adb\u00a0 c", "cafe\u0301  \n"
    quote = client.get(f"{PATH}/{services.signer.sign(SPOT, erratum_id)}").get_json()["quote"]
    assert (quote["exact"], quote["prefix"]) == ("ab c", "café\n")


def test_any_other_token_is_not_found(
    client: FlaskClient, services: Services, erratum_id: int
) -> None:
    token = services.signer.sign(SPOT, erratum_id)
    tokens = (
        services.signer.sign(ANSWER, erratum_id),
        services.signer.sign(SPOT, erratum_id + 1),
        token[:-1],
        token.upper(),
        f"{token}.x",
        "x",
        "%00",
        "й" * 40,
    )
    for other in tokens:
        answer = client.get(f"{PATH}/{other}", headers=ORIGIN)
        assert answer.status_code == 404, other
        assert answer.mimetype == "application/problem+json"
    # Readable for the widget, so that it can say what is wrong.
    assert client.get(f"{PATH}/x", headers=ORIGIN).headers["Access-Control-Allow-Origin"] == "*"


def test_a_spot_opens_no_answer_page(
    client: FlaskClient, services: Services, erratum_id: int
) -> None:
    assert client.get(f"/a/{services.signer.sign(SPOT, erratum_id)}").status_code == 404


def test_a_site_switched_off_shows_no_spots(
    client: FlaskClient, services: Services, erratum_id: int
) -> None:
    change_site(services, is_on=False)
    answer = client.get(f"{PATH}/{services.signer.sign(SPOT, erratum_id)}")
    assert answer.status_code == 410
    assert answer.mimetype == "application/problem+json"


def test_cors_is_open_for_reading_a_spot_alone(client: FlaskClient) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "GET"}
    preflight = client.options(f"{PATH}/x", headers=asked)
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET"
    for path in (PATH, f"{PATH}/", f"{PATH}/x/y", f"/x{PATH}/x"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers=ORIGIN).headers, path
    assert client.post(f"{PATH}/x").status_code == 405


def test_the_link_names_the_spot_for_the_widget_and_for_the_browser(
    services: Services, erratum_id: int
) -> None:
    token = services.signer.sign(SPOT, erratum_id)
    with services.database.reading() as session:
        erratum = session.get(Erratum, erratum_id)
        assert erratum is not None
        link = spot_link(erratum, "https://news.example/ferry#comments", services.signer)
    assert link.startswith(f"https://news.example/ferry#copydesk={token}:~:text=")
    assert link.endswith("harbour%20master-,recieved,-a%20letter%20on")
    assert len(token) <= 36
