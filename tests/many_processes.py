"""Web and worker processes side by side, each of which may be killed at any moment.

Forked from a server process that has read the program already: a process of its own, as an operator
would start it, but in a tenth of a second.
"""

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from copydesk.cli.serve import listen_for
from copydesk.demo.servers import free_port
from copydesk.logs import configure_logs
from copydesk.services import Services, build_services
from copydesk.settings import load_settings
from tests import crash_points

START_SECONDS = 60
_CONTEXT = multiprocessing.get_context("forkserver")


def _built(environment: Mapping[str, str]) -> Services:
    os.environ.clear()
    os.environ.update(environment)
    settings = load_settings()
    configure_logs(settings.log)
    crash_points.arm(os.environ.get(crash_points.VARIABLE, ""))
    return build_services(settings)


def serve(environment: Mapping[str, str], port: int) -> None:
    """Be a web process, until killed."""
    server = listen_for(_built(environment), f"127.0.0.1:{port}")
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    server.run()


def work(environment: Mapping[str, str], port: int) -> None:
    """Be a worker process, until killed."""
    del port
    crew = _built(environment).crew()
    signal.signal(signal.SIGTERM, lambda *_: crew.stop())
    crew.start()
    crew.join()


class Place:
    """Where one process runs; after ``kill`` it starts again at the same port."""

    def __init__(
        self, task: Callable[[Mapping[str, str], int], None], environment: Mapping[str, str]
    ) -> None:
        self.port = free_port() if task is serve else 0
        self._task = task
        self._environment = dict(environment)
        self._start(self._environment)

    @property
    def url(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End the process as a power cut would, and start another one in its place."""
        self._process.kill()
        self._process.join()
        self._start(self._environment)

    def restart(self, besides: Mapping[str, str]) -> None:
        """End the process cleanly, and start another one that has ``besides`` in its environment.

        The one after it has not.
        """
        self.stop()
        self._start(self._environment | dict(besides))

    def outlive(self) -> None:
        """Wait until the process has killed itself, and start another one in its place."""
        self._process.join(START_SECONDS)
        assert self._process.exitcode == -signal.SIGKILL, self._process.exitcode
        self._start(self._environment)

    def wait(self) -> None:
        """Return when the web process listens."""
        ready, tries = threading.Event(), START_SECONDS * 20
        for _ in range(tries):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                ready.wait(0.05)
            else:
                return
        raise AssertionError("it did not start")

    def stop(self) -> None:
        """End the process cleanly, or at all."""
        self._process.terminate()
        self._process.join(START_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _start(self, environment: Mapping[str, str]) -> None:
        self._process = _CONTEXT.Process(target=self._task, args=(environment, self.port))
        self._process.start()


class Estate:
    """So many web and so many worker processes over one database."""

    def __init__(self, environment: Mapping[str, str], *, webs: int, workers: int) -> None:
        _CONTEXT.set_forkserver_preload(["tests.many_processes"])
        self.webs = [Place(serve, environment) for _ in range(webs)]
        self.workers = [Place(work, environment) for _ in range(workers)]

    def __enter__(self) -> Self:
        for web in self.webs:
            web.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for place in (*self.webs, *self.workers):
            place.stop()
