"""What breaks, and what readers and authors notice of it: the table of ``docs/reliability.md``.

``python3 run.py bench faults`` takes some forty minutes; ``python -m tests.bench.faults kills …``
runs what is named, and ``python3 run.py bench soak`` eight minutes of ordinary work
(``python -m tests.bench.faults soak 3600``: so many seconds).
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.figures import line
from tests.bench.installation import BACKENDS, new_database
from tests.faults import (
    copies,
    disk,
    hanging,
    kills,
    locks,
    migrations,
    overload,
    postgresql,
    power_cuts,
    repeats,
    soak,
    stops,
)
from tests.faults.figures import Figure
from tests.faults.process import HAS_STRACE
from tests.faults.scene import Scene, scene

SOAK_SECONDS = 500.0
"""Of which the last five minutes are judged, when all is warm."""

Fault = Callable[[Scene], list[Figure]]

ON_BOTH: dict[str, Fault] = {
    "kills": lambda place: kills.at_random(place, kills=200, seed=101),
    "named points": lambda place: kills.at_named_points(place, rounds=5, seed=102),
    "copies": lambda place: copies.run_beside(place, reports=100),
    "stops": lambda place: stops.under_load(place, times=50),
    "repeats": lambda place: repeats.of_each_kind(place, rounds=50),
    "hanging": lambda place: hanging.others_hang(place, reports=600),
    "overload": lambda place: overload.ten_times(place, for_seconds=60),
    "slow senders": lambda place: overload.slow_senders(place, number=500),
}
ON_SQLITE: dict[str, Fault] = {
    "lock held": lambda place: locks.held(place, for_seconds=30),
    "writer stopped": lambda place: locks.stopped(place, for_seconds=30),
    "long look": lambda place: locks.looked_at(place, reports=2500),
} | {
    name: lambda place, calls=calls: disk.refuses(place, calls, refused=50)
    for name, calls in disk.REFUSALS.items()
}
BY_STRACE = frozenset(disk.REFUSALS)
NO_STRACE = "there is no strace on this machine"


def run(names: list[str] | None = None) -> None:
    """Print the figures."""
    known = [*ON_BOTH, *ON_SQLITE, *ALONE]
    unknown = [one for one in names or [] if not any(name.startswith(one) for name in known)]
    if unknown:
        raise SystemExit(f"No such fault: {', '.join(unknown)}. There are: {', '.join(known)}")
    for backend in BACKENDS:
        faults = ON_BOTH | (ON_SQLITE if backend == "sqlite" else {})
        for name, fault in faults.items():
            if not _is_wanted(name, names):
                continue
            if name in BY_STRACE and not HAS_STRACE:
                line(f"{name}, {backend}", skipped=NO_STRACE)
                continue
            with new_database(backend) as url, scene(url) as place:
                _print(f"{name}, {backend}", fault(place))
    for name, by_themselves in ALONE.items():
        if _is_wanted(name, names):
            by_themselves()


def run_soak(seconds: float = SOAK_SECONDS) -> None:
    """Print what so long a time of ordinary work shows, on each database."""
    for backend in BACKENDS:
        with new_database(backend) as url, scene(url) as place:
            _print(f"soak, {seconds:.0f} s, {backend}", soak.soak(place, for_seconds=seconds))


def _power_cuts() -> None:
    if not HAS_STRACE:
        line("power cuts, and their control", skipped=NO_STRACE)
        return
    for name, careless in (("power cuts", False), ("power cuts, NORMAL (must lose)", True)):
        with _folder() as folder, scene(f"sqlite:///{folder}/copydesk.db") as place:
            _print(
                name,
                power_cuts.replayed(
                    place, folder, reports=600, cuts=300, seed=103, careless=careless
                ),
            )


def _full_disk() -> None:
    with _folder() as folder, ExitStack() as stack:
        try:
            small = stack.enter_context(disk.small_disk(folder / "small"))
        except PermissionError:
            line("full disk", skipped="mounting a small disk is not allowed here")
            return
        place = stack.enter_context(scene(f"sqlite:///{small}/copydesk.db"))
        _print("full disk", disk.is_full(place, small, refused=50))


def _disturb_postgresql() -> None:
    for disturbance in (postgresql.restarts, postgresql.terminations):
        with postgresql.engine() as engine, scene(engine.url) as place:
            _print(f"PostgreSQL: {disturbance.__name__}", disturbance(place, engine, times=20))
    with postgresql.engine() as engine, scene(engine.url) as place:
        figures = postgresql.one_connection(place, engine, for_seconds=30)
        _print("PostgreSQL: one connection", figures)
    with postgresql.engine() as engine, scene(engine.url) as place:
        figures = kills.one_after_another(place, kills=60, every_seconds=1, seed=104)
        _print("PostgreSQL: one of 4 web and 4 worker processes killed every second", figures)


def _kill_migrations() -> None:
    for backend in BACKENDS:
        with new_database(backend) as url, _folder() as folder:
            _print(f"killed migrations, {backend}", migrations.killed_anywhere(url, folder))


ALONE: dict[str, Callable[[], None]] = {
    "power cuts": _power_cuts,
    "full disk": _full_disk,
    "postgresql": _disturb_postgresql,
    "killed migrations": _kill_migrations,
}


def _is_wanted(name: str, names: list[str] | None) -> bool:
    return not names or any(name.startswith(wanted) for wanted in names)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="copydesk-faults-") as folder:
        yield Path(folder)


def _print(name: str, figures: list[Figure]) -> None:
    shown = {
        figure.name.replace(" ", "_"): float(figure.value)
        if figure.value % 1
        else int(figure.value)
        for figure in figures
        if figure.value or figure.most is not None
    }
    failed = [figure.name for figure in figures if not figure.holds]
    line(name, **shown, holds="yes" if not failed else f"NO: {', '.join(failed)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["soak"]:
        run_soak(*(float(number) for number in sys.argv[2:]))
    else:
        run(sys.argv[1:])
