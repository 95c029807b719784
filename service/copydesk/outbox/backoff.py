"""How long to wait before the next try.

Full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015): a wait drawn evenly between a
floor and a ceiling that doubles from one minute to four hours. Without the jitter, all that failed
together would come back together when the server heals.
"""

import random
from datetime import timedelta

LONGEST = timedelta(hours=4)
FLOOR = timedelta(seconds=5)

_random = random.SystemRandom()


def ceiling(failures: int) -> timedelta:
    """Return the longest wait after ``failures`` earlier failures: 1, 2, 4 … 240 minutes."""
    return min(LONGEST, timedelta(minutes=2 ** min(failures, 20)))


def delay(failures: int) -> timedelta:
    """Return the wait before the next try."""
    spread = (ceiling(failures) - FLOOR).total_seconds()
    return FLOOR + timedelta(seconds=_random.random() * spread)
