"""Web and worker die at any moment, and at each moment that has a name."""

import random
import threading

from tests import crash_points
from tests.faults.figures import Figure, losses, told
from tests.faults.readers import Book, Readers
from tests.faults.scene import Scene
from tests.many_processes import Estate

RATE = 50.0
PROCESSES = 4
MOST_COPIES = 2
DUPLICATES_A_KILL = 0.2
"""At random moments. Aimed between the server's 250 and our commit, each kill doubles a mail."""


def at_random(scene: Scene, *, kills: int, seed: int, rate: float = RATE) -> list[Figure]:
    """Kill the web process or the worker, whichever chance takes, at moments that it chooses."""
    chance, pause = random.Random(seed), threading.Event()
    with Estate(scene.environment, webs=1, workers=1) as estate:
        web, worker = estate.webs[0], estate.workers[0]
        with Readers(scene, web.port, rate=rate) as readers:
            for _ in range(kills):
                readers.wait_for_more(chance.randint(1, 8))
                pause.wait(chance.uniform(0, 0.05))  # not always just after an answer
                chance.choice([web, worker]).kill()
        return [
            *losses(scene, readers.book),
            *_copies(scene, readers.book, kills, most_doubled=DUPLICATES_A_KILL),
        ]


def at_named_points(scene: Scene, *, rounds: int, seed: int, rate: float = RATE) -> list[Figure]:
    """Let each process die at each named moment, ``rounds`` times.

    Some of the moments each double the mail in hand. What a killed worker held is done before the
    next kill is aimed, or one mail could be hit again and again.
    """
    chance = random.Random(seed)
    points = [*crash_points.WEB, *crash_points.WORKER] * rounds
    with Estate(scene.environment, webs=1, workers=1) as estate:
        with Readers(scene, estate.webs[0].port, rate=rate) as readers:
            for point in points:
                place = (estate.webs if point in crash_points.WEB else estate.workers)[0]
                place.restart({crash_points.VARIABLE: f"{point}:{chance.randint(1, 3)}"})
                place.outlive()
                scene.wait_until_done(scene.held())
                readers.wait_for_more(2)
        doubling = sum(point in crash_points.DOUBLING for point in points) / len(points)
        return [
            *losses(scene, readers.book),
            *_copies(scene, readers.book, len(points), most_doubled=doubling),
        ]


def one_after_another(
    scene: Scene, *, kills: int, every_seconds: float, seed: int, rate: float = RATE
) -> list[Figure]:
    """Run four web and four worker processes, and kill one of the eight every so often.

    Where several web processes may share a database: on PostgreSQL.
    """
    chance, pause = random.Random(seed), threading.Event()
    with Estate(scene.environment, webs=PROCESSES, workers=PROCESSES) as estate:
        with Readers(scene, *(web.port for web in estate.webs), rate=rate) as readers:
            for _ in range(kills):
                readers.wait_for_more(1)
                pause.wait(every_seconds)
                chance.choice([*estate.webs, *estate.workers]).kill()
        return [
            *losses(scene, readers.book),
            *_copies(scene, readers.book, kills, most_doubled=DUPLICATES_A_KILL),
        ]


def _copies(scene: Scene, book: Book, kills: int, *, most_doubled: float) -> list[Figure]:
    """A kill between the server's 250 and our commit doubles the mail that was handed over."""
    copies = scene.mails.copies
    doubled = sum(copies.values()) - len(copies)
    return [
        told("kills", kills),
        told("requests cut", book.cut),
        Figure("duplicates a kill", doubled / kills, most_doubled if kills >= 20 else None),
        Figure("most copies of a mail", max(copies.values()), MOST_COPIES),
    ]
