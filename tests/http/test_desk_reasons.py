"""Why a page was not believed, and what the service did, in the words of the editor's language."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.desk_fixtures import add_editor, enter
from tests.factories import make_article, make_erratum, make_site
from tests.locate_vectors import vectors

from copydesk.articles import problems
from copydesk.articles.locate import locate_in_text
from copydesk.articles.page_kind import REASONS
from copydesk.desk.shown import explained
from copydesk.errata.closing import Reading, apply_reading
from copydesk.errata.corrected import close_as_corrected
from copydesk.errata.history import SERVICE, record
from copydesk.services import Services
from copydesk.store.tables import Evidence, Proof, Role, VerdictKind
from copydesk.urls import request_url

ENGLISH = re.compile("[a-z]{3,}")
SPELT_BADLY = (
    "ftp://news.example/",
    "https://me@news.example/",
    "https://news.example:0/",
    "https://[fe80::1%25eth0]/",
    "https://a b.example/",
    "https://-/",
    "https://1.2.3.4.5/",
    "https://news.example/a\\b",
    "https://news.example/" + "a" * 3000,
)


def in_russian(reason: str) -> str:
    with Flask("desk").test_request_context(headers={"Accept-Language": "ru"}):
        return explained(reason)


def in_english(reason: str) -> str:
    with Flask("desk").test_request_context(headers={"Accept-Language": "en"}):
        return explained(reason)


def reasons_of_problems() -> list[str]:
    named = [value for name, value in vars(problems).items() if name.isupper()]
    texts = [value for value in named if isinstance(value, str)] + list(problems.OF_ADDRESSES)
    return [text.replace("%(number)s", "503") for text in texts]


def reasons_of_addresses() -> list[str]:
    said = []
    for url in SPELT_BADLY:
        with pytest.raises(ValueError, match=r"^.") as error:
            request_url(url)
        said.append(str(error.value))
    return said


def test_every_reason_is_told_in_both_languages() -> None:
    unsure = {
        verdict.reason
        for verdict in (locate_in_text(one.text, one.quote) for one in vectors())
        if verdict.kind == "unsure"
    }
    assert len(unsure) >= 6
    reasons = [*unsure, *reasons_of_problems(), *reasons_of_addresses(), *REASONS.values()]
    for reason in reasons:
        assert in_english(reason) == reason
        russian = in_russian(reason)
        assert not ENGLISH.search(russian.replace("https", "").replace("http", "")), reason
        assert re.findall(r"\d+", russian) == re.findall(r"\d+", reason)


def test_a_technical_name_stays_behind_its_words() -> None:
    assert in_russian("the page was not read: ReadTimeout") == (
        "страница не прочитана: ReadTimeout"
    )
    assert in_russian("an older release said 5 odd words") == ("an older release said 5 odd words")
    assert in_russian("") == ""


def test_the_history_of_a_page_that_was_hard_to_read(
    client: FlaskClient, services: Services
) -> None:
    enter(client, services, add_editor(services, Role.ADMIN))
    now = services.clock()
    with services.database.transaction() as session:
        article = make_article(session, make_site(session, now), now)
        erratum = make_erratum(session, article, now, proof=Proof.UNREADABLE)
        erratum.proof_note = "the server answered 503"
        record(session, erratum, who=SERVICE, what="unreadable", now=now, note=erratum.proof_note)
        record(session, erratum, who=SERVICE, what="not_found", now=now, note="the quote is empty")
        note = "the page could not be checked"
        word = Evidence.WORD
        close_as_corrected(session, erratum, who="Ada", now=now, evidence=word, note=note)
        apply_reading(session, erratum, Reading(VerdictKind.THERE), now=now)
        # The page's own words are no words of ours, whatever they say.
        record(session, erratum, who=SERVICE, what="seems_corrected", now=now, note="the desk")
        public_id = erratum.public_id
    page = client.get(f"/desk/errata/{public_id}", headers={"Accept-Language": "ru"}).text
    history = page[page.index('id="history"') :]
    for words in (
        "не может прочитать страницу",
        "сервер ответил: 503",
        "ищет эти слова на странице и не находит",
        "цитата пуста",
        "страницу не удалось проверить",
        "снова на странице",
        ">the desk<",
    ):
        assert words in history, words
    assert "сервер ответил: 503" in page[: page.index('id="history"')] + history
