"""Whether a verdict is right, for an edit whose outcome is known."""

from dataclasses import dataclass, field

from tests.unit.articles.cases import Case
from tests.unit.articles.edits import CORRECTED, DELETED, STAYS

from copydesk.articles import Verdict

LONGER = 48
"""Characters that what stands there now may be longer than it should be."""


def outcome(edit: str, before: Case, after: Case, verdict: Verdict) -> str:
    """Return *right*, *unsure*, *there* (though it is not), *elsewhere*, or the wrong kind.

    A part of a word that was taken out, or a word within a line without spaces, is a corrected
    word; told as changed there, it is right.
    """
    if verdict.kind == "unsure":
        return "right" if edit in DELETED else "unsure"
    if edit in STAYS:
        if verdict.kind != "there":
            return verdict.kind
        return "right" if verdict.start == len(after.before) else "elsewhere"
    if verdict.kind == "there":
        return "there"
    is_at_place = _is_at(after, verdict)
    if edit in CORRECTED:
        return "right" if verdict.kind == "changed" and is_at_place else "elsewhere"
    is_part = edit.startswith("words deleted") and _is_inside_a_word(before) and is_at_place
    return "right" if verdict.kind == "gone" or is_part else verdict.kind


def _is_at(after: Case, verdict: Verdict) -> bool:
    begin, end = len(after.before), len(after.before) + len(after.quote)
    if verdict.start is None:
        return False
    stop = verdict.start + len(verdict.found)
    is_touching = verdict.start < end and stop > begin if end > begin else True
    return (
        is_touching
        and len(verdict.found) <= end - begin + LONGER
        and verdict.start <= end
        and stop >= begin
    )


def _is_inside_a_word(case: Case) -> bool:
    return case.before[-1:].isalnum() or case.after[:1].isalnum()


@dataclass
class Tally:
    """How often each outcome was met."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, outcome: str) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def share(self, *outcomes: str) -> float:
        """Return the share of these outcomes in percent."""
        found = sum(self.counts.get(one, 0) for one in outcomes)
        return 100 * found / self.total if self.total else 100.0


def group_of(edit: str) -> str:
    return "stays" if edit in STAYS else "corrected" if edit in CORRECTED else "deleted"
