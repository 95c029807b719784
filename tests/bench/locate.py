"""Finding a quote again on a short and a long page, after an edit of the words themselves."""

import random
import statistics
from functools import partial

from copydesk.articles import locate
from copydesk.errata.quote import Quote
from tests.bench.figures import line, milliseconds, p95

WORDS = ("harbour", "master", "ferry", "letter", "morning", "council", "bridge", "budget")
TIMES = 40


def run() -> None:
    """Print the figures."""
    for size in (600, 50_000):
        text = _text(size)
        place = len(text) // 2
        start = text.index(" ", place) + 1
        end = text.index(" ", start)
        quote = Quote(text[start:end], text[max(0, start - 256) : start], text[end : end + 256])
        mended = text[:start] + "correction" + text[end:]
        for name, page in (("unchanged", text), ("mended", mended)):
            verdict = locate(page, quote)
            taken = milliseconds(partial(locate, page, quote), TIMES)
            line(
                f"locate, {size} words, {name}, ms",
                verdict=verdict.kind,
                p50=statistics.median(taken),
                p95=p95(taken),
            )


def _text(words: int) -> str:
    chooser = random.Random(7)
    return " ".join(f"{chooser.choice(WORDS)}{chooser.randrange(97)}" for _ in range(words))
