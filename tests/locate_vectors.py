"""What the service and the widget's highlighter must both say of a quote and a page.

``python -m tests.locate_vectors`` writes ``tests/vectors/locate.json``: pages, and for each vector
a selection on one of them, the edit that the page went through, and the service's verdict. The
edits are those by which finding is measured; an edited page is kept as the piece that differs. Some
pages are dressed as well: what is read then is HTML with the same text.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from copydesk.articles.locate import locate_in_text
from copydesk.errata.normalize import clean
from copydesk.errata.quote import Quote, tidied
from tests.unit.articles.cases import Case, pages, selections_of
from tests.unit.articles.dressing import dressed
from tests.unit.articles.edits import CORRECTED, DELETED, STAYS

FILE = Path(__file__).parent / "vectors" / "locate.json"
EDITS = STAYS | CORRECTED | DELETED
PAGES = ("en", "ru", "de", "kk", "zh", "ar", "he", "signs", "table-en", "rows", "words-ru-2")
MANNERS = ("full", "full", "browser", "browser", "trimmed", "no hints", "little", "alone")
DRESSED = 0.2


@dataclass(frozen=True)
class Vector:
    """One question, and its answer."""

    text: str
    quote: Quote
    verdict: list[Any]
    """Kind, start in characters or None, what stands there, share of the context found."""
    html: str = ""
    """The page as it is served, if it is dressed."""
    name: str = ""
    """Page and edit, for counting."""


def described(case: Case, manner: str) -> Quote:
    """Describe a selection as the widget does, or as a client does that sends less."""
    full = case.described()
    if manner == "full":
        return full
    if manner == "browser":  # counts UTF-16 units
        return replace(full, start=len(case.before.encode("utf-16-le")) // 2)
    bare = replace(full, start=None, nth=None, of=None)
    if manner == "trimmed":
        return replace(bare, prefix=full.prefix.rstrip(), suffix=full.suffix.lstrip())
    if manner == "little":
        return replace(full, prefix=full.prefix[-12:], suffix=full.suffix[:12])
    return replace(bare, prefix="", suffix="") if manner == "alone" else bare


def ask(text: str, quote: Quote) -> list[Any]:
    """Return the service's verdict as a vector keeps it."""
    verdict = locate_in_text(text, quote)
    return [verdict.kind, verdict.start, verdict.found, verdict.score]


def alike(vector: Vector, said: list[Any]) -> bool:
    """Compare with what the widget's finder said: kind, start, end, share of the context."""
    kind, start, found, score = vector.verdict
    if said[0] != kind or kind == "unsure":
        return bool(said[0] == kind)
    first, last, share = said[1:4]
    return (first, vector.text[first:last]) == (start, found) and abs(share - score) < 0.001


def base_pages() -> dict[str, str]:
    """Return the pages before any edit."""
    made = pages()
    return {name: made[name] for name in PAGES}


def generate(seed: int = 1, per_kind: int = 2) -> Iterator[dict[str, Any]]:
    """Yield vectors as the file keeps them."""
    for name, text in base_pages().items():
        for case in selections_of(name, text, seed, per_kind):
            for edit in EDITS:
                chance = random.Random(f"{seed}{case.name}{edit}")
                edited = EDITS[edit](case, chance)
                if edited is None:
                    continue
                after, manner = edited.text, chance.choice(MANNERS)
                begin, end, piece = _difference(text, after)
                is_dressed = after == clean(after) and chance.random() < DRESSED
                yield {
                    "page": name,
                    "name": edit,
                    "at": [len(case.before), len(case.before) + len(case.quote)],
                    "manner": manner,
                    "edit": [begin, end, piece],
                    "verdict": ask(after, described(case, manner)),
                    **({"dress": chance.randrange(1000)} if is_dressed else {}),
                }


@cache
def vectors(path: Path = FILE) -> list[Vector]:
    """Read the vectors; quotes are tidied, as the service hands them out."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for one in kept["vectors"]:
        text = kept["pages"][one["page"]]
        begin, end = one["at"]
        case = Case("", text[:begin], text[begin:end], text[end:])
        first, last, piece = one["edit"]
        after = text[:first] + piece + text[last:]
        found.append(
            Vector(
                text=after,
                quote=tidied(described(case, one["manner"])),
                verdict=one["verdict"],
                html=dressed(after, random.Random(one["dress"])) if "dress" in one else "",
                name=f"{one['page']}: {one['name']}",
            )
        )
    return found


def _difference(one: str, other: str) -> tuple[int, int, str]:
    """Return the piece of ``one`` that something else stands for in ``other``."""
    most = min(len(one), len(other))
    begin = next((at for at in range(most) if one[at] != other[at]), most)
    most -= begin
    tail = next((at for at in range(most) if one[-1 - at] != other[-1 - at]), most)
    return begin, len(one) - tail, other[begin : len(other) - tail]


def main() -> None:
    """Write the file, one vector a line, so that a change of a few is a change of a few lines."""
    head = json.dumps(base_pages(), ensure_ascii=False, separators=(",", ":"))
    lines = ",\n".join(
        json.dumps(vector, ensure_ascii=False, separators=(",", ":")) for vector in generate()
    )
    FILE.write_text(f'{{"pages":{head},\n"vectors":[\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
