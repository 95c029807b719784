"""How long ``copydesk serve`` takes from its start to its first answer, and its memory after it."""

import http.client
import time

from tests.bench.figures import line
from tests.bench.installation import BACKENDS, new_database, prepare
from tests.bench.servers import START_SECONDS, Served

TRIES = 5
BAR_SECONDS = 1.5
COMMAND = ["-m", "copydesk", "serve", "--bind", "127.0.0.1:{port}"]
PAUSE_SECONDS = 0.005


def run() -> None:
    """Print the best of five starts on each database, over tables that are there already.

    The best, because other work on the machine can only make a start slower.
    """
    for backend in BACKENDS:
        with new_database(backend) as url:
            prepare(url)
            starts = [_start(url) for _ in range(TRIES)]
        seconds = [taken for taken, _ in starts]
        line(
            f"start to first answer, {backend}",
            best_s=min(seconds),
            worst_s=max(seconds),
            bar_s=BAR_SECONDS,
            mb=max(megabytes for _, megabytes in starts),
        )


def _start(url: str) -> tuple[float, float]:
    begin = time.monotonic()
    server = Served(COMMAND, url)
    try:
        while not _answers(server.port):
            if time.monotonic() - begin > START_SECONDS:
                raise RuntimeError("it did not start")
            time.sleep(PAUSE_SECONDS)
        return time.monotonic() - begin, server.megabytes()
    finally:
        server.kill()


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        link.request("GET", "/copydesk.js")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


if __name__ == "__main__":
    run()
