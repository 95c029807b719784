"""The attacks on the reader of pages, against each guard for ``requests`` that is installed."""

import threading
import time
import tracemalloc
from contextlib import suppress

from tests.attacks.case import PUBLIC, PUBLIC_TOO
from tests.attacks.everything import cases, controls
from tests.attacks.internet import HELD, Answering, Internet, internet, run
from tests.attacks.readers import DEADLINE, Reader, readers
from tests.attacks.servers import Hostile, bombs, drips, floods
from tests.bench.figures import line
from tests.page_server import page, says

PATIENCE = 3 * DEADLINE
MOST_MEMORY = 32 * 1024 * 1024


def run_guards() -> None:
    """Print one line for each guard."""
    found, missing = readers()
    for name, reader in found.items():
        _led_astray(name, reader)
        _held_up(name, reader)
    for name in missing:
        line(name, skipped="not installed; pip install it beside the tests to compare")


def _led_astray(name: str, reader: Reader) -> None:
    inside = odd = reached = 0
    answering = Answering()
    with internet(answering) as net:
        for case in cases():
            _quietly(lambda case=case: run(net, answering, case, reader))
            reached += bool(net.connects)
            inside += bool(net.inside)
            odd += bool(net.odd_ports)
        read = 0
        for case in controls():
            _quietly(lambda case=case: run(net, answering, case, reader))
            read += bool(net.connects) and not net.inside
    line(
        name,
        inside=f"{inside} of {len(cases())}",
        odd_ports=odd,
        reached=reached,
        honest_pages=f"{read} of {len(controls())}",
    )


def _held_up(name: str, reader: Reader) -> None:
    kept = {"late": 0, "big": 0}
    endless = [*drips(), *floods()]
    for hostile in (*endless, *bombs()):
        took, peak = _cost(hostile, reader)
        kept["late"] += took > PATIENCE
        kept["big"] += peak > MOST_MEMORY
    line(
        "",
        beyond_the_deadline=f"{kept['late'] + _slow(reader)} of {len(endless) + len(bombs()) + 2}",
        beyond_32_MiB=f"{kept['big']} of {len(endless) + len(bombs())}",
    )


def _cost(hostile: Hostile, reader: Reader) -> tuple[float, int]:
    with internet(hostile.script) as net:
        tracemalloc.start()
        took = _timed(net, reader)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return took, peak


def _slow(reader: Reader) -> int:
    """Count 200 addresses that do not answer, and a name server that does not."""
    with internet(says(page())) as net:
        net.begin(((PUBLIC, PUBLIC_TOO, *(f"93.184.215.{n}" for n in range(15, 213))),))
        net.is_silent = True
        late = int(_timed(net, reader) > PATIENCE)
        net.is_silent = False
        net.slow_names.clear()
        late += int(_timed(net, reader) > PATIENCE - 0.1)
        net.slow_names.set()
    return late


def _timed(net: Internet, reader: Reader) -> float:
    """Return the seconds until ``reader`` was done, or a little more than is waited for it."""
    thread = threading.Thread(
        target=_quietly, args=(lambda: reader("http://news.example/"),), daemon=True
    )
    began = time.monotonic()
    thread.start()
    thread.join(PATIENCE + 0.1)
    took = time.monotonic() - began
    net.hang_up()
    thread.join(HELD)
    return took


def _quietly(step: object) -> None:
    # Whatever a library raises is a page that was not read.
    with suppress(Exception):
        assert callable(step)
        step()
