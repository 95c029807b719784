"""``copydesk serve`` as an operator starts it, and what can be done to its process from outside."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import resident_mb
from tests.faults.scene import Scene

START_SECONDS = 60
COPYDESK = ("-m", "copydesk")
HAS_STRACE = shutil.which("strace") is not None


@dataclass
class Service:
    """A running service."""

    port: int
    process: "subprocess.Popen[str]"
    pid: int

    def stop(self) -> float:
        """Ask it to end, wait until it has, and return how long that took, in seconds."""
        begun = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        code = self.process.wait(START_SECONDS)
        assert code == 0, code
        return time.monotonic() - begun

    def resident_mb(self) -> float:
        """Return how much memory it holds."""
        return resident_mb(self.pid)

    def open_files(self) -> int:
        """Return how many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def is_alive(self) -> bool:
        """Say whether it is still the process that was started."""
        return self.process.poll() is None

    @contextmanager
    def where(self, *injections: str) -> Iterator[None]:
        """Let system calls fail while the block lasts: ``fdatasync:error=EIO``."""
        options = [part for one in injections for part in ("-e", f"inject={one}")]
        traced = ",".join(one.partition(":")[0] for one in injections)
        command = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={traced}", *options]
        tracer = subprocess.Popen(
            [*command, "-p", str(self.pid)], stderr=subprocess.PIPE, text=True
        )
        assert tracer.stderr is not None
        assert "attached" in tracer.stderr.readline()
        try:
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=START_SECONDS)


@contextmanager
def running(
    scene: Scene,
    *options: str,
    program: Sequence[str] = COPYDESK,
    before: Sequence[str] = (),
    settings: dict[str, str] | None = None,
) -> Iterator[Service]:
    """Start ``copydesk serve`` (``before``: a command that runs it) and kill it at the end."""
    process = subprocess.Popen(
        [*before, sys.executable, *program, "serve", "--bind", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=scene.environment | (settings or {}),
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert "listens on" in told, told
        port = int(told.partition("127.0.0.1:")[2].partition(";")[0])
        yield Service(port, process, _child(process.pid) if before else process.pid)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def command(scene: Scene, *arguments: str) -> str:
    """Run ``copydesk …`` to its end, which must be a good one, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *COPYDESK, *arguments],
        capture_output=True,
        text=True,
        env=scene.environment,
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def _child(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
