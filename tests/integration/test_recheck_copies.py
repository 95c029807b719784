"""A page that has not changed, or is somewhere else: when a known copy is as good, and when not."""

import socket

import pytest
from tests.conftest import MovableClock
from tests.reading_fixtures import (
    MENDED,
    Press,
    Reading,
    article,
    made_press,
)
from tests.rereading import (
    UNMODIFIED,
    claim,
    conditions,
    due_of,
    states,
    tagged,
    work_in,
)

from copydesk.articles.wanted import TRUST_COPY
from copydesk.errata.schedule import SCHEDULE
from copydesk.store.database import Database
from copydesk.store.tables import (
    Proof,
    State,
    VerdictKind,
)

press = made_press


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def test_an_unmodified_page_is_as_before(reading: Reading) -> None:
    reading.print_(tagged(article()))
    reading.work()
    reading.print_(UNMODIFIED)
    work_in(reading, minutes=10)
    work_in(reading, hours=1)
    assert conditions(reading) == [False, True, True]
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.state is State.OPEN
        assert erratum.checked_at == erratum.article.last_read_at == reading.clock()
        assert erratum.article.last_read_problem == ""
    assert due_of(reading) == SCHEDULE[2]


def test_not_modified_is_not_taken_for_an_answer_where_it_matters(reading: Reading) -> None:
    """A second look and a claim want the page itself; so does a copy that has grown old."""
    reading.print_(tagged(article()))
    reading.work()
    reading.print_(tagged(article(MENDED), b'"v2"'))
    work_in(reading, minutes=10)
    assert conditions(reading) == [False, True]
    work_in(reading, minutes=6)
    assert conditions(reading)[2:] == [False]
    assert states(reading, reading.erratum_id) == [State.CORRECTED]
    work_in(reading, minutes=10)
    assert conditions(reading)[3:] == [True]


def test_a_claim_reads_the_page_in_full(reading: Reading) -> None:
    reading.print_(tagged(article()))
    reading.work()
    claim(reading)
    reading.work()
    assert conditions(reading) == [False, False]


def test_a_server_that_never_admits_a_change_is_read_in_full_after_a_day(reading: Reading) -> None:
    reading.print_(tagged(article()))
    reading.work()

    def stubborn(connection: socket.socket, request: bytes) -> None:
        mended = tagged(article(MENDED))
        connection.sendall(UNMODIFIED if b"If-None-Match" in request else mended)

    reading.press.script = stubborn
    begin = reading.clock()
    while states(reading, reading.erratum_id) == [State.OPEN]:
        work_in(reading, minutes=5)
        assert reading.clock() - begin < 4 * TRUST_COPY
    assert not conditions(reading)[-1]


def test_a_page_that_failed_in_between_comes_in_full(reading: Reading) -> None:
    reading.print_(tagged(article()))
    reading.work()
    reading.print_(article().replace(b"200 OK", b"404 Gone"))
    work_in(reading, minutes=10)
    reading.print_(tagged(article()))
    work_in(reading, hours=1)
    assert conditions(reading) == [False, True, False]


def test_an_unmodified_page_behind_another_redirect_is_read_again(reading: Reading) -> None:
    def moved_and_known(connection: socket.socket, request: bytes) -> None:
        if b"GET /letters" in request:
            connection.sendall(
                b"HTTP/1.1 302 Found\r\nLocation: /archive\r\nContent-Length: 0\r\n\r\n"
            )
        else:
            connection.sendall(UNMODIFIED if b"If-None-Match" in request else article(MENDED))

    reading.print_(tagged(article()))
    reading.work()
    reading.press.script = moved_and_known
    work_in(reading, minutes=10)
    with reading.db.reading() as session:
        assert reading.erratum(session).verdict is VerdictKind.CHANGED


@pytest.mark.parametrize("target", ["/", "/another"])
def test_a_redirect_away_from_the_article_closes_nothing(reading: Reading, target: str) -> None:
    def astray(connection: socket.socket, request: bytes) -> None:
        if b"GET /letters" in request:
            head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
            connection.sendall(head + target.encode() + b"\r\n\r\n")
        else:
            connection.sendall(article(MENDED).replace(b"<h1>Letters", b"<h1>Telegrams"))

    reading.work()
    reading.press.script = astray
    for hours in (0.2, 1, 6, 30, 80):
        work_in(reading, hours=hours)
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert (erratum.state, erratum.verdict) == (State.OPEN, VerdictKind.UNSURE)
        assert "leads to" in erratum.verdict_note
        assert erratum.article.title == "Letters"


def test_a_redirect_to_an_endless_address_is_no_crash(reading: Reading) -> None:
    """Within the limit as it was sent, beyond it once it is escaped."""

    def endless(connection: socket.socket, request: bytes) -> None:
        if b"GET /letters" in request:
            head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /"
            connection.sendall(head + "ы".encode() * 900 + b"\r\n\r\n")
        else:
            connection.sendall(article())

    reading.press.script = endless
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.UNREADABLE
        assert "characters" in reading.erratum(session).proof_note
