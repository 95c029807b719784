"""The disk refuses to write, or is full: nothing is acknowledged, and all is well afterwards."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.desk import Editor
from tests.faults.figures import Figure, losses, seconds
from tests.faults.process import Service, running
from tests.faults.readers import Readers, seconds_to_heal
from tests.faults.scene import Scene

RATE = 20.0
HEALTHY_SECONDS = 5.0
SMALL_DISK = "24m"

REFUSALS = {
    "sync: EIO": ("fdatasync:error=EIO", "fsync:error=EIO"),
    "write: ENOSPC": ("pwrite64:error=ENOSPC",),
    "write: EIO": ("pwrite64:error=EIO",),
}


def refuses(scene: Scene, injections: tuple[str, ...], *, refused: int = 5) -> list[Figure]:
    """Let the system calls fail until so many reports were put off, then no longer."""
    with running(scene) as service, Readers(scene, service.port, rate=RATE) as readers:
        readers.wait_for(5)
        with service.where(*injections):
            readers.wait_for_status(503, refused)
        healed = seconds_to_heal(scene, service.port)
        readers.wait_for_more(5)
        readers.end()
        return _judged(scene, service, readers, healed)


def is_full(scene: Scene, folder: Path, *, refused: int = 5) -> list[Figure]:
    """Fill the disk that the database lies on until reports are put off; then make room again."""
    filler, editor = folder / "filler", Editor(scene)
    with running(scene) as service, Readers(scene, service.port, rate=RATE) as readers:
        readers.wait_for(5)
        _fill(filler)
        readers.wait_for_status(503, refused)
        _fill(filler)  # what a checkpoint gave back
        readers.wait_for_status(503, 2 * refused)
        editor.look(service)
        filler.unlink()
        healed = seconds_to_heal(scene, service.port)
        readers.wait_for_more(5)
        readers.end()
        return [
            *_judged(scene, service, readers, healed),
            Figure("desk pages refused", editor.refused),
        ]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of 24 MB in memory. Raises ``PermissionError`` where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise PermissionError("mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _judged(scene: Scene, service: Service, readers: Readers, healed: float) -> list[Figure]:
    return [
        *losses(scene, readers.book),
        Figure("died", int(not service.is_alive())),
        seconds("seconds until healthy", healed, HEALTHY_SECONDS),
    ]


def _fill(file: Path) -> None:
    with file.open("ab", buffering=0) as filler:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    os.write(filler.fileno(), b"x" * size)
            except OSError:
                continue
