"""Histories of reported errors, on seeds that no test uses: false closes, and what stays open."""

import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from tests.bench.figures import line
from tests.histories.plans import make_plans
from tests.histories.world import Outcome, World

SEED = int(os.environ.get("HISTORIES_SEED", "9001"))
COUNT = 200


def run() -> None:
    """Print the figures, and each history that did not end as it must."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    begin = time.perf_counter()
    outcomes = _outcomes()
    errata = [state for outcome in outcomes for state in outcome.states]
    line(
        f"histories, seed {SEED}",
        count=len(outcomes),
        errata=len(errata),
        false_closes=sum(outcome.false_closes for outcome in outcomes),
        wrong_ends=sum(not outcome.is_right for outcome in outcomes),
        left_open=sum(outcome.left_open for outcome in outcomes),
        requests_each=sum(outcome.life.requests for outcome in outcomes) / len(outcomes),
        seconds=time.perf_counter() - begin,
    )
    for outcome in outcomes:
        if not outcome.is_right:
            line(f"  wrong: {outcome}")
    left = Counter(outcome.life.plan.kind for outcome in outcomes if outcome.left_open)
    for kind, count in left.most_common():
        line(f"  open though corrected: {kind}", histories=count)


def _outcomes() -> list[Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/histories.db")
        upgrade(database)
        world = World(database, make_plans(SEED, COUNT))
        try:
            return world.run()
        finally:
            world.close()
            database.close()
