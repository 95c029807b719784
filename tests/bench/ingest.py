"""What a stored report costs at the whole endpoint, beside a bare Flask route on the same server.

``python -m tests.bench ingest`` measures on SQLite and PostgreSQL: empty, with 100,000 reports
stored (``python -m tests.bench.ingest 1000000`` for more), and with 2 ms added to each sync of the
disk. The service is the real one, started by its command line, without its worker; the load comes
from a process of its own. Where much is stored, it is the site that has most of it that is reported
to, and half of the pages are known. Only ratios of one run mean anything: the client shares the
machine. What costs a report is on two accounts, the service's and the database server's.
"""

import shutil
import statistics
import sys
from contextlib import ExitStack

from sqlalchemy import func, select

from copydesk.store.database import Database
from copydesk.store.tables import Report
from tests.bench.figures import line, resident_mb
from tests.bench.installation import (
    COPYDESK,
    THREADS,
    Server,
    Target,
    new_database,
    prepare,
    started,
    started_bare,
)
from tests.bench.load import Outcome, get_request, load

BARS = {"sqlite": 0.30, "postgresql": 0.25}
STORED_BAR = 1.15
SLOW_BAR = 2.5
MEMORY_MB = 140
STORED = 100_000
ROUNDS = 3
SECONDS = 3.0
SYNC_DELAY_US = 2000
STRACE = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]
ONE_BY_ONE = "tests.bench.one_by_one"
QUIET_MS = (5.0, 15.0)
"""Of a service that has nothing else to do: p50 and p99."""
CONNECTIONS_SLOW = 32


def run(stored: int = STORED) -> None:
    """Print the figures."""
    for backend in BARS:
        with new_database(backend) as url:
            _compare(backend, f"{backend}, empty", url, prepare(url))
        with new_database(backend) as url:
            target = prepare(url, stored)
            _compare(backend, f"{backend}, {stored} stored", url, target)
            _memory(f"{backend}, {stored} stored", url, target)
            with new_database(backend) as empty:
                pair = {url: target, empty: prepare(empty)}
                _cost(f"{backend}: cost with {stored} to empty", pair)
        _slow_disk(backend)


def _compare(backend: str, name: str, url: str, target: Target) -> None:
    """Print both routes side by side."""
    ratios, lane_ratios, costs, outcomes = [], [], [], []
    before = _count(url)
    with started_bare() as bare, started(url) as service:
        hello = [get_request("/")] * 60_000
        hello_in_lane = [get_request("/lane")] * 60_000
        load(bare.port, hello, connections=THREADS, seconds=0.5)
        for _ in range(ROUNDS):  # by turns: the machine's mood changes
            plain = load(bare.port, hello, connections=THREADS, seconds=SECONDS)
            in_lane = load(bare.port, hello_in_lane, connections=THREADS, seconds=SECONDS)
            outcome, cost = _report_to(service, target)
            costs.append(cost)
            ratios.append(_stored_a_second(outcome) / plain.per_second)
            lane_ratios.append(_stored_a_second(outcome) / in_lane.per_second)
            outcomes.append(outcome)
        lone = load(service.port, target.reports(), connections=1, seconds=SECONDS)
    line(
        name,
        ratio=statistics.median(ratios),
        bar=BARS[backend],
        to_bare_in_lane=statistics.median(lane_ratios),
        per_s=statistics.median(_stored_a_second(one) for one in outcomes),
        p50=statistics.median(one.quantile(0.5) for one in outcomes),
        p99=statistics.median(one.quantile(0.99) for one in outcomes),
        cpu_us=statistics.median(costs),
    )
    line(
        f"{name}: one connection, ms",
        p50=lone.quantile(0.5),
        bar_p50=QUIET_MS[0],
        p99=lone.quantile(0.99),
        bar_p99=QUIET_MS[1],
    )
    _prove(name, [*outcomes, lone], _count(url) - before)


def _cost(name: str, targets: dict[str, Target]) -> None:
    """Print what a report costs in the first database beside the second, by turns.

    One after the other, the machine's mood made more of a difference than what is stored.
    """
    costs: dict[str, list[float]] = {url: [] for url in targets}
    with ExitStack() as stack:
        services = {url: stack.enter_context(started(url)) for url in targets}
        for _ in range(ROUNDS):
            for url, service in services.items():
                costs[url].append(_report_to(service, targets[url])[1])
    full, empty = (statistics.median(one) for one in costs.values())
    line(name, times=full / empty, bar=STORED_BAR, cpu_us=full, empty_cpu_us=empty)


def _report_to(service: Server, target: Target) -> tuple[Outcome, float]:
    """Report for a while; return what came of it and the CPU time of a report, in microseconds."""
    reports = target.reports()
    begun = service.cpu_seconds()
    outcome = load(service.port, reports, connections=THREADS, seconds=SECONDS)
    return outcome, (service.cpu_seconds() - begun) / outcome.statuses[201] * 1e6


def _stored_a_second(outcome: Outcome) -> float:
    """Count what was stored: to refuse is cheap."""
    return outcome.statuses.get(201, 0) / outcome.seconds


def _prove(name: str, outcomes: list[Outcome], stored: int) -> None:
    """Print whether each acknowledged report is in the database, and none twice."""
    statuses = sorted({status for one in outcomes for status in one.statuses})
    answered = sum(one.statuses.get(201, 0) for one in outcomes)
    line(f"{name}: answered and stored", answered=answered, stored=stored, statuses=statuses)


def _memory(name: str, url: str, target: Target) -> None:
    """Print what the service with its worker holds after a while of work."""
    with started(url, worker=True) as service:
        load(service.port, target.reports(), connections=THREADS, seconds=SECONDS)
        line(
            f"{name}: memory with the worker, MB", resident=resident_mb(service.pid), bar=MEMORY_MB
        )


def _slow_disk(backend: str) -> None:
    """Print how much is gained by sharing commits where each sync takes 2 ms more."""
    name = f"{backend}, syncs 2 ms slower, {CONNECTIONS_SLOW} connections"
    if shutil.which("strace") is None:
        line(name, skipped="there is no strace on this machine")
        return
    slow = [*STRACE, "-e", f"inject=fdatasync,fsync:delay_enter={SYNC_DELAY_US}"]
    is_sqlite = backend == "sqlite"
    rates = {}
    for program in (COPYDESK, ONE_BY_ONE):
        with new_database(backend, before=[] if is_sqlite else slow) as url:
            target = prepare(url)
            with started(url, slow if is_sqlite else [], program=program) as service:
                outcome = load(
                    service.port, target.reports(), connections=CONNECTIONS_SLOW, seconds=SECONDS
                )
        rates[program] = _stored_a_second(outcome)
    line(
        name,
        times_one_by_one=rates[COPYDESK] / rates[ONE_BY_ONE],
        bar=SLOW_BAR,
        per_s=rates[COPYDESK],
        one_by_one_per_s=rates[ONE_BY_ONE],
    )


def _count(url: str) -> int:
    database = Database(url)
    with database.reading() as session:
        found = session.scalar(select(func.count(Report.id)))
    database.close()
    return found or 0


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else STORED)
