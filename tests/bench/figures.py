"""Timing and printing that all benchmarks share."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def milliseconds(step: Callable[[], object], times: int) -> list[float]:
    """Run ``step`` that often and return how long each run took."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        step()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def resident_mb(pid: int) -> float:
    """Return how much memory a process holds, in mebibytes; Linux alone."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def line(name: str, **figures: object) -> None:
    """Print one line of figures."""
    shown = "  ".join(
        f"{key} {value:.2f}" if isinstance(value, float) else f"{key} {value}"
        for key, value in figures.items()
    )
    print(f"{name:44} {shown}")  # noqa: T201 - a benchmark talks to a terminal
