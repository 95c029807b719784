"""The database: does it work, is it the right one, is it alone?"""

import sqlite3
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from copydesk.cli.doctor.finding import Finding, Named, Patient
from copydesk.errors import CopydeskError
from copydesk.store.migrate import current_revision, is_current
from copydesk.store.tally import mend
from copydesk.store.whereabouts import address_of, in_words, is_relative

MOST_SKEW_SECONDS = 5
"""Beyond it, leases that one machine takes look stale or eternal to another."""
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph"})


def database(patient: Patient) -> Finding:
    """Write something."""
    try:
        patient.services.database.check()
    except (SQLAlchemyError, CopydeskError, OSError) as error:
        return Finding("failure", f"does not take writes: {_kind(error)}")
    url = patient.database_url
    if patient.database_file is not None and is_relative(url):
        return Finding(
            "warning",
            f"takes writes: {in_words(url)}; in another folder it would be another one: "
            f'database.url = "{address_of(patient.database_file)}" says it for all',
        )
    return Finding("ok", f"takes writes: {in_words(url)}")


def _kind(error: Exception) -> str:
    """Name what the database said, such as SQLITE_FULL or ReadOnlySqlTransaction."""
    cause = getattr(error, "orig", None) or error
    return str(getattr(cause, "sqlite_errorname", None) or type(cause).__name__)


def migrations(patient: Patient) -> Finding:
    """Compare the tables with this release."""
    found = patient.services.database
    if is_current(found):
        return Finding("ok", f"at {current_revision(found)}")
    return Finding("failure", "not current: run `copydesk migrate`")


def sqlite(patient: Patient) -> Finding:
    """Look for the race that could lose commits (WAL reset, SQLite 3.7.0 to 3.51.2)."""
    if not patient.services.database.is_sqlite:
        return Finding("ok", "not in use")
    version = sqlite3.sqlite_version
    if keeps_commits(sqlite3.sqlite_version_info):
        return Finding("ok", version)
    return Finding(
        "warning",
        f"{version} can lose a commit when one connection writes at the very moment another, of a "
        "thread or a process, tidies the log: ours take turns; keep other programs off the file",
    )


def keeps_commits(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite has the race mended: 3.51.3, and two older lines since then."""
    if version >= (3, 51, 3) or version < (3, 7, 0):
        return True
    line, release = version[:2], version[2]
    return (line == (3, 50) and release >= 7) or (line == (3, 44) and release >= 6)


def processes(patient: Patient) -> Finding:
    """Count who has a SQLite file open: one writer at a time is what it is made for."""
    path = patient.database_file
    if path is None:
        return Finding("ok", "as many as you like, on PostgreSQL")
    serving = [
        pid for pid in _processes_with(path) if b"serve" in _arguments(pid) and _is_ours(pid)
    ]
    if len(serving) > 1:
        pids = ", ".join(serving)
        return Finding(
            "failure", f"{len(serving)} web processes use the file ({pids}): stop all but one"
        )
    return Finding("ok", "one `serve` has the file open" if serving else "no `serve` runs just now")


def clock(patient: Patient) -> Finding:
    """Compare this machine's clock with the database's."""
    if patient.services.database.is_sqlite:
        return Finding("ok", "SQLite goes by this machine's")
    with patient.services.database.reading() as session:
        theirs = session.scalar(select(func.clock_timestamp()))
    assert theirs is not None
    skew = abs((theirs - patient.services.clock()).total_seconds())
    if skew > MOST_SKEW_SECONDS:
        return Finding("failure", f"{skew:.0f} s from the database's: set up NTP on both")
    return Finding("ok", f"{skew:.1f} s from the database's")


def file_system(patient: Patient) -> Finding:
    """Refuse a network share: SQLite's log needs memory that processes share."""
    path = patient.database_file
    if path is None:
        return Finding("ok", "PostgreSQL's own matter")
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return Finding("ok", "not to be seen on this system")
    kind = file_system_of(path.resolve(), mounts.read_text(encoding="utf-8"))
    if kind in NETWORK_FILE_SYSTEMS:
        return Finding("failure", f"the database lies on {kind}: SQLite loses data there")
    return Finding("ok", kind)


def counts(patient: Patient) -> Finding:
    """Count the errata, seconds for a million, and mend what the desk's tabs say of them."""
    wrong = patient.services.database.write(mend)
    if wrong:
        return Finding("warning", f"{wrong} of those on the desk's tabs were wrong: mended")
    return Finding("ok", "the desk's tabs say what there is")


def _processes_with(path: Path) -> list[str]:
    """Return the processes that have the file open, as far as we may look (Linux)."""
    wanted = str(path.resolve())
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = {str(link.readlink()) for link in (process / "fd").iterdir()}
        except OSError:  # gone meanwhile, or another user's
            continue
        if wanted in files:
            found.append(process.name)
    return sorted(found, key=int)


def _arguments(pid: str) -> list[bytes]:
    try:
        return Path("/proc", pid, "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _is_ours(pid: str) -> bool:
    return any(b"copydesk" in argument for argument in _arguments(pid))


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system ``path`` lies on, by the lines of ``/proc/mounts``."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _device, place, this_kind, *_rest = line.split(" ")
        if path.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, this_kind
    return kind


EXAMINATIONS: Named = (
    ("database", database),
    ("migrations", migrations),
    ("SQLite", sqlite),
    ("processes", processes),
    ("file system", file_system),
    ("clock", clock),
    ("counts", counts),
)
