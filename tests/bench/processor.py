"""The processor time that processes have taken; Linux alone."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pid: int) -> float:
    """Return the processor time of one process."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return _own(fields)


def seconds_of_family(pid: int) -> float:
    """Return that of a process and of its children, those that have ended included."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    ended = (int(fields[13]) + int(fields[14])) / _TICKS
    return _own(fields) + ended + sum(_own(child) for child in _children(pid))


def _children(pid: int) -> list[list[str]]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _stat(path)
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == pid:
            found.append(fields)
    return found


def _stat(path: Path) -> list[str]:
    """Return the fields after the name: state, parent, and so on (proc(5), from field 3)."""
    return path.read_text().rpartition(") ")[2].split()


def _own(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / _TICKS
