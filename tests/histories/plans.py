"""What happens to a page in one history, and what must become of its errata.

A plan says at each moment what the server answers and which errors the article has *in truth*: an
erratum that is closed by reading while its error stands there is a false close.
"""

import importlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from copydesk.store.tables import State
from tests.histories import pages
from tests.histories.story import Story, make_story

OPEN = frozenset({State.OPEN})
CORRECTED = frozenset({State.CORRECTED})
EITHER = OPEN | CORRECTED
"""No reading can tell for sure; staying open is right, closing would not be wrong."""


@dataclass(frozen=True)
class Publish:
    """The server answers so from now on; ``wrong``: the errors that the article truly has."""

    answer: pages.Answer
    wrong: tuple[int, ...] = ()


@dataclass(frozen=True)
class Say:
    """Somebody says "corrected" of an erratum."""

    flaw: int = 0


@dataclass(frozen=True)
class Plan:
    """One history: the first printing, what follows, and the states in which it may end."""

    kind: str
    story: Story
    events: tuple[tuple[timedelta, Publish | Say], ...]
    ends: tuple[frozenset[State], ...]
    """One set of states for each flaw."""
    is_slow: bool = False
    """Its server may let us wait: it is read with a short deadline."""
    most_thanks: int = 1


Maker = Callable[[random.Random, Story], Plan]
KINDS: dict[str, tuple[Maker, int]] = {}


def kind(name: str, flaws: int = 1) -> Callable[[Maker], Maker]:
    """Enter a maker of plans under ``name``; its stories have that many flaws."""

    def enter(maker: Maker) -> Maker:
        KINDS[name] = (maker, flaws)
        return maker

    return enter


def make_plans(seed: int, count: int) -> list[Plan]:
    """Return ``count`` histories, each kind as often as the others."""
    importlib.import_module("tests.histories.kinds")  # which enters them
    names = sorted(KINDS)
    plans = []
    for number in range(count):
        chooser = random.Random(f"{seed}:{number}")
        name = names[number % len(names)]
        maker, flaws = KINDS[name]
        story = make_story(chooser, chooser.choice(("en", "ru")), flaws)
        plans.append(replace(maker(chooser, story), kind=name))
    return plans


def hours(chooser: random.Random, low: float, high: float) -> timedelta:
    """Return a moment between two hours after the report."""
    return timedelta(hours=chooser.uniform(low, high))


def plan(
    story: Story,
    *events: tuple[timedelta, Publish | Say],
    ends: frozenset[State] | tuple[frozenset[State], ...],
    is_slow: bool = False,
) -> Plan:
    """Return a plan; one set of states stands for each of the flaws."""
    each = ends if isinstance(ends, tuple) else (ends,) * len(story.flaws)
    return Plan("", story, events, each, is_slow)


def mended(story: Story) -> Publish:
    """Publish it without its errors."""
    return Publish(pages.always(pages.article(story)))


def unmended(story: Story) -> Publish:
    """Publish it as it was reported."""
    wrong = tuple(range(len(story.flaws)))
    return Publish(pages.always(pages.article(story, wrong)), wrong)


def instead(answer: pages.Answer | bytes | None, *wrong: int) -> Publish:
    """Publish something else; the article behind it still has the errors ``wrong``."""
    return Publish(answer if callable(answer) else pages.always(answer), wrong)
