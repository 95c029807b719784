"""Finding a quote again on a short and a long page, in Python; ``find`` is the same in a browser.

The bar is 100 ms for 95 of 100 readings of a page of 50,000 words, the goal 40 ms. The clock of the
wall counts what else the machine does as well, so the processor's own time stands beside it.
"""

import random
import statistics
import time
from functools import partial

from copydesk.articles import locate
from copydesk.errata.quote import Quote
from copydesk.memory import settle_memory
from tests.bench.figures import line, milliseconds, p95

WORDS = ("harbour", "master", "ferry", "letter", "morning", "council", "bridge", "budget")
PLACES = 8
TIMES = 10
LONG = 50_000
BAR, GOAL = 100, 40


def run() -> None:
    """Print the figures."""
    settle_memory()  # as the service does when it starts
    pages = {
        "600 words": _numbered(600),
        f"{LONG} words of eight": _numbered(LONG),
        f"{LONG} words, Latin": _natural(LONG, "aeiou", "bcdfghklmnprstvw"),
        f"{LONG} words, Cyrillic": _natural(LONG, "аеиоуыя", "бвгдклмнпрстчш"),
    }
    for name, text in pages.items():
        for edit in ("unchanged", "mended", "deleted"):
            _time(f"locate, {name}, {edit}, ms", text, edit)


def _time(name: str, text: str, edit: str) -> None:
    verdicts: set[str] = set()
    taken: list[float] = []
    began, processor = time.perf_counter(), time.process_time()
    for place in range(PLACES):
        start = text.index(" ", len(text) * (place + 1) // (PLACES + 2)) + 1
        end = text.index(" ", start)
        before, after = text[:start], text[end:]
        quote = Quote(text[start:end], before[-256:], after[:256], start=start)
        now = {"unchanged": text[start:end], "mended": "correction", "deleted": ""}[edit]
        page = before + now + (after if now else after.lstrip())
        verdicts.add(locate(page, quote).kind)
        taken += milliseconds(partial(locate, page, quote), TIMES)
    share = (time.process_time() - processor) / (time.perf_counter() - began)
    line(
        name,
        verdicts="/".join(sorted(verdicts)),
        p50=statistics.median(taken),
        p95=p95(taken),
        bar=BAR,
        goal=GOAL,
        of_a_processor=share,
    )


def _numbered(words: int) -> str:
    """Return a page of few words: nearly every piece of it stands there dozens of times."""
    chooser = random.Random(7)
    return " ".join(f"{chooser.choice(WORDS)}{chooser.randrange(97)}" for _ in range(words))


def _natural(words: int, vowels: str, consonants: str) -> str:
    """Return sentences of made-up words, a few of them frequent and most of them rare."""
    chance = random.Random(7)
    known = [
        "".join(
            chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.randint(1, 4))
        )
        for _ in range(6_000)
    ]
    weights = [1 / (rank + 3) for rank in range(len(known))]
    chosen = chance.choices(known, weights, k=words)
    sentences = []
    while chosen:
        length = chance.randint(5, 20)
        sentences.append(" ".join(chosen[:length]).capitalize() + chance.choice("...?!"))
        del chosen[:length]
    return "\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
