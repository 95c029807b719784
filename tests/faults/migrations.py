"""A migration that is killed before any of its statements: nothing is lost, and it starts again."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Self

from sqlalchemy import func, select

from copydesk.clock import utc_now
from copydesk.store.database import Database
from copydesk.store.migrate import current_revision, differences, downgrade, is_current, upgrade
from copydesk.store.tables import Erratum, OutboxJob, Report
from tests.factories import make_article, make_erratum, make_site
from tests.faults.figures import Figure, told
from tests.house import SECRET_KEY

FIRST = "0001"
KILLED = -9
FEWEST = 40
"""Statements that the migrations since the first release have, and more."""


class Killer:
    """The process of ``tests/killed_migration.py``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed_migration"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate("", timeout=30)

    def migrate(self, url: str, number: int) -> int:
        """Return the exit code of a migration that dies before its statement ``number``."""
        config = self._folder / "killed.toml"
        config.write_text(
            f'[server]\nsecret_key = "{SECRET_KEY}"\n[database]\nurl = "{url}"\n', encoding="utf-8"
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number} {config}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def killed_anywhere(database_url: str, folder: Path) -> list[Figure]:
    """Migrate the first release's tables with a report in them, and die at each statement."""
    deaths, lost, halfway, odd = 0, 0, 0, 0
    with closing(Database(database_url)) as database, Killer(folder) as killer:
        _first_release(database)
        while (code := killer.migrate(database_url, deaths + 1)) != 0:
            deaths += 1
            odd += code != KILLED
            lost += _reports(database) != 1
            # All or nothing: what the killed one did is gone, or all of it was done.
            if current_revision(database) != FIRST:
                halfway += not is_current(database)
                downgrade(database, FIRST)
        return [
            told("killed at", deaths),
            Figure("not provoked", int(deaths <= FEWEST)),
            Figure("ended otherwise", odd),
            Figure("lost", lost + (not _is_whole(database))),
            Figure("left halfway", halfway + (not is_current(database))),
            Figure("differences from the model", len(differences(database))),
        ]


def _first_release(database: Database) -> None:
    """Make a database of the first release with a report in it, as a crash would find it."""
    upgrade(database)
    with database.transaction() as session:
        article = make_article(session, make_site(session, utc_now()), utc_now())
        make_erratum(session, article, utc_now())
    downgrade(database, FIRST)


def _reports(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Report.id))) or 0


def _is_whole(database: Database) -> bool:
    with database.reading() as session:
        report = session.scalars(select(Report)).one()
        return (
            report.erratum_id == session.scalars(select(Erratum.id)).one()
            and report.quote == "recieved"
            and session.scalars(select(OutboxJob.kind)).all() == ["housekeeping"]
        )
