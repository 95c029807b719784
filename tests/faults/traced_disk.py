"""What a disk holds after a power cut, by a record of the system calls that wrote to it.

Two models: only what was synced is there, or besides it any half of the sectors of 512 bytes that
were written since. Not modelled: directory entries, and disks that lie about syncs.
"""

import random
import re
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
STRACE = (
    *("strace", "-f", "-qq", "-y", "-xx", "-s", "300000", "--seccomp-bpf"),
    *("-e", "trace=pwrite64,ftruncate,fdatasync,fsync,sendto"),
)
_CALL = re.compile(r"(\d+) +(\w+)\(\d+<([^>]*)>(?:, )?(.*)$")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (fdatasync|fsync) resumed>\) += 0")
_WRITE = re.compile(r'"([^"]*)", (\d+), (\d+)')
_TOKEN = re.compile(rb'"status_url": ?"[^"]*/r/([\w-]+)"')


@dataclass
class File:
    """What is safe, and what was written since the last sync: offset and bytes, or a new length."""

    safe: bytearray
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self, number: int) -> None:
        """Make the first so many of the unsynced writes safe."""
        for one in self.unsynced[:number]:
            _apply(self.safe, *one)
        del self.unsynced[:number]

    def after_cut(self, chance: random.Random | None) -> bytes:
        """Return what is left: what is safe, and with ``chance`` some sectors of the rest."""
        left = bytearray(self.safe)
        for offset, data in self.unsynced if chance else ():
            if data is None:
                if chance and chance.random() < 0.5:
                    _apply(left, offset, data)
                continue
            for start in range(0, len(data), SECTOR):
                if chance and chance.random() < 0.5:
                    _apply(left, offset + start, data[start : start + SECTOR])
        return bytes(left)


class TracedDisk:
    """Plays a record again, up to any moment of it."""

    def __init__(self, *paths: Path) -> None:
        """``paths``: the files that count, as they are when the record begins."""
        self.files = {
            str(path): File(bytearray(path.read_bytes() if path.exists() else b""))
            for path in paths
        }
        self.acknowledged: set[str] = set()
        self._syncing: dict[str, tuple[File, int]] = {}

    def play(self, record: Path) -> Generator[int]:
        """Do what each line of the record says, and yield its number."""
        with record.open(encoding="ascii") as lines:
            for number, line in enumerate(lines):
                self._do(line)
                yield number

    def _do(self, line: str) -> None:
        if resumed := _RESUMED.match(line):
            if pending := self._syncing.pop(resumed[1], None):
                pending[0].sync(pending[1])
            return
        call = _CALL.match(line)
        if call is None:
            return
        pid, name, path, rest = call.groups()
        if name == "sendto":  # an answer counts from the moment that its sending begins
            self.acknowledged |= {token.decode() for token in _TOKEN.findall(_bytes(rest))}
            return
        file = self.files.get(_bytes(path).decode() if path.startswith("\\x") else path)
        if file is None:
            return
        if name == "pwrite64":
            written = _WRITE.match(rest)
            assert written, line[:200]
            file.unsynced.append((int(written[3]), _bytes(written[1])[: int(written[2])]))
        elif name == "ftruncate":
            file.unsynced.append((int(rest.partition(")")[0].partition(" ")[0]), None))
        elif "unfinished" in rest:
            self._syncing[pid] = (file, len(file.unsynced))
        elif rest.endswith("= 0"):
            file.sync(len(file.unsynced))


def _bytes(text: str) -> bytes:
    return bytes.fromhex("".join(re.findall(r"\\x([0-9a-f]{2})", text)))


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write ``data`` at ``offset``, or without data cut or fill up the file to that length."""
    end = offset + len(data) if data is not None else offset
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset:end] = data
