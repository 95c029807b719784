"""How often the finder is right, on seeds that no test uses: by kind of edit and by language."""

import random
from collections import defaultdict
from collections.abc import Iterator

from copydesk.articles.locate import locate_in_text
from tests.bench.figures import line
from tests.unit.articles.cases import Case, made_up, pages, selections_of
from tests.unit.articles.edits import CORRECTED, DELETED, STAYS
from tests.unit.articles.judged import Tally, group_of, outcome

SEEDS = (101, 102, 103)
PER_KIND = 3
EDITS = STAYS | CORRECTED | DELETED


def run() -> None:
    """Print the figures, each total with the bar that it has to clear."""
    by_edit: dict[str, Tally] = defaultdict(Tally)
    by_page: dict[tuple[str, str], Tally] = defaultdict(Tally)
    totals: dict[str, Tally] = defaultdict(Tally)
    for name, edit, result in judged():
        group = group_of(edit)
        for tally in (by_edit[edit], by_page[name, group], totals[group]):
            tally.add(result)
    for edit, tally in by_edit.items():
        _print(f"find, {edit}", tally)
    for name in dict.fromkeys(name for name, _ in by_page):
        for group in ("stays", "corrected", "deleted"):
            _print(f"find, {group}, page {name}", by_page[name, group])
    _print_totals(totals)


def judged() -> Iterator[tuple[str, str, str]]:
    """Yield (page, edit, outcome) for every selection that an edit applies to."""
    for name, edit, case, edited in questions():
        verdict = locate_in_text(edited.text, case.described())
        yield name, edit, outcome(edit, case, edited, verdict)


def questions() -> Iterator[tuple[str, str, Case, Case]]:
    """Yield (page, edit, page before, page after)."""
    unseen = {f"words-{one}-{n}": made_up(one, n) for one in ("en", "ru") for n in (50, 51)}
    kept = {name: text for name, text in pages().items() if not name.startswith("words-")}
    for name, text in (kept | unseen).items():
        for seed in SEEDS:
            for case in selections_of(name, text, seed, PER_KIND):
                for edit in EDITS:
                    edited = EDITS[edit](case, random.Random(f"{seed}{case.name}{edit}"))
                    if edited is not None:
                        yield name, edit, case, edited


def _print(name: str, tally: Tally) -> None:
    others = {kind: count for kind, count in tally.counts.items() if kind != "right"}
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(others.items())) or "-"
    line(name, cases=tally.total, right=tally.share("right"), others=shown)


def _print_totals(totals: dict[str, Tally]) -> None:
    stays, corrected, deleted = (totals[group] for group in ("stays", "corrected", "deleted"))
    line("TOTAL still there, exact place, %", found=stays.share("right"), bar=95, goal=98)
    wrong = stays.share("elsewhere", "changed", "gone")
    line("TOTAL still there, wrong place or kind, %", found=wrong, bar_most=2, goal_most=0.5)
    line("TOTAL corrected, right place, %", found=corrected.share("right"), bar=96, goal=98)
    line("TOTAL corrected, told as there, cases", found=corrected.counts.get("there", 0), bar=0)
    line("TOTAL deleted, gone or unsure, %", found=deleted.share("right"), bar=98, goal=100)
