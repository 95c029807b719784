"""Whatever happens to errata, the kept counts are what counting says: on both databases."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_site

from copydesk.errata import triage
from copydesk.errata.closing import Reading, apply_reading
from copydesk.errata.one_article import merge_articles
from copydesk.errata.transitions import NotPossible
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    Erratum,
    ErratumTally,
    Kind,
    Proof,
    Report,
    Shelf,
    Site,
    State,
    VerdictKind,
)
from copydesk.store.tally import FOLD_FROM, counts, differences, fold, is_long, mend

VERBS = (
    *("confirm", "claim", "decline", "reopen", "spam", "snooze", "merge", "prove", "doubt"),
    *("changed", "gone", "there", "erase", "fold", "bulk", "articles", "open"),
)
ACTS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 30), st.integers(0, 30)), max_size=25
)


@pytest.fixture
def newsroom(db: Database, clock: MovableClock) -> Database:
    with db.transaction() as session:
        for number in range(2):
            site = make_site(session, clock(), key=f"paper{number}", hosts=[f"{number}.example"])
            for page in range(2):
                url = f"https://{number}.example/{page}"
                article = make_article(session, site, clock(), canonical_url=url)
                for kind in Kind:
                    make_erratum(session, article, clock(), kind=kind, proof=Proof.PENDING)
    return db


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_the_counts_follow_whatever_is_done(
    newsroom: Database, clock: MovableClock, acts: list[tuple[str, int, int]]
) -> None:
    for verb, first, second in acts:
        clock.forward(minutes=6)
        with newsroom.transaction() as session:
            try:
                with session.begin_nested():
                    do(session, verb, first, second, clock())
            except (NotPossible, IntegrityError):  # the latter: others refer to it
                pass
    with newsroom.reading() as session:
        assert differences(session) == {}
        for site_id in session.scalars(select(Site.id)):
            for kind in (None, *Kind):
                asked = [Erratum.site_id == site_id] + ([Erratum.kind == kind] if kind else [])
                counted = session.execute(
                    select(Erratum.shelf, func.count()).where(*asked).group_by(Erratum.shelf)
                )
                kept = counts(session, [site_id], kind)
                rows = [(row.shelf, row[1]) for row in counted]
                assert {shelf: n for shelf, n in kept.items() if n} == dict(rows)


def do(session: Session, verb: str, first: int, second: int, now: datetime) -> None:
    errata = list(session.scalars(select(Erratum).order_by(Erratum.id)))
    if not errata:
        return
    one, other = errata[first % len(errata)], errata[second % len(errata)]
    by_hand: dict[str, Callable[[], None]] = {
        "confirm": lambda: triage.confirm(session, one, who="Ed", now=now),
        "claim": lambda: triage.claim_corrected(session, one, who="Ed", now=now),
        "decline": lambda: triage.decline(session, one, reason="no", who="Ed", now=now),
        "reopen": lambda: triage.reopen(session, one, who="Ed", now=now),
        "spam": lambda: triage.mark_spam(session, one, who="Ed", now=now),
        "snooze": lambda: triage.snooze(session, one, now, who="Ed", now=now),
        "merge": lambda: triage.merge(session, one, other, who="Ed", now=now),
    }
    if verb in by_hand:
        by_hand[verb]()
    elif verb in {"prove", "doubt"}:
        one.proof = Proof.FOUND if verb == "prove" else Proof.NOT_FOUND
    elif verb in set(VerdictKind):
        apply_reading(session, one, Reading(VerdictKind(verb)), now=now)
    else:
        do_by_statement(session, verb, one, other, now)


def do_by_statement(
    session: Session, verb: str, one: Erratum, other: Erratum, now: datetime
) -> None:
    if verb == "fold":
        fold(session)
    elif verb == "bulk":
        session.execute(update(Erratum).values(kind=Kind.FACT).where(Erratum.id < other.id))
    elif verb == "articles":
        merge_articles(session, one.article_id, other.article_id, now=now)
    elif verb == "open":
        make_erratum(session, one.article, now)
    elif verb == "erase" and one.state is State.SPAM:
        session.execute(delete(Report).where(Report.erratum_id == one.id))
        for entry in one.history:
            session.delete(entry)
        session.flush()
        session.execute(delete(Erratum).where(Erratum.id == one.id))


def test_folding_changes_no_count(newsroom: Database) -> None:
    with newsroom.transaction() as session:
        session.execute(update(Erratum).values(state=State.SPAM))
        session.execute(update(Erratum).values(state=State.CONFIRMED))
        rows = len(session.scalars(select(ErratumTally.id)).all())
        fold(session)
        assert len(session.scalars(select(ErratumTally.id)).all()) < rows
        assert counts(session, None, None) == {Shelf.CONFIRMED: 12}
        fold(session)
        assert differences(session) == {}


def test_many_changes_are_worth_folding_and_many_places_are_not(newsroom: Database) -> None:
    with newsroom.transaction() as session:
        assert not is_long(session)
        for _time in range(FOLD_FROM // 24 + 1):
            session.execute(update(Erratum).values(state=State.SPAM))
            session.execute(update(Erratum).values(state=State.OPEN))
        assert is_long(session)
        fold(session)
        assert not is_long(session)
        places = [
            {"site_id": number, "shelf": Shelf.OPEN, "kind": Kind.FACT, "change": 1}
            for number in range(1000, 1000 + 2 * FOLD_FROM)
        ]
        session.execute(insert(ErratumTally), places)
        assert not is_long(session)


def test_a_wrong_count_is_found_and_mended(newsroom: Database) -> None:
    with newsroom.transaction() as session:
        site_id = session.scalars(select(Site.id)).first()
        assert site_id is not None
        session.execute(
            insert(ErratumTally).values(site_id=site_id, shelf=Shelf.OPEN, kind=Kind.FACT, change=3)
        )
        assert differences(session) == {(site_id, Shelf.OPEN, Kind.FACT): -3}
        assert mend(session) == 1
        assert differences(session) == {}
        assert mend(session) == 0


def test_two_transactions_of_one_site_do_not_wait_for_each_other(newsroom: Database) -> None:
    if newsroom.is_sqlite:
        return  # one writer at a time anyway
    with newsroom.reading() as session:
        articles = session.scalars(select(Article.id).order_by(Article.id).limit(2)).all()
    moved = "UPDATE erratum SET state = 'confirmed' WHERE article_id = "
    with newsroom.engine.connect() as first, newsroom.engine.connect() as second:
        first.exec_driver_sql(f"{moved}{articles[0]}")
        second.exec_driver_sql("SET lock_timeout = '2s'")
        second.exec_driver_sql(f"{moved}{articles[1]}")
        second.commit()
        first.commit()
    with newsroom.reading() as session:
        assert differences(session) == {}
