"""The processor time that processes have taken; Linux alone."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
PARENT, SESSION, PAGES = 1, 3, 21
"""Fields of a process after its name (proc(5), from field 3 on)."""
_TIMES, _TIMES_OF_ENDED_CHILDREN = 11, 13


def seconds_of(pid: int) -> float:
    """Return the processor time of one process."""
    return taken(_fields(Path(f"/proc/{pid}/stat")))


def seconds_of_family(pid: int) -> float:
    """Return that of a process and of its children, those that have ended included."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    ended = taken(fields, _TIMES_OF_ENDED_CHILDREN)
    return taken(fields) + ended + sum(map(taken, processes(PARENT, pid)))


def processes(field: int, value: int) -> Iterator[list[str]]:
    """Yield the fields of each process whose ``field`` is ``value``."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _fields(path)
        except OSError:  # it has just ended
            continue
        if int(fields[field]) == value:
            yield fields


def taken(fields: list[str], first: int = _TIMES) -> float:
    """Return the processor time among a process's fields, in its own code and in the system's."""
    return (int(fields[first]) + int(fields[first + 1])) / _TICKS


def _fields(path: Path) -> list[str]:
    return path.read_text().rpartition(") ")[2].split()
