"""Whatever is sent and whatever breaks: each line of the log parses, and repeats none of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.log_scenarios import PLANTED

ROOT = Path(__file__).parents[2]


def lines_of(scenario: str, url: str, *, code: int = 0) -> list[dict[str, Any]]:
    """Run a scenario of ``tests/log_scenarios.py`` and return its log: every line an event."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.log_scenarios", scenario, url],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert PLANTED not in done.stderr + done.stdout
    assert "\x1b" not in done.stderr
    # By every character that some program takes for the end of a line.
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    for line in lines:
        assert {"event", "level", "timestamp"} <= set(line), line
    return lines


def test_hostile_bodies_leave_nothing_in_the_log(database_url: str, backend: str) -> None:
    events = [line["event"] for line in lines_of("hostile_bodies", database_url)]
    last = "request.put_off" if backend == "sqlite" else "request.crashed"
    assert last in events


def test_a_job_that_breaks_says_where_and_not_on_what(database_url: str) -> None:
    lines = {line["event"]: line for line in lines_of("broken_jobs", database_url)}
    kinds = [one["kind"] for one in lines["job.crashed"]["exception"]]
    assert kinds == ["builtins.ValueError", "builtins.KeyError"]
    assert "log_scenarios.py" in lines["job.crashed"]["exception"][0]["frames"][-1]
    assert lines["job.dead"]["reason"] == "550 …: never"
    assert lines["job.retry"]["job"] > 0


def test_what_libraries_say_is_masked(database_url: str) -> None:
    lines = lines_of("foreign_words", database_url)
    assert [line["logger"] for line in lines] == ["waitress"] * 5 + ["py.warnings"]
    assert lines[0]["event"] == "Client disconnected while serving /r/…?…"
    assert lines[1]["event"] == "could not connect to postgresql://…@db/x"
    assert lines[4]["exception"][0]["kind"] == "builtins.ValueError"


def test_a_crash_of_a_thread_or_the_process_is_an_event(database_url: str) -> None:
    first, second = lines_of("crashes", database_url, code=1)
    assert (first["event"], first["thread"]) == ("thread.crashed", "worker-1")
    assert second["event"] == "process.crashed"
    assert second["exception"][0]["kind"] == "builtins.ValueError"


def test_lines_of_many_threads_do_not_run_into_each_other(database_url: str) -> None:
    assert len(lines_of("many_threads", database_url)) == 8 * 50 * 2
