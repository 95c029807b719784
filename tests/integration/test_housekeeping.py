from datetime import timedelta

from sqlalchemy import select
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_site

from copydesk.housekeeping import schedule
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
