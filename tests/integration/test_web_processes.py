"""Who may serve the web: many processes on PostgreSQL, one on a SQLite file."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
from tests.conftest import SECRET_KEY

from copydesk.demo.servers import free_port
from copydesk.errors import UsageError
from copydesk.store.database import Database

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 60


def environment(url: str, port: int) -> dict[str, str]:
    return os.environ | {
        "COPYDESK_SERVER__BASE_URL": f"http://127.0.0.1:{port}",
        "COPYDESK_SERVER__BIND": f"127.0.0.1:{port}",
        "COPYDESK_SERVER__SECRET_KEY": SECRET_KEY,
        "COPYDESK_DATABASE__URL": url,
        "WEB_CONCURRENCY": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@contextmanager
def gunicorn(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run it by the sample configuration; its log goes to ``folder``."""
    port = free_port()
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "config/gunicorn.conf.py")],
            cwd=folder,
            env=environment(url, port),
            stdout=log,
            stderr=log,
        )
    try:
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT_SECONDS)


def log_of(folder: Path) -> str:
    return (folder / "gunicorn.log").read_text(encoding="utf-8")


def wait_until_listening(port: int) -> None:
    pause = threading.Event()
    for _ in range(WAIT_SECONDS * 10):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            pause.wait(0.1)
        else:
            return
    raise AssertionError("it does not listen")


@pytest.mark.parametrize("backend", ["postgresql"])
def test_gunicorn_serves_by_the_sample_configuration(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    with gunicorn(database_url, tmp_path) as (process, port):
        wait_until_listening(port)
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=WAIT_SECONDS)
        assert answer.status_code == 200, log_of(tmp_path)
    assert process.returncode == 0
    assert "Traceback" not in log_of(tmp_path)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_second_web_process_on_a_sqlite_file_is_told_why(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    db.serve_alone()
    db.serve_alone()  # the same process may say it again
    with closing(Database(database_url)) as second:
        with pytest.raises(UsageError, match="another web process"):
            second.serve_alone()
        second.check()  # it may work, as `copydesk worker` does
    serve = subprocess.run(
        [sys.executable, "-m", "copydesk", "serve"],
        env=environment(database_url, free_port()),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert serve.returncode == 1
    assert "another web process serves this SQLite file already" in serve.stderr
    with gunicorn(database_url, tmp_path) as (process, _):
        assert process.wait(WAIT_SECONDS) != 0
    assert "another web process serves this SQLite file already" in log_of(tmp_path)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_next_one_may_serve_once_the_first_is_gone(database_url: str) -> None:
    with closing(Database(database_url)) as first:
        first.serve_alone()
    with closing(Database(database_url)) as second:
        second.serve_alone()


@pytest.mark.parametrize("backend", ["postgresql"])
def test_any_number_may_serve_on_postgresql(db: Database, database_url: str) -> None:
    db.serve_alone()
    with closing(Database(database_url)) as second:
        second.serve_alone()
