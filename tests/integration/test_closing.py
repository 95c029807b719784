"""What a reading of the page does to an erratum, and what merging does to two."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_report, make_site

from copydesk.errata import triage
from copydesk.errata.closing import Reading, apply_reading
from copydesk.errata.schedule import CLAIM_WAITS, CONFIRM_AFTER
from copydesk.errata.transitions import TRANSITIONS, NotPossible, Verb, allowed_verbs, next_state
from copydesk.services import Services
from copydesk.store.tables import (
    PAGE_RULES_FROM,
    Correction,
    Erratum,
    Evidence,
    OutboxJob,
    Report,
    State,
    VerdictKind,
)

THERE = Reading(VerdictKind.THERE, "recieved", "The harbour master recieved a letter on Monday.")
CHANGED = Reading(VerdictKind.CHANGED, "received", "The harbour master received a letter.")
GONE = Reading(VerdictKind.GONE)
UNSURE = Reading(VerdictKind.UNSURE, note="the page answered 503")


@pytest.fixture
def session(services: Services) -> Iterator[Session]:
    with services.database.transaction() as session:
        yield session


@pytest.fixture
def erratum(session: Session, clock: MovableClock) -> Erratum:
    article = make_article(session, make_site(session, clock()), clock())
    return make_erratum(session, article, clock(), report={"reader_email": "rita@reader.example"})


def state_of(erratum: Erratum) -> State:
    """Return the state as it is now; a type checker would remember the one before."""
    return erratum.state


def thanks_owed(session: Session) -> list[str]:
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "thank"))
    return [job.unique_key for job in jobs]


def verbs(erratum: Erratum, session: Session) -> list[str]:
    session.flush()
    session.expire(erratum, ["history"])
    return [entry.what for entry in erratum.history]


@pytest.mark.parametrize("reading", [CHANGED, GONE])
def test_a_claim_and_the_page_together_close(
    session: Session, erratum: Erratum, clock: MovableClock, reading: Reading
) -> None:
    triage.claim_corrected(session, erratum, who="Ada", now=clock())
    assert state_of(erratum) is State.OPEN
    apply_reading(session, erratum, reading, now=clock())
    assert state_of(erratum) is State.CORRECTED
    assert (erratum.before != "", erratum.after) == (True, reading.sentence)
    assert not triage.is_waiting_for_recheck(erratum)
    assert len(thanks_owed(session)) == 1
    assert verbs(erratum, session) == ["claimed", "correct"]
    assert erratum.history[-1].who == "Ada"


def test_a_claim_that_the_page_denies_leads_back_to_open(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    triage.confirm(session, erratum, who="Ed", now=clock())
    triage.claim_corrected(session, erratum, who="Ada", now=clock())
    apply_reading(session, erratum, THERE, now=clock())
    assert state_of(erratum) is State.CONFIRMED
    assert not triage.is_waiting_for_recheck(erratum)
    assert thanks_owed(session) == []
    assert verbs(erratum, session)[-1] == "still_there"


def test_an_unreadable_page_never_closes_before_the_last_try(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    triage.claim_corrected(session, erratum, who="Ada", now=clock())
    for _ in CLAIM_WAITS:
        apply_reading(session, erratum, UNSURE, now=clock())
        assert (state_of(erratum), triage.is_waiting_for_recheck(erratum)) == (State.OPEN, True)
    apply_reading(session, erratum, UNSURE, now=clock())
    assert state_of(erratum) is State.CORRECTED
    assert verbs(erratum, session)[-1] == "correct"
    assert "could not be checked" in erratum.history[-1].note


def test_without_a_claim_two_readings_must_agree(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    apply_reading(session, erratum, CHANGED, now=clock())
    clock.forward(seconds=CONFIRM_AFTER.total_seconds() - 1)
    apply_reading(session, erratum, CHANGED, now=clock())
    assert state_of(erratum) is State.OPEN
    clock.forward(seconds=2)
    apply_reading(session, erratum, CHANGED, now=clock())
    assert state_of(erratum) is State.CORRECTED
    assert erratum.corrected_at == clock()


def test_a_reading_in_between_that_finds_it_starts_the_count_anew(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    for reading in (CHANGED, UNSURE, THERE, GONE):
        apply_reading(session, erratum, reading, now=clock())
        clock.forward(minutes=30)
    assert state_of(erratum) is State.OPEN
    assert erratum.unlike_since == clock() - timedelta(minutes=30)


def test_what_comes_back_is_reopened_and_nobody_is_thanked_twice(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    for _ in range(2):
        triage.claim_corrected(session, erratum, who="Ada", now=clock())
        apply_reading(session, erratum, CHANGED, now=clock())
        session.flush()
        erratum.reports[0].thanked_at = clock()  # as the job does, once it ran
        apply_reading(session, erratum, THERE, now=clock())
        assert state_of(erratum) is State.OPEN
        assert erratum.corrected_at is None
        clock.forward(days=1)
    assert len(thanks_owed(session)) == 1
    told = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notify")).all()
    assert len(told) == 2


def test_thanks_that_came_too_late_are_owed_by_the_next_correction(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    for _ in range(2):
        triage.claim_corrected(session, erratum, who="Ada", now=clock())
        apply_reading(session, erratum, CHANGED, now=clock())
        apply_reading(session, erratum, THERE, now=clock())
        clock.forward(days=1)
    assert len(thanks_owed(session)) == 2


def test_saying_it_twice_asks_once(session: Session, erratum: Erratum, clock: MovableClock) -> None:
    triage.claim_corrected(session, erratum, who="Ada", now=clock())
    clock.forward(seconds=3)
    triage.claim_corrected(session, erratum, who="Ed", now=clock())
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "recheck")).all()
    assert len(jobs) == 1
    assert erratum.correction_claimed_by == "Ada"


def test_no_reading_moves_what_is_about_the_page(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    erratum.fingerprint_version = PAGE_RULES_FROM
    for state in (State.OPEN, State.CONFIRMED, State.CORRECTED):
        erratum.state = state
        for reading in (CHANGED, GONE, UNSURE, THERE, GONE, CHANGED):
            apply_reading(session, erratum, reading, now=clock())
            clock.forward(days=1)
        assert state_of(erratum) is state
    assert (erratum.verdict, erratum.unlike_since) == (None, None)
    assert verbs(erratum, session) == []


def test_a_word_alone_corrects_what_is_about_the_page(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    erratum.fingerprint_version = PAGE_RULES_FROM
    triage.claim_corrected(session, erratum, who="Ada", now=clock())
    assert state_of(erratum) is State.CORRECTED
    assert (erratum.corrected_at, erratum.after) == (clock(), "")
    assert verbs(erratum, session) == ["correct"]
    assert "taken at their word" in erratum.history[-1].note
    assert len(thanks_owed(session)) == 1
    with pytest.raises(NotPossible):
        triage.claim_corrected(session, erratum, who="Ed", now=clock())


def test_merging_moves_reports_and_leaves_a_signpost(
    session: Session, erratum: Erratum, clock: MovableClock
) -> None:
    clock.forward(hours=1)
    other = make_erratum(session, erratum.article, clock(), quote="recieved a letter")
    make_report(session, other, clock())
    other.report_count = 2
    triage.merge(session, other, erratum, who="Ed", now=clock())
    assert (other.state, other.merged_into_id, other.report_count) == (
        State.MERGED,
        erratum.id,
        0,
    )
    assert erratum.report_count == 3
    reports = session.scalars(select(Report).where(Report.erratum_id == erratum.id)).all()
    assert len(reports) == 3
    with pytest.raises(NotPossible):
        triage.merge(session, erratum, other, who="Ed", now=clock())
    with pytest.raises(NotPossible):
        triage.merge(session, erratum, erratum, who="Ed", now=clock())


def test_the_table_of_states_has_no_dead_end_but_merging() -> None:
    for state in State:
        assert bool(allowed_verbs(state)) == (state is not State.MERGED), state
    assert {verb for _, verb in TRANSITIONS} == set(Verb)
    with pytest.raises(NotPossible):
        next_state(State.CORRECTED, Verb.CONFIRM)


READINGS = {"there": THERE, "changed": CHANGED, "gone": GONE, "unsure": UNSURE}
MINUTES = {"never": None, "just now": 4, "before": 5}


@pytest.mark.parametrize("state", [State.OPEN, State.CONFIRMED])
@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize("unlike", MINUTES)
@pytest.mark.parametrize("name", READINGS)
def test_every_reading_of_what_is_to_be_settled(
    session: Session,
    erratum: Erratum,
    clock: MovableClock,
    state: State,
    claimed: bool,
    unlike: str,
    name: str,
) -> None:
    since = MINUTES[unlike]
    erratum.state = state
    erratum.unlike_since = None if since is None else clock() - timedelta(minutes=since)
    before = erratum.unlike_since
    if claimed:
        triage.claim_corrected(session, erratum, who="Ada", now=clock())
    apply_reading(session, erratum, READINGS[name], now=clock())
    session.flush()

    is_unlike = name in {"changed", "gone"}
    closes = is_unlike and (claimed or unlike == "before")
    assert state_of(erratum) is (State.CORRECTED if closes else state)
    kept = session.scalars(select(Correction.evidence)).all()
    assert kept == ([Evidence.CLAIM if claimed else Evidence.PAGE] if closes else [])
    assert len(thanks_owed(session)) == closes
    assert triage.is_waiting_for_recheck(erratum) is (claimed and name == "unsure")
    if closes or name == "there":
        assert erratum.unlike_since is None
    elif is_unlike and before is None:
        assert erratum.unlike_since == clock()
    else:
        assert erratum.unlike_since == before
    assert erratum.verdict == READINGS[name].kind


@pytest.mark.parametrize("name", READINGS)
@pytest.mark.parametrize("state", [State.CORRECTED, State.DECLINED, State.SPAM, State.MERGED])
def test_every_reading_of_what_is_settled(
    session: Session, erratum: Erratum, clock: MovableClock, state: State, name: str
) -> None:
    erratum.state = state
    session.add(
        Correction(
            site_id=erratum.site_id, erratum_id=erratum.id, reported_at=clock(),
            corrected_at=clock(), took_seconds=0, evidence=Evidence.PAGE,
        )
    )  # fmt: skip
    session.flush()
    apply_reading(session, erratum, READINGS[name], now=clock())
    is_back = state is State.CORRECTED and name == "there"
    assert state_of(erratum) is (State.OPEN if is_back else state)
    told = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notify")).all()
    assert len(told) == is_back
    undone = session.scalars(select(Correction.undone_at)).one()
    assert undone == (clock() if is_back else None)
    assert thanks_owed(session) == []
