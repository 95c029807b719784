"""Where in a page a window may stand now: candidates, best first. Pure."""

from copydesk.articles.runs import longest_runs
from copydesk.articles.window import Window

SEED = 8
"""Characters that page and window must share in a row to make a place a candidate."""
APART = 300
"""Shifts that differ by less are one place: text was put in or taken out within the window."""
MOST_PLACES = 6


def candidates(page: str, window: Window) -> list[int]:
    """Return the shifts, page offset minus window offset, of the longest runs that both share.

    A run is a candidate and never the answer: after a correction the words beside the quote may
    well stand in a copy elsewhere.
    """
    size = min(SEED, max(3, len(window.text) // 3))
    shifts: list[int] = []
    for run in longest_runs(page, window.text, size):
        if all(abs(run.shift - shift) > APART for shift in shifts):
            shifts.append(run.shift)
    return shifts[:MOST_PLACES]
