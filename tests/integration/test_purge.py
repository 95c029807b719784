"""What is kept for how long, and that nothing else goes with it."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import make_article, make_erratum, make_report, make_site

from copydesk.cli import main
from copydesk.errata.history import SERVICE, record
from copydesk.privacy import purge as purge_module
from copydesk.privacy.purge import Purged, purge
from copydesk.services import Services
from copydesk.settings import PrivacySettings
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    Base,
    Erratum,
    HistoryEntry,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Purpose,
    Report,
    Site,
    State,
)

PRIVACY = PrivacySettings()


@pytest.fixture
def site(services: Services, clock: MovableClock) -> Site:
    with services.database.transaction() as session:
        return make_site(session, clock())


def plant(
    database: Database, site: Site, clock: MovableClock, name: str, **changes: object
) -> Erratum:
    """Add an article with one erratum, its history, a mail and the digest that carried it."""
    with database.transaction() as session:
        article = make_article(session, site, clock(), canonical_url=f"https://news.example/{name}")
        session.add(ArticleAlias(site_id=site.id, article_id=article.id, url=f"https://a/{name}"))
        report = {"reader_email": "rita@reader.example", "comment": "see page two"}
        erratum = make_erratum(session, article, clock(), report=report, **changes)
        record(session, erratum, who=SERVICE, what="received", now=clock())
        common = {"site_id": site.id, "recipient": "ada@news.example", "created_at": clock()}
        digest = Message(
            unique_key=f"d:{name}", purpose=Purpose.DIGEST, state=MessageState.SENT, **common
        )
        session.add(digest)
        session.flush()
        session.add(
            Message(
                unique_key=f"m:{name}",
                purpose=Purpose.ERRATUM,
                state=MessageState.SENT,
                erratum_id=erratum.id,
                report_id=session.scalars(
                    select(Report.id).where(Report.erratum_id == erratum.id)
                ).one(),
                digest_id=digest.id,
                **common,
            )
        )
        return erratum


def left(database: Database) -> list[str]:
    with database.reading() as session:
        return [
            url.rpartition("/")[2]
            for url in session.scalars(select(Article.canonical_url).order_by(Article.id))
        ]


def test_each_kind_goes_when_its_time_has_come(
    services: Services, site: Site, clock: MovableClock
) -> None:
    database = services.database
    for name, state in (
        ("corrected", State.CORRECTED),
        ("declined", State.DECLINED),
        ("spam", State.SPAM),
        ("open", State.OPEN),
        ("confirmed", State.CONFIRMED),
        ("newest", State.CORRECTED),
    ):
        plant(database, site, clock, name, state=state)
    everything = ["corrected", "declined", "spam", "open", "confirmed", "newest"]
    assert purge(database, PRIVACY, now=clock()) == Purged()

    clock.forward(days=31)
    assert purge(database, PRIVACY, now=clock()).errata == 1
    everything.remove("spam")
    assert left(database) == everything

    clock.forward(days=60)
    assert purge(database, PRIVACY, now=clock()).addresses == 5
    with database.reading() as session:
        assert set(session.scalars(select(Report.reader_email))) == {""}
        assert set(session.scalars(select(Report.comment))) == {"see page two"}

    clock.forward(days=275)
    assert purge(database, PRIVACY, now=clock()).comments == 5
    assert left(database) == everything

    clock.forward(days=730)
    # Counting changes nothing.
    counted = purge(database, PRIVACY, now=clock(), is_trial=True)
    assert counted.errata == 2
    assert left(database) == everything
    done = purge(database, PRIVACY, now=clock())
    assert done.errata == 2
    assert done.digests == 3
    # The newest keeps its number taken, however old it is.
    assert left(database) == ["open", "confirmed", "newest"]
    with database.reading() as session:
        for table in (Erratum, Report, HistoryEntry, ArticleAlias):
            assert len(session.scalars(select(table)).all()) == 3, table
    assert purge(database, PRIVACY, now=clock()) == Purged()


def test_what_happened_lately_keeps_an_old_erratum(
    services: Services, site: Site, clock: MovableClock
) -> None:
    database = services.database
    old = plant(database, site, clock, "old", state=State.CORRECTED)
    survivor = plant(database, site, clock, "survivor", state=State.CORRECTED)
    plant(database, site, clock, "merged", state=State.MERGED, merged_into_id=survivor.id)
    clock.forward(days=1000)
    plant(database, site, clock, "newest")
    with database.transaction() as session:
        erratum = session.get_one(Erratum, old.id)
        record(session, erratum, who="Ed", what="note", now=clock())
    clock.forward(days=100)
    # What was merged goes first, and what it was merged into with the next batch.
    assert purge(database, PRIVACY, now=clock()).errata == 2
    assert left(database) == ["old", "newest"]
    clock.forward(days=1100)
    assert purge(database, PRIVACY, now=clock()).errata == 1
    assert left(database) == ["newest"]


def test_a_large_purge_comes_in_batches(
    services: Services, site: Site, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_module, "BATCH", 3)
    monkeypatch.setattr(purge_module, "MOST_BATCHES", 2)
    database = services.database
    erratum = plant(database, site, clock, "one")
    with database.transaction() as session:
        for _ in range(9):
            make_report(
                session, session.get_one(Erratum, erratum.id), clock(), reader_email="r@r.example"
            )
    clock.forward(days=91)
    assert purge(database, PRIVACY, now=clock()).addresses == 6
    assert purge(database, PRIVACY, now=clock()).addresses == 4


def test_dead_letters_go_and_waiting_work_stays(
    services: Services, site: Site, clock: MovableClock
) -> None:
    database = services.database
    with database.transaction() as session:
        for key, state in (("a", JobState.DEAD), ("b", JobState.PENDING)):
            session.add(
                OutboxJob(
                    kind="deliver", unique_key=key, payload={}, state=state,
                    created_at=clock(), due_at=clock() + timedelta(days=5000),
                    finished_at=clock() if state is JobState.DEAD else None,
                )
            )  # fmt: skip
    clock.forward(days=1096)
    assert purge(database, PRIVACY, now=clock()).dead_letters == 1
    with database.reading() as session:
        assert session.scalars(select(OutboxJob.unique_key)).all() == ["b"]


def test_a_site_may_keep_less_and_addresses_never_longer(
    services: Services, site: Site, clock: MovableClock
) -> None:
    database = services.database
    plant(database, site, clock, "gazette")
    with database.transaction() as session:
        other = make_site(session, clock(), key="courier", comment_days=7, reader_email_days=90)
    plant(database, other, clock, "courier")
    strict = PrivacySettings(reader_email_days=5)
    clock.forward(days=6)
    assert purge(database, strict, now=clock()) == Purged(addresses=2)
    clock.forward(days=2)
    assert purge(database, strict, now=clock()) == Purged(comments=1)
    with database.reading() as session:
        comments = session.scalars(select(Report.comment).order_by(Report.id)).all()
    assert comments == ["see page two", ""]


def test_the_operator_says_how_long_a_site_keeps(
    services: Services, site: Site, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)

    def keep(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["site", "keep", "--site", "gazette", *arguments])
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    assert "comment_days 365" in keep()
    assert "comment_days 30" in keep("--comment-days", "30")
    assert "comment_days 30" in keep("--closed-days", "100")
    with services.database.reading() as session:
        assert session.scalars(select(Site.closed_days)).one() == 100
    assert "comment_days 365" in keep("--as-settings")
    result = CliRunner().invoke(main, ["purge", "--dry-run"])
    assert "Would remove 0 addresses" in result.output


def test_the_worker_purges_addresses_by_the_hour_and_the_rest_by_the_day(
    services: Services, site: Site, clock: MovableClock
) -> None:
    from copydesk.housekeeping import schedule

    database = services.database
    worker = services.worker()

    def left() -> tuple[str, str]:
        with database.reading() as session:
            address, comment = session.execute(select(Report.reader_email, Report.comment)).one()
            return address, comment

    plant(database, site, clock, "one")
    with database.transaction() as session:
        session.get_one(Site, site.id).comment_days = 90
        schedule(session, now=clock())
    clock.forward(days=89)
    assert worker.drain() == 1
    # Both are due now. It is ten in the morning.
    clock.forward(days=1, hours=1)
    with database.transaction() as session:
        waiting = update(OutboxJob).where(OutboxJob.state == JobState.PENDING)
        session.execute(waiting.values(unique_key="housekeeping:2026-05-31T09"))
    worker.drain()
    assert left() == ("", "see page two")
    for _ in range(14):
        clock.forward(hours=1)
        worker.drain()
    assert left() == ("", "")


def test_every_table_that_hangs_on_an_erratum_is_thought_of() -> None:
    """A new table that refers to errata, reports, mails or articles must be purged as well."""
    hanging = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"erratum", "report", "message", "article"}
        and key.ondelete is None
    }
    assert hanging == {
        "article_alias.article_id",
        "erratum.article_id",
        "erratum.merged_into_id",
        "history_entry.erratum_id",
        "message.digest_id",
        "message.erratum_id",
        "message.report_id",
        "report.erratum_id",
    }
