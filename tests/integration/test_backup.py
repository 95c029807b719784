"""A backup under load is whole, and what is restored from it sends none of the original's mail."""

import secrets
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, select, text
from tests.conftest import SECRET_KEY, MovableClock
from tests.faults.copies import bring_back, fresh_url
from tests.house import House, house
from tests.postgres import plain, tools

from copydesk.cli import main
from copydesk.demo.newspaper import Misprint, planted
from copydesk.demo.servers import free_port
from copydesk.errors import UsageError
from copydesk.outbox import claim, enqueue
from copydesk.outbox.freezing import SILENT, freeze, frozen, resume, settle_in
from copydesk.services import Services
from copydesk.store.database import Database
from copydesk.store.tables import JobState, OutboxJob, Report
from copydesk.upkeep.backup import backup

LEASE = timedelta(minutes=2)
KINDS = ["deliver", "notify", "recheck"]
PLENTY = 12
"""Reports that are acknowledged before the copy is made."""


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as built:
        for limit in ("ADDRESS", "PAGE", "SITE"):
            built.environment[f"COPYDESK_LIMITS__REPORTS_PER_{limit}_HOUR"] = "100000"
        if database_url.startswith("postgresql"):
            built.environment["PATH"] = f"{tools()}:{built.environment['PATH']}"
        yield built


class Load:
    """Readers who report without a pause, until the block ends."""

    def __init__(self, newsroom: House) -> None:
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self._newsroom = newsroom
        self._enough = threading.Event()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(one,)) for one in planted()[:3]]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for_plenty(self) -> None:
        assert self._enough.wait(60)

    def _send(self, misprint: Misprint) -> None:
        while not self._stopping.is_set():
            answer = self._newsroom.send(misprint)
            if answer.status_code == 201:
                self.acknowledged.append(answer.json()["id"])
            else:
                self.refused.append(answer.text)
            if len(self.acknowledged) >= PLENTY:
                self._enough.set()


def test_a_backup_under_load_sends_no_old_mail(
    newsroom: House, database_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    mailbox = newsroom.mailbox
    mail_url = newsroom.environment["COPYDESK_MAIL__URL"]
    newsroom.environment["COPYDESK_MAIL__URL"] = f"smtp://127.0.0.1:{free_port()}"
    newsroom.start()
    file = tmp_path / "backup"
    with Load(newsroom) as load:
        load.wait_for_plenty()
        before = list(load.acknowledged)
        newsroom.command("backup", str(file))
    assert load.refused == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    newsroom.stop()

    url = fresh_url(database_url, tmp_path)
    bring_back(url, file, now=clock())
    with closing(Database(url)) as database, database.reading() as session:
        stored = set(session.scalars(select(Report.client_id)))
        assert set(before) <= stored
        owed = session.scalars(
            select(OutboxJob.id).where(
                OutboxJob.state == JobState.PENDING, OutboxJob.kind != "housekeeping"
            )
        ).all()
        assert owed != []

    # The server takes mail again, and the copy has plenty to send: it does not.
    newsroom.environment["COPYDESK_MAIL__URL"] = mail_url
    newsroom.environment["COPYDESK_DATABASE__URL"] = url
    assert "up to date" in newsroom.command("migrate")
    newsroom.start()
    assert '"outbox.frozen"' in newsroom.log()
    fresh = planted()[5]
    assert newsroom.send(fresh).status_code == 201
    assert newsroom.stop() == 0
    assert "0 steps done" in newsroom.command("worker", "--drain")
    assert mailbox.all() == []
    with closing(Database(url)) as database, database.reading() as session:
        assert frozen(session) is not None

    assert "Held back" in newsroom.command("outbox", "resume")
    newsroom.start()
    mailbox.wait_for(lambda mail: fresh.wrong in mail.text, timeout=60)
    assert newsroom.stop() == 0
    wrong = {misprint.wrong for misprint in planted()[:3]}
    assert not [mail for mail in mailbox.all() if any(word in mail.text for word in wrong)]


def owe(database: Database, clock: MovableClock, *kinds: str) -> None:
    with database.transaction() as session:
        for kind in kinds:
            enqueue(session, kind, f"{kind}:{secrets.token_hex(4)}", {}, now=clock())


def claimed(database: Database, clock: MovableClock) -> list[str]:
    with database.transaction() as session:
        jobs = claim(session, now=clock(), lease=LEASE, kinds=KINDS, limit=100)
        return sorted(job.kind for job in jobs)


def test_a_frozen_outbox_gives_nothing_out_and_takes_everything_in(
    services: Services, clock: MovableClock
) -> None:
    database = services.database
    owe(database, clock, "deliver", "recheck")
    with database.transaction() as session:
        freeze(session, "a copy", now=clock(), is_copy=True)
    owe(database, clock, "notify")
    assert claimed(database, clock) == []
    with database.transaction() as session:
        assert resume(session, now=clock(), is_old_sent=False).jobs == 1
    assert claimed(database, clock) == ["notify", "recheck"]
    with database.reading() as session:
        assert frozen(session) is None


def test_what_is_not_held_is_known_work(services: Services) -> None:
    assert set(services.handlers()) >= SILENT
    assert "deliver" not in SILENT


@pytest.mark.parametrize(("is_copy", "is_old_sent"), [(True, True), (False, False)])
def test_nothing_is_held_back_where_no_other_copy_can_have_sent_it(
    services: Services, clock: MovableClock, is_copy: bool, is_old_sent: bool
) -> None:
    owe(services.database, clock, "deliver")
    with services.database.transaction() as session:
        freeze(session, "moving house", now=clock(), is_copy=is_copy)
        assert resume(session, now=clock(), is_old_sent=is_old_sent).jobs == 0
    assert claimed(services.database, clock) == ["deliver"]


def test_a_copy_made_by_hand_is_told_by_hand(
    services: Services, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)
    owe(services.database, clock, "deliver")
    for arguments, words in (
        (["freeze", "--copy"], "stands still"),
        (["resume"], "Held back: 1 jobs"),
        (["resume"], "runs already"),
        (["freeze"], "stands still"),
        (["resume"], "The outbox runs."),
    ):
        result = CliRunner().invoke(main, ["outbox", *arguments])
        assert words in result.output
        assert result.exit_code == 0


def test_a_dump_that_somebody_else_made_is_known_by_where_it_lies(
    services: Services, database_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    database = services.database
    for _ in range(2):
        with database.transaction() as session:
            assert settle_in(session, now=clock())
    owe(database, clock, "deliver")
    with database.transaction() as session:
        assert frozen(session) is None
    if database.is_sqlite:
        return  # its files can't be told apart: only our own backups are marked

    file = tmp_path / "dump.sql"
    command = [str(tools() / "pg_dump"), f"--file={file}", plain(make_url(database_url))]
    subprocess.run(command, check=True)
    url = fresh_url(database_url, tmp_path)
    bring_back(url, file, now=clock())
    with closing(Database(url)) as copy:
        with copy.transaction() as session:
            assert not settle_in(session, now=clock())
        assert claimed(copy, clock) == []
        with copy.transaction() as session:
            assert resume(session, now=clock(), is_old_sent=False).jobs == 1
            assert settle_in(session, now=clock())


def test_a_host_that_hides_its_number_is_no_obstacle(
    services: Services, clock: MovableClock
) -> None:
    database = services.database
    if database.is_sqlite:
        return
    with database.transaction() as session:
        session.execute(text("CREATE ROLE plain"))
        session.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain"))
        session.execute(text("REVOKE ALL ON FUNCTION pg_control_system() FROM public"))
    with database.transaction() as session:
        session.execute(text("SET LOCAL ROLE plain"))
        assert settle_in(session, now=clock())
    with database.transaction() as session:
        session.execute(text("DROP OWNED BY plain"))
        session.execute(text("DROP ROLE plain"))


def test_a_backup_never_overwrites_and_leaves_nothing_half_done(
    services: Services, tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no pg_dump there
    there = tmp_path / "there"
    there.write_text("a letter")
    with pytest.raises(UsageError, match="there already"):
        backup(services.database, there, now=clock())
    assert there.read_text() == "a letter"
    with pytest.raises(UsageError):
        backup(services.database, tmp_path / "no" / "folder", now=clock())
    if not services.database.is_sqlite:
        with pytest.raises(UsageError, match="pg_dump is not installed"):
            backup(services.database, tmp_path / "new", now=clock())
        assert [path.name for path in tmp_path.glob("new*")] == []
