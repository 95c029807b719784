"""200 histories of reported errors: what is gone is closed, what stands is not, ever."""

import pytest
from tests.histories.plans import KINDS, make_plans
from tests.histories.world import Outcome, World

from copydesk.store.database import Database

SEED = 4
COUNT = 200
PARTS = 8


@pytest.fixture(params=range(PARTS))
def outcomes(db: Database, request: pytest.FixtureRequest) -> list[Outcome]:
    world = World(db, make_plans(SEED, COUNT)[request.param :: PARTS])
    try:
        return world.run()
    finally:
        world.close()


def test_there_are_histories_of_each_kind() -> None:
    plans = make_plans(SEED, COUNT)
    assert len(plans) == COUNT
    assert {plan.kind for plan in plans} == set(KINDS)


def test_histories_end_as_they_must(outcomes: list[Outcome]) -> None:
    assert len(outcomes) == COUNT // PARTS
    assert sum(outcome.false_closes for outcome in outcomes) == 0
    assert [str(outcome) for outcome in outcomes if not outcome.is_right] == []

    lives = [outcome.life for outcome in outcomes]
    assert [life.plan.kind for life in lives if life.impolite] == []
    tagged = [life for life in lives if life.plan.kind == "not modified, then corrected"]
    assert all(life.unmodified > 0 for life in tagged)
    for life in lives:
        # Proof, six waits up to a week, and as many again after a correction or a reverted one.
        assert life.requests <= 30, life.plan.kind
