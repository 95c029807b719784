"""From a report to a proved erratum: the service reads the page itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.conftest import MovableClock
from tests.page_server import OK, page, says, serving
from tests.reading_fixtures import MENDED, SENTENCE, Press, Reading, article, made_press

from copydesk.errata.triage import claim_corrected
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    JobState,
    Proof,
    State,
    VerdictKind,
)

press = made_press


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def test_a_quote_on_the_page_is_proved_and_told(reading: Reading) -> None:
    reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.proof is Proof.FOUND
        assert erratum.before == SENTENCE
        about = erratum.article
        assert (about.title, about.byline, about.byline_rule) == ("Letters", "Ada Byrne", "meta")
        assert about.language == "en"
        assert about.last_read_at == reading.clock()
        assert len(about.text_hash) == 64
    assert [job.unique_key for job in reading.jobs("notify")] == [
        f"notify:{reading.erratum_id}:{reading.report_id}"
    ]
    (recheck,) = reading.jobs("recheck")
    assert recheck.due_at == reading.clock() + timedelta(minutes=10)
    assert "proved" in reading.history()


def test_a_quote_that_is_not_there_is_told_to_nobody(reading: Reading) -> None:
    reading.print_(article("Nothing of the kind was ever printed here, in any form at all."))
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.NOT_FOUND
    assert reading.jobs("notify") == []
    assert reading.jobs("recheck") == []


@pytest.mark.parametrize("days_off", [0, 5], ids=["", "after the machine was off"])
def test_a_page_that_fails_for_a_while_is_tried_four_times_and_then_told(
    reading: Reading, days_off: int
) -> None:
    reading.clock.forward(days=days_off)
    reading.print_(article().replace(b"200 OK", b"503 Busy"))
    for waited in (0, 1, 4, 16):
        reading.clock.forward(minutes=waited)
        reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.proof is Proof.UNREADABLE
        assert "503" in erratum.proof_note
        assert "503" in erratum.article.last_read_problem
    assert len(reading.server.requests) == 4
    assert len(reading.jobs("notify")) == 1


def test_a_page_that_recovers_is_proved(reading: Reading) -> None:
    reading.print_(article().replace(b"200 OK", b"503 Busy"))
    reading.work()
    reading.print_(article())
    reading.clock.forward(minutes=2)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.FOUND
        assert reading.erratum(session).article.last_read_problem == ""


@pytest.mark.parametrize(
    "answer",
    [
        article().replace(b"200 OK", b"404 Gone"),
        OK.replace(b"text/html", b"image/png") + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n",
        page(b"<div>" * 100_000),
    ],
)
def test_a_page_that_will_never_be_read_is_told_at_once(reading: Reading, answer: bytes) -> None:
    reading.print_(answer)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.UNREADABLE
    assert len(reading.jobs("notify")) == 1


def test_a_redirect_to_another_site_is_not_the_sites_word(
    db: Database, clock: MovableClock, press: Press
) -> None:
    with serving(says(article())) as other:
        reading = Reading(db, clock, press, other.host)
        head = b"HTTP/1.1 302 Found\r\nLocation: " + other.url("/letters").encode()
        reading.print_(head + b"\r\nContent-Length: 0\r\n\r\n")
        reading.work()
    with db.reading() as session:
        assert reading.erratum(session).proof is Proof.UNREADABLE
        assert "another site" in reading.erratum(session).proof_note


def test_the_page_names_its_own_address(reading: Reading) -> None:
    reading.print_(article(head="<link rel=canonical href='/news/letters'>"))
    reading.work()
    with reading.db.reading() as session:
        about = session.scalars(select(Article)).one()
        assert about.canonical_url == reading.server.url("/news/letters")
        assert session.scalars(select(ArticleAlias.url)).all() == [reading.server.url("/letters")]


def _claim(reading: Reading) -> None:
    with reading.db.transaction() as session:
        claim_corrected(session, reading.erratum(session), who="Ada Byrne", now=reading.clock())


def test_corrected_is_believed_when_the_page_shows_it(reading: Reading) -> None:
    reading.work()
    reading.print_(article(MENDED))
    reading.clock.forward(minutes=1)
    _claim(reading)
    reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.state is State.CORRECTED
        assert (erratum.before, erratum.after) == (SENTENCE, MENDED)
        assert erratum.verdict is VerdictKind.CHANGED
    assert len(reading.jobs("thank")) == 1


def test_corrected_is_not_believed_while_the_error_stands(reading: Reading) -> None:
    reading.work()
    _claim(reading)
    reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.state is State.OPEN
        assert erratum.correction_claimed_at is None
    assert "still_there" in reading.history()
    assert reading.jobs("thank") == []


def test_a_word_put_in_beside_the_quote_counts_as_corrected(reading: Reading) -> None:
    with reading.db.transaction() as session:
        reading.erratum(session).suggestion = "recieved yesterday"
    reading.work()
    reading.print_(article(SENTENCE.replace("recieved", "recieved yesterday")))
    _claim(reading)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.CORRECTED


def test_an_error_page_never_closes_by_itself_but_a_person_does_in_the_end(
    reading: Reading,
) -> None:
    reading.work()
    reading.print_(article().replace(b"200 OK", b"503 Busy"))
    reading.clock.forward(minutes=11)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.OPEN
        assert reading.erratum(session).verdict is VerdictKind.UNSURE
    _claim(reading)
    for waited in (0, 1, 3, 11):
        reading.clock.forward(minutes=waited)
        reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.CORRECTED


def test_a_silent_correction_is_seen_twice_before_it_counts(reading: Reading) -> None:
    reading.work()
    reading.print_(article(MENDED))
    reading.clock.forward(minutes=11)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.OPEN
    assert "seems_corrected" in reading.history()
    reading.clock.forward(minutes=7)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.CORRECTED
    # And back again: an older version of the page was restored.
    reading.print_(article())
    reading.clock.forward(days=3)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.OPEN


def test_readings_become_rarer_and_end(reading: Reading) -> None:
    reading.work()
    for _ in range(200):
        pending = reading.jobs("recheck", JobState.PENDING)
        if not pending:
            break
        reading.clock.now = max(reading.clock.now, pending[0].due_at)
        reading.work()
    readings = len(reading.jobs("recheck"))
    assert 8 <= readings <= 16
    assert reading.jobs("recheck", JobState.PENDING) == []
