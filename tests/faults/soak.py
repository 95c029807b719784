"""Hours of ordinary work: memory, files, SQLite's log, waiting work and times stay as they are."""

import statistics
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.figures import Figure, losses, seconds, told
from tests.faults.locks import WAL_MB
from tests.faults.process import Service, running
from tests.faults.readers import Readers
from tests.faults.scene import Scene

RATE = 20.0
SAMPLES = 30
WARM_UP = 0.4
"""Of the time: caches fill, threads and connections come up."""
MB_IN_TEN_MINUTES = 1.0
MORE_FILES = 5
LONG_ENOUGH = 60.0
MOST_TIMES = 1.5
MOST_WAITING = 20 * RATE
"""Steps of work: some seconds' worth. A worker that is too slow has thousands within minutes."""


@dataclass
class _Sample:
    megabytes: float
    files: int
    log_mb: float
    answers: int


def soak(scene: Scene, *, for_seconds: float) -> list[Figure]:
    """Let readers report at a steady pace for so long, and look at the process from outside."""
    samples, pause = [], threading.Event()
    with running(scene) as service, Readers(scene, service.port, rate=RATE) as readers:
        for _ in range(SAMPLES):
            pause.wait(for_seconds / SAMPLES)
            samples.append(_look(scene, service, len(readers.book.seconds)))
        readers.end()
        waiting = scene.waiting()
        settled = samples[int(SAMPLES * WARM_UP) :]
        minutes = for_seconds / SAMPLES * (len(settled) - 1) / 60
        slope = _slope([one.megabytes for one in settled]) * (len(settled) - 1) / minutes * 10
        half = len(settled) // 2
        files = [
            statistics.median(one.files for one in part)
            for part in (settled[:half], settled[half:])
        ]
        # Of a few seconds, the connections of the moment are most of what is open.
        most_files = MORE_FILES if for_seconds >= LONG_ENOUGH else None
        early, late = _p99(readers, settled, 0, 5), _p99(readers, settled, -6, -1)
        return [
            *losses(scene, readers.book),
            told("memory at the end, MB", samples[-1].megabytes),
            seconds("memory, MB in ten minutes", slope, MB_IN_TEN_MINUTES),
            Figure("open files, more than at first", files[1] - files[0], most_files),
            Figure("log, MB", max(one.log_mb for one in samples), WAL_MB),
            seconds("steps that wait", waiting, MOST_WAITING),
            told("p99 at first, ms", early),
            told("p99 at last, ms", late),
            seconds("times", late / early, MOST_TIMES),
        ]


def _look(scene: Scene, service: Service, answers: int) -> _Sample:
    url = make_url(scene.database_url)
    log = Path(f"{url.database}-wal")
    size = log.stat().st_size / 2**20 if log.exists() else 0.0
    return _Sample(service.resident_mb(), service.open_files(), size, answers)


def _slope(values: list[float]) -> float:
    return statistics.linear_regression(range(len(values)), values).slope


def _p99(readers: Readers, samples: list[_Sample], first: int, last: int) -> float:
    between = sorted(readers.book.seconds[samples[first].answers : samples[last].answers])
    assert between, "nobody was answered"
    return between[int(len(between) * 0.99)] * 1000
