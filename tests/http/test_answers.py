"""The links in a mail: a GET shows, a POST does, once."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.conftest import MovableClock
from tests.factories import make_article, make_author, make_desk, make_erratum, make_site

from copydesk.errata.triage import decline, merge
from copydesk.notify.links import ANSWER
from copydesk.notify.plan import make_notifier, plan
from copydesk.outbox.worker import Worker
from copydesk.services import Services
from copydesk.store.tables import (
    Author,
    Desk,
    Erratum,
    HistoryEntry,
    Message,
    MessageState,
    OutboxJob,
    Purpose,
    State,
)


@dataclass
class Mailed:
    """An erratum of which Ada was told."""

    services: Services
    erratum_id: int
    message_id: int
    author_id: int
    desk_id: int

    @property
    def path(self) -> str:
        return f"/a/{self.services.signer.sign(ANSWER, self.message_id)}"

    def erratum(self) -> Erratum:
        with self.services.database.reading() as session:
            return session.get_one(Erratum, self.erratum_id)

    def said(self) -> list[tuple[str, str]]:
        with self.services.database.reading() as session:
            rows = session.scalars(
                select(HistoryEntry)
                .where(HistoryEntry.erratum_id == self.erratum_id)
                .order_by(HistoryEntry.id)
            )
            return [(row.who, row.what) for row in rows if row.what != "notified"]

    def jobs(self, kind: str) -> int:
        with self.services.database.reading() as session:
            count = select(func.count()).where(OutboxJob.kind == kind)
            return session.scalar(count) or 0


@pytest.fixture
def mailed(services: Services, clock: MovableClock) -> Mailed:
    with services.database.transaction() as session:
        site = make_site(session, clock())
        author = make_author(session, site)
        desk = make_desk(session, site)
        article = make_article(session, site, clock())
        erratum = make_erratum(session, article, clock())
        plan(session, erratum, settings=services.settings, now=clock())
        message = session.scalars(select(Message)).one()
        return Mailed(services, erratum.id, message.id, author.id, desk.id)


def press(client: FlaskClient, mailed: Mailed, do: str, **form: str) -> str:
    """Press a button and follow to the page that says what happened."""
    answer = client.post(mailed.path, data={"do": do, **form})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    return page.get_data(as_text=True)


@pytest.mark.parametrize("do", ["", "corrected", "declined", "notmine", "unsubscribe", "nonsense"])
def test_looking_changes_nothing(client: FlaskClient, mailed: Mailed, do: str) -> None:
    before = mailed.said(), mailed.jobs("recheck"), mailed.jobs("notify")
    for method in ("GET", "HEAD"):
        answer = client.open(f"{mailed.path}?do={do}", method=method)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
    assert (mailed.said(), mailed.jobs("recheck"), mailed.jobs("notify")) == before
    assert mailed.erratum().state is State.OPEN


def test_the_page_shows_the_sentence_and_what_would_happen(
    client: FlaskClient, mailed: Mailed
) -> None:
    page = client.get(f"{mailed.path}?do=declined").get_data(as_text=True)
    assert re.search(r"The harbour master <del>recieved</del>\s*<ins>received</ins> a letter", page)
    assert "Is it not an error?" in page
    assert "<textarea" in page
    assert page.count("button-primary") == 1
    assert page.index("It is not an error</button>") < page.index("I have corrected it")


def test_corrected_has_the_page_read_at_once(client: FlaskClient, mailed: Mailed) -> None:
    page = press(client, mailed, "corrected")
    assert "Thank you! The page is being read again." in page
    assert mailed.erratum().correction_claimed_by == "Ada Byrne"
    assert mailed.erratum().state is State.OPEN, "the page decides, not the word"
    assert mailed.jobs("recheck") == 1
    assert "Thank you!" in press(client, mailed, "corrected"), "a second press is friendly"
    assert mailed.said() == [("Ada Byrne", "claimed")]
    assert mailed.jobs("recheck") == 1


def test_not_an_error_needs_no_reason_but_takes_one(client: FlaskClient, mailed: Mailed) -> None:
    page = press(client, mailed, "declined", reason="It is a <b>name</b>.")
    assert "It is closed as not an error." in page
    assert "It is a &lt;b&gt;name&lt;/b&gt;." in page
    assert mailed.erratum().state is State.DECLINED
    assert mailed.erratum().declined_reason == "It is a <b>name</b>."
    press(client, mailed, "declined", reason="again")
    assert mailed.erratum().declined_reason == "It is a <b>name</b>."
    assert len(mailed.said()) == 1


def test_not_an_error_without_a_reason_tells_readers_something(
    client: FlaskClient, mailed: Mailed
) -> None:
    press(client, mailed, "declined")
    assert "right as it is" in mailed.erratum().declined_reason


def test_not_mine_goes_to_the_desk(
    client: FlaskClient, mailed: Mailed, clock: MovableClock
) -> None:
    page = press(client, mailed, "notmine")
    assert "The desk takes it from here." in page
    press(client, mailed, "notmine")
    assert mailed.said() == [("Ada Byrne", "not_mine")]
    services = mailed.services
    worker = Worker(
        services.database,
        {"notify": make_notifier(services.database, services.settings, clock)},
        clock=clock,
        lease=timedelta(seconds=120),
    )
    assert worker.drain() == 1
    with services.database.reading() as session:
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        assert [message.recipient for message in messages] == [
            "ada@news.example",
            "desk@news.example",
        ]


@pytest.mark.parametrize("do", ["corrected", "declined"])
def test_an_answer_can_be_taken_back_for_ten_minutes(
    client: FlaskClient, mailed: Mailed, clock: MovableClock, do: str
) -> None:
    assert 'value="undo"' in press(client, mailed, do)
    clock.forward(minutes=9)
    page = press(client, mailed, "undo")
    assert 'value="undo"' not in page
    assert mailed.erratum().state is State.OPEN
    assert mailed.erratum().correction_claimed_at is None
    press(client, mailed, do)
    clock.forward(minutes=11)
    assert 'value="undo"' not in press(client, mailed, "undo")
    assert mailed.said()[-1][1] != "reopen"


def test_what_the_desk_did_is_not_the_authors_to_undo(
    client: FlaskClient, mailed: Mailed, clock: MovableClock
) -> None:
    with mailed.services.database.transaction() as session:
        erratum = session.get_one(Erratum, mailed.erratum_id)
        decline(session, erratum, who="Ed Doyle", reason="House style.", now=clock())
    page = press(client, mailed, "undo")
    assert mailed.erratum().state is State.DECLINED
    assert "House style." in page
    assert "It was closed as not an error" in press(client, mailed, "corrected")
    assert mailed.jobs("recheck") == 0


def test_one_click_unsubscribe_is_done_at_once(client: FlaskClient, mailed: Mailed) -> None:
    answer = client.post(f"{mailed.path}?do=unsubscribe", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    with mailed.services.database.reading() as session:
        assert not session.get_one(Author, mailed.author_id).is_notified
        message = session.get_one(Message, mailed.message_id)
        assert message.state is MessageState.NOT_NEEDED, "it had not left yet"
    assert mailed.jobs("notify") == 1, "the desk hears of it instead"
    again = client.post(mailed.path, data={"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert mailed.jobs("notify") == 1


def test_one_click_unsubscribe_works_with_a_multipart_body(
    client: FlaskClient, mailed: Mailed
) -> None:
    answer = client.post(
        mailed.path,
        data={"List-Unsubscribe": "One-Click"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    with mailed.services.database.reading() as session:
        assert not session.get_one(Author, mailed.author_id).is_notified


def test_unsubscribing_by_hand_and_coming_back(client: FlaskClient, mailed: Mailed) -> None:
    assert "Stop these mails?" in client.get(f"{mailed.path}?do=unsubscribe").get_data(as_text=True)
    assert "no more of these mails" in press(client, mailed, "unsubscribe")
    press(client, mailed, "subscribe")
    with mailed.services.database.reading() as session:
        assert session.get_one(Author, mailed.author_id).is_notified


def test_a_desk_can_sign_off_too(client: FlaskClient, mailed: Mailed) -> None:
    with mailed.services.database.transaction() as session:
        message = session.get_one(Message, mailed.message_id)
        message.author_id, message.desk_id = None, mailed.desk_id
        message.recipient_name = "News desk"
    press(client, mailed, "unsubscribe")
    with mailed.services.database.reading() as session:
        assert not session.get_one(Desk, mailed.desk_id).is_notified


def test_links_live_for_thirty_days(
    client: FlaskClient, mailed: Mailed, clock: MovableClock
) -> None:
    clock.forward(days=30)
    assert client.get(mailed.path).status_code == 200
    clock.forward(seconds=1)
    assert client.get(mailed.path).status_code == 404
    assert client.post(mailed.path, data={"do": "corrected"}).status_code == 404


def test_a_wrong_revoked_or_foreign_token_is_told_alike(
    client: FlaskClient, mailed: Mailed
) -> None:
    signer = mailed.services.signer
    wrong = [
        "/a/x",
        mailed.path + "x",
        mailed.path.upper(),
        f"/a/{signer.sign('unsubscribe', mailed.message_id)}",
        f"/a/{signer.sign(ANSWER, 999_999)}",
        f"/a/{signer.sign(ANSWER, 2**80)}",
    ]
    for path in wrong:
        assert client.get(path).status_code == 404, path
    with mailed.services.database.transaction() as session:
        session.get_one(Message, mailed.message_id).is_revoked = True
    assert client.get(mailed.path).status_code == 404


def test_thanks_open_no_answer_page(client: FlaskClient, mailed: Mailed) -> None:
    with mailed.services.database.transaction() as session:
        session.get_one(Message, mailed.message_id).purpose = Purpose.THANKS
    assert client.post(mailed.path, data={"do": "declined"}).status_code == 404


@pytest.mark.parametrize("form", [{}, {"do": "drop"}, {"do": "spam"}])
def test_an_unknown_answer_is_refused(
    client: FlaskClient, mailed: Mailed, form: dict[str, str]
) -> None:
    assert client.post(mailed.path, data=form).status_code == 422
    assert mailed.said() == []


def test_a_reason_has_a_limit(client: FlaskClient, mailed: Mailed) -> None:
    answer = client.post(mailed.path, data={"do": "declined", "reason": "x" * 2001})
    assert answer.status_code == 422
    assert mailed.erratum().state is State.OPEN


def test_the_page_speaks_the_recipients_language(client: FlaskClient, mailed: Mailed) -> None:
    with mailed.services.database.transaction() as session:
        session.get_one(Message, mailed.message_id).language = "ru"
    page = client.get(mailed.path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="ru">' in page


def test_a_merged_erratum_answers_for_the_other(
    client: FlaskClient, mailed: Mailed, clock: MovableClock
) -> None:
    with mailed.services.database.transaction() as session:
        erratum = session.get_one(Erratum, mailed.erratum_id)
        other = make_erratum(session, erratum.article, clock(), quote="recieved a")
        merge(session, erratum, other, who="Ed", now=clock())
        other_id = other.id
    press(client, mailed, "corrected")
    with mailed.services.database.reading() as session:
        assert session.get_one(Erratum, other_id).correction_claimed_by == "Ada Byrne"
