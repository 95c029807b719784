"""Reading pages again: one request for all errata of a page, and by what schedule."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import make_report
from tests.reading_fixtures import (
    MENDED,
    SENTENCE,
    Press,
    Reading,
    article,
    made_press,
)
from tests.rereading import (
    OTHER,
    OTHER_MENDED,
    add_other,
    both,
    claim,
    due_of,
    requests,
    states,
    work_in,
)

from copydesk.errata.schedule import SCHEDULE
from copydesk.errata.triage import decline, reopen, withdraw_claim
from copydesk.outbox import Job, enqueue
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    Correction,
    Erratum,
    Evidence,
    HistoryEntry,
    JobState,
    Proof,
    Report,
    State,
)

press = made_press


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def test_one_request_proves_all_that_were_reported(reading: Reading) -> None:
    reading.print_(both())
    other = add_other(reading)
    third = add_other(reading, quote="nobody wrote this", prefix="", suffix="", suggestion="")
    reading.work()
    assert requests(reading) == 1
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.FOUND
        assert session.get_one(Erratum, other).proof is Proof.FOUND
        assert session.get_one(Erratum, other).before == OTHER
        assert session.get_one(Erratum, third).proof is Proof.NOT_FOUND
    told = [job.payload["erratum_id"] for job in reading.jobs("notify")]
    assert sorted(told) == [reading.erratum_id, other]
    assert reading.jobs("read_article", JobState.PENDING) == []


def test_one_request_serves_all_errata_of_a_page(reading: Reading) -> None:
    reading.print_(both())
    reading.work()
    reading.clock.forward(minutes=4)
    other = add_other(reading)
    assert work_in(reading, minutes=0) == 1
    assert (due_of(reading), due_of(reading, other)) == (
        timedelta(minutes=6),
        timedelta(minutes=10),
    )
    # The first one's turn serves the second one too, which would have come four minutes later.
    assert work_in(reading, minutes=6) == 1
    assert due_of(reading) == due_of(reading, other) == SCHEDULE[1]
    assert work_in(reading, minutes=5) == 0
    assert work_in(reading, hours=1) == 1
    assert len(reading.jobs("recheck", JobState.PENDING)) == 1


def test_the_schedule_from_the_first_wait_to_the_last(reading: Reading) -> None:
    reading.print_(both())
    reading.work()
    begun, waits = reading.clock(), []
    while (due := due_of(reading)) is not None:
        assert work_in(reading, hours=due / timedelta(hours=1)) == 1
        waits.append(due)
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    assert waits[:6] == [10 * minute, hour, 6 * hour, day, 3 * day, 7 * day]
    assert set(waits[6:]) == {7 * day}
    assert timedelta(days=53) < reading.clock() - begun <= timedelta(days=60)
    assert reading.jobs("recheck", JobState.PENDING) == []


def test_a_reading_long_before_its_turn_takes_no_turn(reading: Reading) -> None:
    reading.print_(both())
    reading.work()
    work_in(reading, minutes=10)
    work_in(reading, hours=1)
    other = add_other(reading)
    work_in(reading, minutes=0)
    assert due_of(reading) == SCHEDULE[2]
    assert work_in(reading, minutes=10) == 1
    assert due_of(reading) == SCHEDULE[2] - timedelta(minutes=10)
    assert due_of(reading, other) == SCHEDULE[1]


def test_each_erratum_of_a_page_gets_its_own_answer(reading: Reading) -> None:
    reading.print_(both())
    other = add_other(reading)
    reading.work()
    reading.print_(both(first=MENDED))
    claim(reading)
    claim(reading, other)
    assert work_in(reading, minutes=1) == 1
    assert states(reading, reading.erratum_id, other) == [State.CORRECTED, State.OPEN]
    with reading.db.reading() as session:
        assert session.get_one(Erratum, other).correction_claimed_at is None
    assert reading.history().count("still_there") == 1


def test_a_claim_after_the_request_waits_for_a_newer_one(reading: Reading) -> None:
    reading.work()

    def claims_meanwhile(connection: socket.socket, request: bytes) -> None:
        del request
        reading.clock.forward(seconds=1)
        claim(reading)
        reading.print_(article(MENDED))
        connection.sendall(article())

    reading.press.script = claims_meanwhile
    assert work_in(reading, minutes=10) == 2
    assert states(reading, reading.erratum_id) == [State.CORRECTED]
    assert "still_there" not in reading.history()


def test_a_withdrawn_claim_leaves_the_schedule(reading: Reading) -> None:
    reading.work()
    claim(reading)
    with reading.db.transaction() as session:
        withdraw_claim(session, reading.erratum(session), who="Ada Byrne", now=reading.clock())
    assert work_in(reading, minutes=0) == 0
    assert due_of(reading) == SCHEDULE[0]


def test_a_clock_that_is_behind_loses_no_reading(reading: Reading) -> None:
    """The job was claimed by another clock than the one its handler reads."""
    reading.work()
    (row,) = reading.jobs("recheck")
    reading.clock.forward(minutes=10, seconds=-1)
    job = Job(
        id=row.id,
        kind=row.kind,
        unique_key=row.unique_key,
        payload=row.payload,
        created_at=row.created_at,
        attempts=0,
        failures=0,
        lease_token="",
        lease_until=row.due_at + timedelta(minutes=2),
    )
    finish = reading.worker._handlers["recheck"](job)
    reading.db.write(finish)
    assert requests(reading) == 2
    with reading.db.reading() as session:
        assert reading.erratum(session).recheck_due_at == row.due_at + SCHEDULE[1]


def test_what_was_declined_is_not_read_and_what_is_opened_again_is(reading: Reading) -> None:
    reading.work()
    with reading.db.transaction() as session:
        erratum = reading.erratum(session)
        decline(session, erratum, who="Ed", reason="It is right.", now=reading.clock())
    assert work_in(reading, hours=2) == 0
    with reading.db.transaction() as session:
        reopen(session, reading.erratum(session), who="Ed", now=reading.clock())
    assert work_in(reading, minutes=10) == 1


def test_work_that_an_older_release_owed_is_done(reading: Reading) -> None:
    """Its jobs named one erratum each, and no erratum had a due time."""
    reading.print_(both())
    other = add_other(reading)
    reading.work()
    for job in reading.jobs("recheck", JobState.PENDING):
        with reading.db.transaction() as session:
            session.delete(session.merge(job))
    with reading.db.transaction() as session:
        for number, one in enumerate((reading.erratum_id, other)):
            session.get_one(Erratum, one).recheck_due_at = None
            due = reading.clock() + timedelta(minutes=10 + number)
            payload = {"erratum_id": one, "claimed": False}
            enqueue(session, "recheck", f"recheck:{one}:1", payload, now=due, due_at=due)
        enqueue(session, "recheck", "recheck:gone", {"erratum_id": 999, "claimed": True}, now=due)
    assert work_in(reading, minutes=10) == 1
    assert due_of(reading) == SCHEDULE[1]
    work_in(reading, minutes=1)
    assert due_of(reading, other) == SCHEDULE[1]
    reading.print_(both(first=MENDED, second=OTHER_MENDED))
    work_in(reading, hours=1)
    assert work_in(reading, minutes=7) == 1
    assert states(reading, reading.erratum_id, other) == [State.CORRECTED] * 2


def test_an_older_release_s_claim_is_answered(reading: Reading) -> None:
    reading.work()
    with reading.db.transaction() as session:
        erratum = reading.erratum(session)
        erratum.correction_claimed_at = reading.clock()
        erratum.correction_claimed_by = "Ada Byrne"
        erratum.recheck_due_at = None
        payload = {"erratum_id": erratum.id, "claimed": True}
        enqueue(session, "recheck", "recheck:1:claim:1", payload, now=reading.clock())
    reading.print_(article(MENDED))
    reading.work()
    assert states(reading, reading.erratum_id) == [State.CORRECTED]


def test_corrections_are_kept_as_facts(reading: Reading) -> None:
    reading.work()
    reading.print_(article(MENDED))
    claim(reading)
    work_in(reading, minutes=90)
    reading.print_(article())
    work_in(reading, minutes=10)
    assert states(reading, reading.erratum_id) == [State.OPEN]
    reading.print_(article("Nothing was received."))
    claim(reading)
    work_in(reading, minutes=20)
    with reading.db.reading() as session:
        rows = session.scalars(select(Correction).order_by(Correction.id)).all()
        first = rows[0]
        assert (first.evidence, first.took_seconds) == (Evidence.CLAIM, 90 * 60)
        assert (first.before, first.after) == (SENTENCE, MENDED)
        assert first.reported_at == reading.erratum(session).first_seen_at
        assert first.undone_at == first.corrected_at + timedelta(minutes=10)


def test_a_fact_outlives_what_readers_wrote(reading: Reading) -> None:
    reading.work()
    reading.print_(article(MENDED))
    claim(reading)
    reading.work()
    with reading.db.transaction() as session:
        for table in (HistoryEntry, Report):
            session.execute(delete(table).where(table.erratum_id == reading.erratum_id))
        session.execute(delete(Erratum).where(Erratum.id == reading.erratum_id))
    with reading.db.reading() as session:
        fact = session.scalars(select(Correction)).one()
        assert (fact.erratum_id, fact.after) == (None, MENDED)


def test_words_that_were_never_found_are_not_watched(reading: Reading) -> None:
    reading.print_(article("Nothing of the kind was ever printed here, in any form at all."))
    reading.work()
    claim(reading)
    with reading.db.transaction() as session:
        withdraw_claim(session, reading.erratum(session), who="Ada Byrne", now=reading.clock())
    assert due_of(reading) is None
    assert work_in(reading, days=1) == 0


def test_pages_of_one_article_are_read_one_by_one(reading: Reading) -> None:
    pages = {b"GET /letters ": both(), b"GET /letters?page=2 ": both()}

    def by_path(connection: socket.socket, request: bytes) -> None:
        connection.sendall(pages[request.partition(b"HTTP")[0]])

    reading.press.script = by_path
    other = add_other(reading)

    def move(session: Session) -> None:
        about = session.scalars(select(Article)).one()
        report = session.get_one(Erratum, other).reports[0]
        report.url = f"{about.canonical_url}?page=2"
        make_report(session, session.get_one(Erratum, other), reading.clock())

    reading.db.write(move)
    reading.work()
    assert requests(reading) == 2
    assert work_in(reading, minutes=10) == 2
    assert due_of(reading) == due_of(reading, other) == SCHEDULE[1]
    asked = [request.split(b" ")[1] for request in reading.server.requests]
    assert sorted(asked) == [b"/letters", b"/letters", b"/letters?page=2", b"/letters?page=2"]
