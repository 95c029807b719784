"""Hosts that are busy, and what becomes meanwhile of those who wait for an answer."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from tests.conftest import MovableClock
from tests.reading_fixtures import (
    MENDED,
    Press,
    Reading,
    article,
    made_press,
)
from tests.rereading import (
    add_other,
    claim,
    requests,
    states,
    work_in,
)

from copydesk.articles.turns import Hurry, Turns
from copydesk.outbox.claims import claim as claim_jobs
from copydesk.outbox.claims import settle_put_back
from copydesk.store.database import Database
from copydesk.store.tables import (
    Correction,
    Erratum,
    Evidence,
    JobState,
    Proof,
    ReadHost,
    State,
    VerdictKind,
)

press = made_press


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def test_a_busy_host_is_left_alone_as_long_as_it_asks(reading: Reading) -> None:
    reading.work()
    busy = article().replace(b"200 OK", b"429 Too Many Requests\r\nRetry-After: 7200")
    reading.print_(busy)
    assert work_in(reading, minutes=10) == 1
    with reading.db.reading() as session:
        assert reading.erratum(session).verdict is VerdictKind.UNSURE
        assert "429" in reading.erratum(session).article.last_read_problem
    reading.print_(article(MENDED))
    assert work_in(reading, minutes=119) == 0
    assert work_in(reading, minutes=2) == 1
    work_in(reading, minutes=6)
    assert states(reading, reading.erratum_id) == [State.CORRECTED]


def test_a_host_that_says_no_time_rests_twice_as_long_each_time(
    db: Database, clock: MovableClock, reading: Reading
) -> None:
    reading.work()
    reading.print_(article().replace(b"200 OK", b"503 Busy"))
    pauses = []
    for _ in range(4):
        clock.forward(days=7)
        reading.work()
        with db.reading() as session:
            host = session.get_one(ReadHost, reading.server.host)
            pauses.append((host.free_at - clock()) // timedelta(minutes=1))
    assert pauses == [1, 2, 4, 8]
    reading.print_(article())
    clock.forward(days=7)
    reading.work()
    with db.reading() as session:
        assert session.get_one(ReadHost, reading.server.host).refusals == 0


def test_a_claim_about_a_resting_host_is_answered_in_time(reading: Reading) -> None:
    reading.work()
    reading.print_(article().replace(b"200 OK", b"503 Busy\r\nRetry-After: 86400"))
    work_in(reading, minutes=10)
    asked = requests(reading)
    claim(reading)
    for minutes in (0, 1, 3, 11):
        work_in(reading, minutes=minutes)
    assert requests(reading) == asked
    assert states(reading, reading.erratum_id) == [State.CORRECTED]
    with reading.db.reading() as session:
        assert session.scalars(select(Correction.evidence)).one() is Evidence.WORD


def test_a_report_about_a_resting_host_reaches_the_desk(reading: Reading) -> None:
    reading.print_(article().replace(b"200 OK", b"503 Busy\r\nRetry-After: 86400"))
    for minutes in (0, 1, 4, 16):
        work_in(reading, minutes=minutes)
    assert requests(reading) == 1
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.UNREADABLE
        assert "503" in reading.erratum(session).proof_note
    assert len(reading.jobs("notify")) == 1


def test_of_a_page_whose_host_rests_nothing_is_looked_at(reading: Reading) -> None:
    reading.print_(article().replace(b"200 OK", b"503 Busy\r\nRetry-After: 86400"))
    reading.work()
    other = add_other(reading, prefix="Another one saw ")
    statements: list[str] = []
    event.listen(
        reading.db.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2])
    )
    reading.work()
    assert requests(reading) == 1
    (job,) = [one for one in reading.jobs("read_article") if one.payload["erratum_id"] == other]
    assert (job.state, job.failures, "503" in job.last_error) == (JobState.PENDING, 1, True)
    # The words of an erratum are loaded to be looked for.
    assert not [one for one in statements if "erratum.quote" in one]


def test_a_host_that_somebody_else_reads_is_not_asked(
    db: Database, clock: MovableClock, reading: Reading
) -> None:
    elsewhere = Turns(db, clock, gap=timedelta(0), lease=timedelta(minutes=2))
    turn = elsewhere.take(reading.server.url(), Hurry.REPORT)
    reading.work()
    assert requests(reading) == 0
    (job,) = reading.jobs("read_article")
    assert (job.state, job.attempts, job.failures, job.last_error) == (JobState.PENDING, 0, 0, "")
    with db.transaction() as session:
        elsewhere.give_back(session, turn)
    assert work_in(reading, seconds=5) == 1


def test_a_page_with_many_reports_stands_in_line_once(
    reading: Reading, clock: MovableClock
) -> None:
    turns = Turns(reading.db, clock, gap=timedelta(0), lease=timedelta(minutes=2))
    busy = turns.take(reading.server.url(), Hurry.REPORT)
    for number in range(6):
        add_other(reading, prefix=f"Number {number} saw ")
    elsewhere = add_other(reading, path="/other")
    reading.work()
    assert {read.state for read in reading.jobs("read_article")} == {JobState.PENDING}
    reading.db.write(lambda session: turns.give_back(session, busy))
    # The page, those who waited behind it, the other page: at most a second apart.
    assert work_in(reading, seconds=1) + work_in(reading, seconds=1) == 2
    with reading.db.reading() as session:
        erratum = session.get_one(Erratum, elsewhere)
        assert erratum.proof is not Proof.PENDING
    work_in(reading, seconds=2)
    assert {read.state for read in reading.jobs("read_article")} == {JobState.DONE}


def test_who_waits_for_the_reading_of_a_neighbour_looks_ever_more_seldom(
    reading: Reading,
) -> None:
    """Hundreds of reports of a page that hangs would else be taken up each second, all of them."""
    add_other(reading)
    with reading.db.transaction() as session:
        (first,) = claim_jobs(
            session, now=reading.clock(), lease=timedelta(minutes=2), kinds=["read_article"]
        )
    looks = 0
    for _ in range(60):
        looks += reading.worker.drain()
        reading.clock.forward(seconds=1)
    assert 5 < looks < 20
    assert requests(reading) == 0
    with reading.db.transaction() as session:
        settle_put_back(session, first, due_at=reading.clock())
    reading.clock.forward(seconds=20)
    reading.work()
    assert requests(reading) == 1
    assert len(reading.jobs("read_article", JobState.DONE)) == 2
