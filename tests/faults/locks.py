"""Somebody else holds the database: a lock on all of it, or a look at an old state of it."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.desk import Editor
from tests.faults.disk import HEALTHY_SECONDS, RATE
from tests.faults.figures import Figure, losses, seconds, told
from tests.faults.process import running
from tests.faults.readers import Readers, seconds_to_heal
from tests.faults.scene import Scene

WAL_MB = 64


def held(scene: Scene, *, for_seconds: float) -> list[Figure]:
    """Hold the lock on the whole SQLite file while readers report, and let it go again."""
    return _while_held(scene, _locked(scene), for_seconds)


def stopped(scene: Scene, *, for_seconds: float) -> list[Figure]:
    """Hold our own lock for writers, as a worker does that was stopped in a transaction."""
    return _while_held(scene, _in_turn(scene), for_seconds)


def _while_held(
    scene: Scene, lock: AbstractContextManager[None], for_seconds: float
) -> list[Figure]:
    editor = Editor(scene)
    with running(scene) as service, Readers(scene, service.port, rate=RATE) as readers:
        readers.wait_for(5)
        with lock:
            readers.wait_for_status(503, 1)  # by then it was held for 5 s
            editor.look(service)
            threading.Event().wait(max(0.0, for_seconds - 5))
        healed = seconds_to_heal(scene, service.port)
        readers.wait_for_more(5)
        readers.end()
        return [
            *losses(scene, readers.book),
            Figure("desk pages refused", editor.refused),
            seconds("seconds until healthy", healed, HEALTHY_SECONDS),
        ]


@contextmanager
def _locked(scene: Scene) -> Iterator[None]:
    with _connection(scene) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _in_turn(scene: Scene) -> Iterator[None]:
    with scene.database() as database, database.alone():
        yield


def looked_at(scene: Scene, *, reports: int) -> list[Figure]:
    """Keep a reading transaction open for so many reports: the log can't be folded in meanwhile."""
    wal = Path(f"{make_url(scene.database_url).database}-wal")
    with running(scene) as service:
        with Readers(scene, service.port, rate=4 * RATE) as readers:
            with _connection(scene) as other:
                other.execute("BEGIN")
                other.execute("SELECT count(*) FROM report").fetchone()
                readers.wait_for(reports)
                peak = wal.stat().st_size
                other.execute("ROLLBACK")
            readers.wait_for_more(20)
        figures = losses(scene, readers.book)
        return [
            *figures,
            told("log meanwhile, MB", peak / 2**20),
            Figure("log afterwards, MB", wal.stat().st_size / 2**20, WAL_MB),
        ]


@contextmanager
def _connection(scene: Scene) -> Iterator[sqlite3.Connection]:
    path = make_url(scene.database_url).database
    assert path
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
        yield connection
