"""Which server serves the endpoint best on one small machine: each one that can be imported.

``copydesk serve`` runs waitress; granian and gunicorn are tried where they are installed. Measured
on SQLite in one process with 16 threads: reports a second and the processor time of one at 16
connections, memory, what a SIGTERM under load does to requests in flight, and what 200 clients that
never finish their request do to the others.
"""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from copydesk.demo.servers import free_port
from tests.bench.figures import line
from tests.bench.installation import THREADS, Target, prepare, serve_settings
from tests.bench.load import Outcome, load
from tests.bench.processor import PAGES, SESSION, processes, taken

APP = "copydesk.wsgi:app"
SECONDS = 3.0
SLOW_CLIENTS = 200
START_SECONDS = 30

COMMANDS = {
    "waitress": ["-m", "copydesk", "serve", "--no-worker", "--bind", "127.0.0.1:{port}"],
    "granian": [
        *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}"),
        *("--workers", "1", "--blocking-threads", str(THREADS), "--no-access-log", APP),
    ],
    "gunicorn": [
        *("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", "1", "--threads", str(THREADS), APP),
    ],
}


class Served:
    """A server in a session of its own, with all its processes."""

    def __init__(self, command: list[str], url: str) -> None:
        self.port = free_port()
        self._process = subprocess.Popen(
            [sys.executable, *(part.format(port=self.port) for part in command)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | serve_settings(url),
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("it did not start")

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes."""
        return sum(map(taken, self._processes()))

    def megabytes(self) -> float:
        """Return the resident memory of all its processes."""
        pages = sum(int(fields[PAGES]) for fields in self._processes())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> float:
        """Send SIGTERM, wait for the end, and return how many seconds that took."""
        begin = time.monotonic()
        self._process.terminate()
        self._process.wait(60)
        return time.monotonic() - begin

    def kill(self) -> None:
        """End it whatever it does."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait()

    def _processes(self) -> Iterator[list[str]]:
        return processes(SESSION, self._process.pid)


def run() -> None:
    """Print the figures of each server."""
    for name, command in COMMANDS.items():
        if name != "waitress" and importlib.util.find_spec(name) is None:
            line(name, skipped="not installed")
            continue
        with _served(command) as server:
            load(server.port, Target().reports(300), connections=THREADS, seconds=1)
            before = server.cpu_seconds()
            full = load(server.port, Target().reports(), connections=THREADS, seconds=SECONDS)
            cost = (server.cpu_seconds() - before) / len(full.latencies) * 1e6
            lone = load(server.port, Target().reports(3000), connections=1, seconds=SECONDS)
            memory = server.megabytes()
            with _slow_clients(server.port):
                beset = load(server.port, Target().reports(), connections=THREADS, seconds=SECONDS)
        line(
            name,
            per_s=full.per_second,
            cpu_us=cost,
            p99=full.quantile(0.99),
            lone_p50=lone.quantile(0.5),
            mb=memory,
        )
        line(f"{name}, {SLOW_CLIENTS} slow clients", per_s=beset.per_second, p99=_p99(beset))
        with _served(command) as server:
            _stop_under_load(name, server)


def _stop_under_load(name: str, server: Served) -> None:
    """Print what becomes of requests that are in flight when it is told to stop."""
    outcomes: list[Outcome] = []
    driver = threading.Thread(
        target=lambda: outcomes.append(
            load(server.port, Target().reports(), connections=THREADS, seconds=SECONDS * 2)
        )
    )
    driver.start()
    time.sleep(SECONDS)
    seconds = server.stop()
    driver.join()
    line(
        f"{name}, SIGTERM under load",
        cut_off=outcomes[0].cut_off,
        statuses=outcomes[0].statuses,
        stopped_s=seconds,
    )


def _p99(outcome: Outcome) -> float:
    return outcome.quantile(0.99) if outcome.latencies else float("inf")


@contextmanager
def _served(command: list[str]) -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        prepare(url)
        server = Served(command, url)
        try:
            server.wait()
            yield server
        finally:
            server.kill()


@contextmanager
def _slow_clients(port: int) -> Iterator[None]:
    """Hold connections open with half a request each."""
    with ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            link.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: bench\r\nContent-Le")
        yield


if __name__ == "__main__":
    run()
