from datetime import timedelta

from sqlalchemy import select
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_site

from copydesk.housekeeping import make_housekeeper, schedule
from copydesk.outbox.claims import claim
from copydesk.services import Services
from copydesk.store.counters import hit
from copydesk.store.tables import DailySalt, JobState, LimitCounter, OutboxJob, Report


def test_what_has_outlived_its_purpose_goes(services: Services, clock: MovableClock) -> None:
    database = services.database
    with database.transaction() as session:
        article = make_article(session, make_site(session, clock()), clock())
        make_erratum(session, article, clock(), report={"reader_email": "rita@reader.example"})
        session.add(DailySalt(day=f"{clock():%Y-%m-%d}", salt=b"s" * 32))
        hit(session, "k", limit=1, window=timedelta(hours=1), now=clock())
        schedule(session, now=clock())
        schedule(session, now=clock())
    worker = services.worker()

    clock.forward(hours=1)
    assert worker.drain() == 1
    with database.reading() as session:
        assert session.scalars(select(Report.reader_email)).one() == "rita@reader.example"
        assert len(session.scalars(select(DailySalt)).all()) == 1

    clock.forward(days=2)
    worker.drain()
    with database.reading() as session:
        assert session.scalars(select(DailySalt)).all() == []
        assert session.scalars(select(LimitCounter)).all() == []

    clock.forward(days=90)
    worker.drain()
    with database.reading() as session:
        assert session.scalars(select(Report.reader_email)).one() == ""
        pending = session.scalars(select(OutboxJob).where(OutboxJob.state == JobState.PENDING))
        assert [job.kind for job in pending] == ["housekeeping"]


def test_a_tidying_that_fails_owes_the_next_hour_all_the_same(
    services: Services, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        make_site(session, clock(), comment_days=2 * 10**9)  # more days than there are
        due = clock() + timedelta(hours=1)
        schedule(session, now=clock())
    clock.now = due
    services.worker().drain()
    with services.database.reading() as session:
        failed, following = session.scalars(select(OutboxJob).order_by(OutboxJob.id))
        assert (failed.failures, failed.last_error) == (1, "crashed: OverflowError")
        assert (following.state, following.due_at) == (JobState.PENDING, due + timedelta(hours=1))


def test_a_clock_behind_the_one_it_was_claimed_by_ends_nothing(
    services: Services, clock: MovableClock
) -> None:
    database = services.database
    with database.transaction() as session:
        schedule(session, now=clock())
    due = clock() + timedelta(hours=1)
    with database.transaction() as session:
        (job,) = claim(session, now=due, lease=timedelta(hours=1), kinds=["housekeeping"])
    clock.forward(minutes=59, seconds=59)
    make_housekeeper(database, services.settings, clock)(job)
    with database.reading() as session:
        owed = session.scalars(select(OutboxJob.due_at).order_by(OutboxJob.id)).all()
        assert owed == [due, due + timedelta(hours=1)]
