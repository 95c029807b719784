"""Each fault in its short form; ``python3 run.py bench faults`` has the whole forms."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults import (
    copies,
    disk,
    hanging,
    kills,
    locks,
    overload,
    postgresql,
    power_cuts,
    repeats,
    soak,
    stops,
)
from tests.faults.figures import Figure, broken
from tests.faults.process import HAS_STRACE
from tests.faults.scene import Scene, scene

needs_strace = pytest.mark.skipif(not HAS_STRACE, reason="strace injects the fault")


@pytest.fixture
def place(database_url: str) -> Iterator[Scene]:
    with scene(database_url) as built:
        yield built


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Scene]:
    """What is about SQLite's file."""
    with scene(f"sqlite:///{tmp_path}/copydesk.db") as built:
        yield built


def test_kills_at_random(place: Scene) -> None:
    assert broken(kills.at_random(place, kills=4, seed=11)) == []


def test_kills_at_each_named_point(place: Scene) -> None:
    assert broken(kills.at_named_points(place, rounds=1, seed=12)) == []


def test_one_process_of_eight_after_another() -> None:
    with postgresql.engine() as engine, scene(engine.url) as built:
        figures = kills.one_after_another(built, kills=4, every_seconds=0.1, seed=14)
        assert broken(figures) == []


def test_a_copy_that_is_run(place: Scene) -> None:
    assert broken(copies.run_beside(place, reports=10)) == []


@needs_strace
def test_power_cuts(on_file: Scene, tmp_path: Path) -> None:
    assert broken(power_cuts.replayed(on_file, tmp_path, reports=40, cuts=40, seed=13)) == []


@needs_strace
def test_power_cuts_are_noticed(on_file: Scene, tmp_path: Path) -> None:
    """With ``synchronous=NORMAL`` the same replay must find reports that are lost."""
    figures = power_cuts.replayed(on_file, tmp_path, reports=40, cuts=40, seed=13, careless=True)
    assert {figure.name for figure in broken(figures)} >= {"lost", "cuts that lost any"}


@needs_strace
@pytest.mark.parametrize("refusal", disk.REFUSALS)
def test_a_disk_that_refuses(on_file: Scene, refusal: str) -> None:
    assert broken(disk.refuses(on_file, disk.REFUSALS[refusal])) == []


def test_a_full_disk(tmp_path: Path) -> None:
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(disk.small_disk(tmp_path / "small"))
        except PermissionError:
            pytest.skip("mounting a small disk is not allowed here")
        built = stack.enter_context(scene(f"sqlite:///{folder}/copydesk.db"))
        assert broken(disk.is_full(built, folder)) == []


def test_a_lock_that_somebody_holds(on_file: Scene) -> None:
    assert broken(locks.held(on_file, for_seconds=0)) == []


def test_a_writer_that_was_stopped(on_file: Scene) -> None:
    assert broken(locks.stopped(on_file, for_seconds=0)) == []


def test_a_long_look(on_file: Scene) -> None:
    assert broken(locks.looked_at(on_file, reports=40)) == []


@pytest.mark.parametrize("disturbance", [postgresql.restarts, postgresql.terminations])
def test_a_postgresql_that_is_disturbed(disturbance: postgresql.Disturbance) -> None:
    with postgresql.engine() as engine, scene(engine.url) as built:
        assert broken(disturbance(built, engine, times=2)) == []


def test_one_connection_left() -> None:
    with postgresql.engine() as engine, scene(engine.url) as built:
        assert broken(postgresql.one_connection(built, engine, for_seconds=1)) == []


def test_stops_under_load(place: Scene) -> None:
    assert broken(stops.under_load(place, times=2)) == []


def test_repeats(place: Scene) -> None:
    assert broken(repeats.of_each_kind(place, rounds=2)) == []


def test_others_hang(place: Scene) -> None:
    assert broken(hanging.others_hang(place, reports=30)) == []


def test_more_readers_than_can_be_served(place: Scene) -> None:
    figures = overload.ten_times(place, for_seconds=1)
    assert broken(figures) == []
    assert value(figures, "put off (429, 503)") > 0


def test_senders_who_never_finish(place: Scene) -> None:
    assert broken(overload.slow_senders(place, number=300)) == []


def test_five_seconds_of_work(on_file: Scene) -> None:
    """Far too short to see memory grow: it proves the harness, and that nothing is lost."""
    assert broken(soak.soak(on_file, for_seconds=5)) == []


def value(figures: list[Figure], name: str) -> float:
    return next(figure.value for figure in figures if figure.name == name)
