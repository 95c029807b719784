"""Reading pages again: one request for all errata of a page, politely, and by what schedule."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import make_erratum, make_report
from tests.page_server import page
from tests.reading_fixtures import (
    AROUND,
    MENDED,
    SENTENCE,
    Press,
    Reading,
    article,
    made_press,
)

from copydesk.articles.turns import Hurry, Turns
from copydesk.articles.wanted import TRUST_COPY
from copydesk.errata.schedule import SCHEDULE
from copydesk.errata.triage import claim_corrected, decline, reopen, withdraw_claim
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
    ReadHost,
    Report,
    State,
    VerdictKind,
)

press = made_press

OTHER = "The night watchman has seen nothing unusal at all."
OTHER_MENDED = "The night watchman has seen nothing unusual at all."


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def both(first: str = SENTENCE, second: str = OTHER, *, extra: bytes = b"") -> bytes:
    """Return a page with two sentences that may be wrong."""
    head = "<!doctype html><html lang=en><head><title>Letters</title></head><body><h1>Letters</h1>"
    text = f"{head}{AROUND}<p>{first}</p>{AROUND}<p>{second}</p></body></html>"
    return page(text.encode(), extra)


def add_other(reading: Reading, **changes: object) -> int:
    """Report the second error of the page as well, as not yet proved."""
    values: dict[str, object] = {
        "quote": "unusal",
        "prefix": "The night watchman has seen nothing ",
        "suffix": " at all.",
        "suggestion": "unusual",
        "proof": Proof.PENDING,
        "before": "",
    }
    with reading.db.transaction() as session:
        about = reading.erratum(session).article
        erratum = make_erratum(session, about, reading.clock(), **(values | changes))
        payload = {"erratum_id": erratum.id, "report_id": erratum.reports[0].id}
        key = f"read:{erratum.id}:{erratum.reports[0].id}"
        enqueue(session, "read_article", key, payload, now=reading.clock())
        return erratum.id


def requests(reading: Reading) -> int:
    return len(reading.server.requests)


def due_of(reading: Reading, erratum_id: int = 0) -> timedelta | None:
    """Return how long the erratum waits for its next reading."""
    with reading.db.reading() as session:
        due = session.get_one(Erratum, erratum_id or reading.erratum_id).recheck_due_at
        return due - reading.clock() if due else None


def states(reading: Reading, *ids: int) -> list[State]:
    with reading.db.reading() as session:
        return [session.get_one(Erratum, one).state for one in ids]


def claim(reading: Reading, erratum_id: int = 0) -> None:
    with reading.db.transaction() as session:
        erratum = session.get_one(Erratum, erratum_id or reading.erratum_id)
        claim_corrected(session, erratum, who="Ada Byrne", now=reading.clock())


def work_in(reading: Reading, **later: float) -> int:
    """Let some time pass, work, and return how many requests it took."""
    before = requests(reading)
    reading.clock.forward(**later)
    reading.work()
    return requests(reading) - before


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


def tagged(answer: bytes, tag: bytes = b'"v1"') -> bytes:
    return answer.replace(b"\r\n", b"\r\nETag: " + tag + b"\r\n", 1)


UNMODIFIED = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"


def conditions(reading: Reading) -> list[bool]:
    return [b"If-None-Match" in request for request in reading.server.requests]


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
