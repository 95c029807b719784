"""A Copydesk to be measured: an empty or a full database, and servers started by command lines."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from copydesk.clock import utc_now
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from tests.bench.desk_rows import Rows, host_of_site, key_of
from tests.bench.load import report_request
from tests.bench.processor import seconds_of, seconds_of_family
from tests.factories import HOST, make_site
from tests.postgres import embedded

BACKENDS = ("sqlite", "postgresql")
THREADS = 16
COPYDESK = "copydesk"


@dataclass
class Server:
    """A running server."""

    port: int
    pid: int
    postmaster: int | None = None
    """The database server's process; None where the database is no server."""

    def cpu_seconds(self) -> float:
        """Return the processor time that it has taken, its database server's included."""
        of_database = seconds_of_family(self.postmaster) if self.postmaster else 0.0
        return seconds_of(self.pid) + of_database


@dataclass(frozen=True)
class Target:
    """Where it is reported to."""

    site: str = "bench"
    host: str = HOST

    def reports(self, number: int = 9000) -> list[bytes]:
        """Return so many reports, all different."""
        return [report_request(self.site, self.host, at) for at in range(number)]


def prepare(url: str, stored: int = 0) -> Target:
    """Make the tables and so many reports in them, and return the site that is reported to."""
    database = Database(url)
    upgrade(database)
    target = Target(key_of(0), host_of_site(0)) if stored else Target()
    if stored:
        Rows(stored).fill(database)
    else:
        with database.transaction() as session:
            make_site(session, utc_now(), key=target.site)
    database.close()
    return target


@contextmanager
def new_database(backend: str, before: Sequence[str] = ()) -> Iterator[str]:
    """Make an empty one; ``before``: a command that runs the database server."""
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        if backend == "sqlite":
            yield f"sqlite:///{folder}/bench.db"
            return
        with embedded(Path(folder)) as server:
            url = server.get_uri()
            with _started_again(server, before) if before else nullcontext():
                yield url


@contextmanager
def _started_again(server: Any, before: Sequence[str]) -> Iterator[None]:
    """Run the server by a command of ours instead, as the user that it ran as."""
    data = Path(server.pgdata)
    command = shlex.split((data / "postmaster.opts").read_text())
    server.stop()
    user = ["-u", server.system_user] if server.system_user else []
    process = subprocess.Popen([*before, *user, *command], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    next(row for row in process.stderr if "ready to accept" in row)
    drain = threading.Thread(target=process.stderr.read)
    drain.start()
    try:
        yield
    finally:
        postmaster = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGINT)
        process.wait()
        drain.join()
        process.stderr.close()


def serve_settings(url: str) -> dict[str, str]:
    """Return the environment of a service without limits."""
    limits = ("REPORTS_PER_ADDRESS_HOUR", "REPORTS_PER_PAGE_HOUR", "REPORTS_PER_SITE_HOUR")
    return {f"COPYDESK_LIMITS__{name}": "1000000000" for name in limits} | {
        "COPYDESK_SERVER__SECRET_KEY": "a secret for benchmarks only, long enough",
        "COPYDESK_SERVER__THREADS": str(THREADS),
        "COPYDESK_DATABASE__URL": url,
    }


@contextmanager
def started_bare() -> Iterator[Server]:
    with _process([sys.executable, "-m", "tests.bench.bare", str(THREADS)], {}) as server:
        yield server


@contextmanager
def started(
    url: str, before: Sequence[str] = (), *, worker: bool = False, program: str = COPYDESK
) -> Iterator[Server]:
    serve = [sys.executable, "-m", program, "serve", "--bind", "127.0.0.1:0"]
    serve += [] if worker else ["--no-worker"]
    with _process([*before, *serve], serve_settings(url)) as service:
        service.postmaster = _postmaster(url)
        yield service


def _postmaster(url: str) -> int | None:
    database = Database(url)
    try:
        if database.is_sqlite:
            return None
        with database.reading() as session:
            folder = session.scalar(text("SHOW data_directory"))
        return int((Path(str(folder)) / "postmaster.pid").read_text().split()[0])
    finally:
        database.close()


@contextmanager
def _process(command: list[str], settings: dict[str, str]) -> Iterator[Server]:
    """Start a server that prints its address, and end it."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | settings,
        start_new_session=True,
    )
    assert process.stdout is not None
    told = next(part for row in process.stdout for part in row.split() if "127.0.0.1:" in part)
    try:
        yield Server(int(told.rpartition(":")[2].rstrip("/;")), process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
