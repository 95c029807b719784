"""A backup is made while readers report, and is run: it sends none of the original's mails."""

import secrets
import subprocess
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from copydesk.clock import utc_now
from copydesk.demo.servers import free_port
from copydesk.upkeep.backup import restore
from tests.faults.figures import Figure, told
from tests.faults.process import command, running
from tests.faults.readers import Readers, post
from tests.faults.scene import Scene
from tests.postgres import plain, tools

RATE = 20.0
FRESH = 5
"""Reports that only the copy gets."""


def run_beside(scene: Scene, *, reports: int) -> list[Figure]:
    """Copy the database while as many reports as that wait for their mail, and run the copy."""
    nowhere = {"COPYDESK_MAIL__URL": f"smtp://127.0.0.1:{free_port()}"}
    scene.environment["PATH"] = f"{tools()}:{scene.environment['PATH']}"
    with tempfile.TemporaryDirectory(prefix="copydesk-faults-") as folder:
        file = Path(folder) / "backup"
        with (
            running(scene, settings=nowhere) as service,
            Readers(scene, service.port, rate=RATE) as readers,
        ):
            readers.wait_for(reports)
            before = set(readers.book.acknowledged)
            command(scene, "backup", str(file))
            readers.wait_for_more(1)
        url = fresh_url(scene.database_url, Path(folder))
        bring_back(url, file, now=utc_now())
        copy = replace(
            scene,
            database_url=url,
            environment=scene.environment | {"COPYDESK_DATABASE__URL": url},
        )
        return [
            told("acknowledged", len(readers.book.acknowledged)),
            Figure("wrong answers", len(readers.book.wrong)),
            Figure("put off", readers.book.statuses[503]),
            Figure("lost", len(before - copy.stored().keys())),
            *_run(copy),
        ]


def _run(copy: Scene) -> list[Figure]:
    command(copy, "migrate")
    with running(copy) as service:
        answers = [post(copy, service.port, copy.report())[0] for _ in range(FRESH)]
    steps = command(copy, "worker", "--drain")
    still = copy.mails.copies.total()
    command(copy, "outbox", "resume")
    with running(copy):
        left = copy.wait_until_idle()
    return [
        Figure("new reports refused", FRESH - answers.count(201)),
        Figure("steps while it stands still", int("0 steps" not in steps)),
        Figure("mails while it stands still", still),
        Figure("steps left over", left),
        Figure("mails but those of the new reports", abs(copy.mails.copies.total() - FRESH)),
    ]


def fresh_url(database_url: str, folder: Path) -> str:
    """Return the address of another, empty database of the same kind."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{folder}/restored/copydesk.db"
    name = f"r{secrets.token_hex(6)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def bring_back(url: str, file: Path, *, now: datetime) -> None:
    """Restore as docs/operations.md says."""
    if url.startswith("sqlite"):
        assert restore(url, file, now=now) is None
        return
    psql = [str(tools() / "psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(file)]
    subprocess.run([*psql, plain(make_url(url))], check=True, capture_output=True)
