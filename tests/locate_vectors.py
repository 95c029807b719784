"""What the service and the widget's highlighter must both say of a quote and a page.

``python -m tests.locate_vectors`` writes ``tests/vectors/locate.json``: pages, and for each vector
a selection on one of them, the edit that the page went through, and the service's verdict. The
edits are those by which finding is measured; an edited page is kept as the piece that differs.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from copydesk.articles.locate import locate_in_text
from copydesk.errata.quote import Quote, tidied
from tests.unit.articles.cases import Case, pages, selections_of
from tests.unit.articles.edits import CORRECTED, DELETED, STAYS

FILE = Path(__file__).parent / "vectors" / "locate.json"
EDITS = STAYS | CORRECTED | DELETED
PAGES = ("en", "ru", "table-en", "rows", "words-en-1", "words-ru-2")
# Characters of two UTF-16 units, letters among them; scripts without spaces, and from the right;
# marks that NFC can't compose; typographic signs.
MIXED = """\
Ferry 🚢 returns 🎉 to the harbour
The crew 👩‍🚒 of the “Heron” sang 🎶 “Home again” — 𝒜 capital of 𝔘niverse fame, 𠮷野家 said.
渡轮今天回到港口，船长说一切正常。𠮷田先生收到一封信，他把信放在桌子上。
العبارة عادت إلى الميناء اليوم، وقال القبطان إن كل شيء على ما يرام. وصلت الرسالة يوم الاثنين.
Half price — 50 % off, ½ a day, 10² boats; q̃uay and o̱ld x̂ marks 🧭, e-mail to a_b_c.
🎉 The winners: 🥇 Ann, 🥈 Ben, 🥉 Cem. 🎉 The losers: 😢 Dan, 😢 Eve, 😢 Fay, and nobody else.
"""
MANNERS = ("full", "full", "full", "trimmed", "no hints", "little", "alone")


@dataclass(frozen=True)
class Vector:
    """One question, and its answer."""

    text: str
    quote: Quote
    verdict: list[Any]
    """Kind, start in characters or None, what stands there, share of the context found."""


def described(case: Case, manner: str) -> Quote:
    """Describe a selection as the widget does, or as a client does that sends less."""
    full = case.described()
    if manner == "full":
        return full
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


def base_pages() -> dict[str, str]:
    """Return the pages before any edit."""
    made = pages()
    return {name: made[name] for name in PAGES} | {"mixed": MIXED.strip()}


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
                yield {
                    "page": name,
                    "at": [len(case.before), len(case.before) + len(case.quote)],
                    "manner": manner,
                    "edit": [begin, end, piece],
                    "verdict": ask(after, described(case, manner)),
                }


def vectors(path: Path = FILE) -> list[Vector]:
    """Read the vectors; quotes are tidied, as the service hands them out."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for one in kept["vectors"]:
        text = kept["pages"][one["page"]]
        begin, end = one["at"]
        case = Case("", text[:begin], text[begin:end], text[end:])
        first, last, piece = one["edit"]
        found.append(
            Vector(
                text=text[:first] + piece + text[last:],
                quote=tidied(described(case, one["manner"])),
                verdict=one["verdict"],
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
