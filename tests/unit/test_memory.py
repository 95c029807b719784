"""How the process holds its memory, asked of the C library in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# Eight threads at the same time take pieces that Python leaves to the C library (over 512 bytes).
_HEAPS = """
import ctypes, sys, threading
from copydesk.memory import share_one_heap

libc = ctypes.CDLL(None)
if not hasattr(libc, "mallopt") or not hasattr(libc, "malloc_info"):
    sys.exit(3)
if "share" in sys.argv:
    share_one_heap()
everybody = threading.Barrier(8)
pieces = []

def take():
    everybody.wait()
    pieces.append([bytes(5_000) for _ in range(50)])
    everybody.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


def heaps(folder: Path, *told: str, **environment: str) -> int:
    """Return how many heaps eight threads use."""
    report = folder / "malloc.xml"
    inherited = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    command = [sys.executable, "-c", _HEAPS, str(report), *told]
    done = subprocess.run(command, env=inherited | environment, timeout=60, check=False)
    if done.returncode == 3:
        pytest.skip("not glibc: there is one heap")
    assert done.returncode == 0
    return len(re.findall("<heap nr=", report.read_text()))


def test_all_threads_share_one_heap(tmp_path: Path) -> None:
    assert heaps(tmp_path) > 1
    assert heaps(tmp_path, "share") == 1


def test_the_operator_has_the_last_word(tmp_path: Path) -> None:
    assert heaps(tmp_path, "share", MALLOC_ARENA_MAX="3") == 3
