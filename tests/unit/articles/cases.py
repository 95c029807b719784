"""Pages and selections on them, all made up here.

A case keeps the page as (text before, quote, text after), so that after an edit the right answer is
known without searching for it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.errata.normalize import clean, fold
from copydesk.errata.quote import Quote

_PAGES = Path(__file__).parent / "pages"
EN = (_PAGES / "en.txt").read_text(encoding="utf-8")
RU = (_PAGES / "ru.txt").read_text(encoding="utf-8")
OTHERS = ("de", "kk", "zh", "ar", "he", "signs")

TABLE_EN = "Timetable\n" + "".join(
    f"Pier {number % 3 + 1}\non time\n{6 + number}.40\non time\n" for number in range(14)
)
TABLE_RU = "Расписание\n" + "".join(
    f"Причал {number % 3 + 1}\nпо расписанию\n{6 + number}:40\nпо расписанию\n"
    for number in range(14)
)
ROWS = "Results\n" + "draw\n" * 60 + "All games were stopped by the rain before the second half.\n"

# Split here, so that a list of words reads as one.
_WORDS = {
    "en": """
        harbour boat light morning letter council larch frame keeper ticket bridge rope
        winter market stone engine river lamp window answer garden evening paper north voice
        signal story the of and to in with from for on at by was has had were that which
        when after before
    """.split(),  # noqa: SIM905
    "ru": """
        гавань лодка свет утро письмо совет доска балка смотритель билет мост канат зима
        рынок камень мотор река лампа окно ответ сад вечер бумага север голос сигнал рассказ
        и в на с из за для по у был была были который когда после перед потому что не
    """.split(),  # noqa: SIM905
}


def made_up(language: str, seed: int, paragraphs: int = 10) -> str:
    """Return a page of sentences without sense: words repeat as often as they do in life."""
    chance = random.Random(seed)
    words = _WORDS[language]
    lines = []
    for _ in range(paragraphs):
        sentences = []
        for _ in range(chance.randint(2, 5)):
            chosen = [chance.choice(words) for _ in range(chance.randint(5, 14))]
            text = " ".join(chosen).capitalize()
            if len(chosen) > 8:
                text = text.replace(f" {chosen[5]} ", f" {chosen[5]}, ", 1)
            sentences.append(text + chance.choice("..?!"))
        lines.append(" ".join(sentences))
    return "\n".join(lines)


@dataclass(frozen=True)
class Case:
    """A page with one quote in it."""

    name: str
    before: str
    quote: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.quote + self.after

    def described(self) -> Quote:
        """Describe the quote as the widget does."""
        text, exact = fold(self.text), fold(self.quote)
        starts = [at for at in range(len(text)) if text.startswith(exact, at)]
        return Quote(
            exact=self.quote,
            prefix=self.before[-256:],
            suffix=self.after[:256],
            start=len(self.before),
            nth=starts.index(len(self.before)) + 1,
            of=len(starts),
        )


def pages() -> dict[str, str]:
    """Return the pages by name."""
    return {
        "en": EN.strip(),
        "ru": RU.strip(),
        "table-en": EN.strip() + "\n" + TABLE_EN.strip(),
        "table-ru": TABLE_RU.strip() + "\n" + RU.strip(),
        **{name: clean((_PAGES / f"{name}.txt").read_text(encoding="utf-8")) for name in OTHERS},
        "rows": EN.strip() + "\n" + ROWS.strip(),
        **{f"words-en-{seed}": made_up("en", seed) for seed in range(3)},
        **{f"words-ru-{seed}": made_up("ru", seed) for seed in range(3)},
    }


def selections(seed: int = 1, per_kind: int = 3) -> Iterator[Case]:
    """Yield words, short words, parts of words, marks, phrases and sentences of every page."""
    for name, text in pages().items():
        yield from selections_of(name, text, seed, per_kind)


def selections_of(name: str, text: str, seed: int, per_kind: int) -> Iterator[Case]:
    """Yield selections of every kind of one page."""
    chance = random.Random(f"{seed}{name}")
    kinds: dict[str, list[tuple[int, int]]] = {
        kind: [] for kind in ("word", "short", "part", "mark", "phrase", "sentence")
    }
    for begin, end in spans(text):
        word = text[begin:end]
        if "\u4e00" <= word[0] <= "\u9fff" and len(word) > 4:
            cut = chance.randint(0, len(word) - 4)
            kinds["word"].append((begin + cut, begin + cut + chance.randint(2, 4)))
            kinds["short"].append((begin + cut, begin + cut + 1))
            kinds["phrase"].append((begin, end))
        elif len(word) > 4:
            kinds["word"].append((begin, end))
            cut = chance.randint(1, len(word) - 3)
            kinds["part"].append((begin + cut, begin + cut + chance.randint(2, 3)))
        elif word.isalpha():
            kinds["short"].append((begin, end))
        line_end = text.find("\n", begin)
        line_end = len(text) if line_end < 0 else line_end
        spaces = [at for at in range(begin, line_end) if text[at] == " "]
        if len(spaces) > 4:
            kinds["phrase"].append((begin, spaces[chance.randint(2, 4)]))
    kinds["mark"] = [(at, at + 1) for at, char in enumerate(text) if char in ",;:，；،؛"]
    kinds["sentence"] = _sentences(text)
    for kind, found in kinds.items():
        for begin, end in chance.sample(found, min(per_kind, len(found))):
            yield Case(f"{name}/{kind}/{begin}", text[:begin], text[begin:end], text[end:])


def spans(text: str) -> list[tuple[int, int]]:
    found, begin = [], None
    for at, char in enumerate(text + " "):
        if char.isalnum():
            begin = at if begin is None else begin
        elif begin is not None:
            found.append((begin, at))
            begin = None
    return found


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, offset = [], 0
    for line in text.split("\n"):
        begin = 0
        for at in range(len(line)):
            is_end = line[at] in ".?!؟" and (at + 1 == len(line) or line[at + 1] == " ")
            if is_end or line[at] in "。！？":
                if at + 1 - begin > 12:
                    spans.append((offset + begin, offset + at + 1))
                begin = at + (2 if is_end else 1)
        offset += len(line) + 1
    return spans
