"""Lay the context of a quote over the place in a page where it most likely stands. Pure.

The longest run that both share comes first, then what stands before it and after it in the same
way. The road not taken is the shortest edit: it scatters the letters of a deleted sentence over
whatever stands near.
"""

from copydesk.articles.runs import Run, longest_runs
from copydesk.articles.window import Window

RUN = 5
"""Characters that window and page must share in a row; a context that is shorter, all of it."""
REACH = 400
"""Characters that may have been put in or taken out within one window."""
JUMP_PRICE = 0.25
"""What a run pays, in characters, for each character that it jumps away from its neighbours, up to
120: rows of a table are alike, and a few equal letters of another row prove nothing."""
MOST_JUMP = 120
NOWHERE = -1


def align(page: str, window: Window, shift: int) -> list[int]:
    """Return for each character of the window where it stands in the page, or -1.

    The places rise, and are about ``shift`` from those in the window. The quote's own characters
    are laid nowhere: the context says where, and what lies between is what stands there now.
    """
    start, end = window.start, window.end
    text = window.text[:start] + "\x00" * (end - start) + window.text[end:]
    size = min(RUN, start or RUN, len(text) - end or RUN)
    places = [NOWHERE] * len(text)
    high = max(0, shift + len(text) + REACH)
    stack = [(0, len(text), max(0, shift - REACH), high, shift, shift)]
    while stack:
        begin, stop, low, high, left, right = stack.pop()
        found = [
            Run(run.at + begin, run.there + low, run.length)
            for run in longest_runs(page[low:high], text[begin:stop], size)
        ]
        worth = [
            run.length - JUMP_PRICE * min(MOST_JUMP, abs(run.shift - left), abs(run.shift - right))
            for run in found
        ]
        most = max(worth, default=0.0)
        if most > 0:
            best = found[worth.index(most)]
            at_end, there_end = best.at + best.length, best.there + best.length
            places[best.at : at_end] = range(best.there, there_end)
            stack.append((begin, best.at, low, best.there, left, best.shift))
            stack.append((at_end, stop, there_end, high, best.shift, right))
    return places
