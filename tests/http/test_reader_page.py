import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.factories import make_article, make_erratum, make_report, make_site

from copydesk.errata.corrected import close_as_corrected
from copydesk.services import Services
from copydesk.store.tables import Evidence, State

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>{{7*7}}'


def page(client: FlaskClient, services: Services, language: str = "en", **changes: Any) -> str:
    with services.database.transaction() as session:
        article = make_article(session, make_site(session, services.clock()), services.clock())
        erratum = make_erratum(
            session, article, services.clock(), report={"language": language}, **changes
        )
        token = erratum.reports[0].token
    answer = client.get(f"/r/{token}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": State.OPEN}, "Your report has arrived"),
        ({"state": State.SPAM}, "Your report has arrived"),
        ({"state": State.CONFIRMED}, "The desk agrees"),
        ({"state": State.DECLINED, "declined_reason": "House style."}, "House style."),
        ({"state": State.CORRECTED, "after": "The master received a letter."}, "received a letter"),
    ],
)
def test_the_page_tells_what_became_of_it(
    client: FlaskClient, services: Services, changes: dict[str, Any], words: str
) -> None:
    shown = page(client, services, **changes)
    assert words in shown
    assert "<del>recieved</del><ins>received</ins>" in shown


@pytest.mark.parametrize(
    ("evidence", "is_told"), [(Evidence.PAGE, True), (Evidence.CLAIM, True), (Evidence.WORD, False)]
)
def test_a_sentence_counts_as_gone_only_if_the_page_showed_it(
    client: FlaskClient, services: Services, evidence: Evidence, is_told: bool
) -> None:
    with services.database.transaction() as session:
        article = make_article(session, make_site(session, services.clock()), services.clock())
        erratum = make_erratum(session, article, services.clock())
        close_as_corrected(
            session, erratum, who="Ada", now=services.clock(), evidence=evidence, note=""
        )
        token = erratum.reports[0].token
    shown = client.get(f"/r/{token}").get_data(as_text=True)
    assert "Corrected. Thank you!" in shown
    assert ("no longer on the page" in shown) is is_told


def test_the_page_speaks_the_reader_s_language(client: FlaskClient, services: Services) -> None:
    assert '<html lang="ru">' in page(client, services, language="ru-RU")


def test_the_page_shows_no_other_reader_and_no_address(
    client: FlaskClient, services: Services
) -> None:
    with services.database.transaction() as session:
        article = make_article(session, make_site(session, services.clock()), services.clock())
        erratum = make_erratum(session, article, services.clock(), report_count=2)
        make_report(
            session, erratum, services.clock(), comment="a secret remark",
            reader_email="rita@reader.example",
        )  # fmt: skip
        token = erratum.reports[0].token
    shown = client.get(f"/r/{token}").get_data(as_text=True)
    assert "secret remark" not in shown
    assert "@" not in re.sub(r"<[^>]*>", "", shown)
    assert "2 readers" in shown


def test_hostile_words_stay_words(client: FlaskClient, services: Services) -> None:
    shown = page(
        client,
        services,
        quote=HOSTILE,
        prefix=HOSTILE,
        suffix=HOSTILE,
        suggestion=HOSTILE + "!",
        before=HOSTILE,
        after=HOSTILE,
        state=State.CORRECTED,
    )
    assert "<img" not in shown
    assert "<script" not in shown
    assert "49" not in shown


@pytest.mark.parametrize("token", ["nothing", "x" * 500, "%00", "..%2f..%2fetc"])
def test_an_unknown_token_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.get(f"/r/{token}").status_code == 404
