"""The standard library's matcher, with an end to its work.

It looks for the longest run that two sequences share, and then again on each side of it: quick for
what people write, and slow as the third power of the length for text that was made for it, in
which every second word is shared and no two in a row. A cap on the lengths alone bounds one look
and not how many there are.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import Match, SequenceMatcher
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


class TooMuchWork(Exception):
    """The two are not worth comparing to the end."""


class BoundedMatcher(SequenceMatcher[Item]):
    """Compares two sequences in at most so many steps; raises ``TooMuchWork`` beyond.

    A step is a pair of equal items looked at, or an item without one: some ten million a second.
    """

    def __init__(self, one: Sequence[Item], other: Sequence[Item], *, most_steps: int) -> None:
        self._one = one
        self._copies = Counter(other)
        self._steps_left = most_steps
        super().__init__(None, one, other, autojunk=False)

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Find it as the standard library does, if there are steps left for it."""
        # Counted before they are taken: what each item of the one meets in the whole of the other.
        self._steps_left -= sum(1 + self._copies[item] for item in self._one[alo:ahi])
        if self._steps_left < 0:
            raise TooMuchWork
        return super().find_longest_match(alo, ahi, blo, bhi)
