"""Pages, selections on them and what an editor may do to them afterwards; all made up here.

A case keeps the page as (text before, quote, text after), so that after an edit the right answer is
known without searching for it.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from copydesk.errata.normalize import fold
from copydesk.errata.quote import Quote

EN = """The ferry returns to Saltmarsh
After four months in dry dock the old ferry came back to the harbour on Friday morning. More than two hundred people waited on the quay, and the school had given the children the first hour off.
“She looks better than on the day she was built,” said the harbour master, who has kept the log since 1987. The repair cost £412,000; half of it was paid by the county, the rest by the passengers — a penny on every ticket for nine years.
The crew found the worst damage where nobody had looked for it: behind the galley, in a frame that was never meant to be wet. The carpenter replaced it with larch, because larch was what the yard had and because the old plans asked for it.
Not everyone is pleased. The island's bus company lost its contract for the replacement boat, and its owner said that the council had not answered a single one of his letters. The council said that it had answered all of them.
The timetable stays as it was. The first boat leaves at 6.40, the last one at 22.15, and on Sundays there is none before nine. Tickets can be bought on board, at the kiosk and, from June, on the telephone.
A small exhibition in the customs house shows what was taken out of the ship: eleven tons of rust, a child's shoe, three bottles without a message and one with. The message is a shopping list.
The ferry was named after the first woman who piloted a boat across the sound. Her granddaughter cut the ribbon, missed it twice, and was applauded for the third attempt.
"""

RU = """Паром вернулся в Солёную Бухту
Старый паром, четыре месяца простоявший в доке, в пятницу утром вернулся в гавань. На причале его ждали больше двухсот человек, а школьников отпустили с первого урока.
«Выглядит лучше, чем в тот день, когда его спустили на воду», — сказал начальник порта, который ведёт журнал с 1987 года. Ремонт обошёлся в 41 миллион рублей: половину заплатила область, остальное собрали пассажиры — по рублю с каждого билета за девять лет.
Хуже всего дело обстояло там, где никто не искал: за камбузом, в шпангоуте, который никогда не должен был намокать. Плотник заменил его лиственницей, потому что лиственница была на верфи и потому что так велели старые чертежи.
Довольны не все. Автобусная компания острова потеряла договор на подменный катер, и её владелец говорит, что администрация не ответила ни на одно его письмо. В администрации говорят, что ответили на все.
Расписание осталось прежним. Первый рейс уходит в 6:40, последний — в 22:15, а по воскресеньям до девяти утра рейсов нет. Билеты продают на борту, в киоске и, с июня, по телефону.
На небольшой выставке в здании таможни показывают то, что вынули из судна: одиннадцать тонн ржавчины, детский ботинок, три бутылки без записки и одну с запиской. Записка оказалась списком покупок.
Паром назвали в честь первой женщины, которая провела судно через пролив. Ленточку перерезала её внучка: дважды промахнулась, а на третий раз ей аплодировали.
"""

TABLE_EN = "Timetable\n" + "".join(
    f"Pier {number % 3 + 1}\non time\n{6 + number}.40\non time\n" for number in range(14)
)
TABLE_RU = "Расписание\n" + "".join(
    f"Причал {number % 3 + 1}\nпо расписанию\n{6 + number}:40\nпо расписанию\n"
    for number in range(14)
)
ROWS = "Results\n" + "draw\n" * 60 + "All games were stopped by the rain before the second half.\n"

_WORDS = {
    "en": "harbour boat light morning letter council larch frame keeper ticket bridge rope winter "
    "market stone engine river lamp window answer garden evening paper north voice signal story "
    "the of and to in with from for on at by was has had were that which when after before".split(),
    "ru": "гавань лодка свет утро письмо совет доска балка смотритель билет мост канат зима рынок "
    "камень мотор река лампа окно ответ сад вечер бумага север голос сигнал рассказ и в на с из за "
    "для по у был была были который когда после перед потому что не".split(),
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
        "rows": EN.strip() + "\n" + ROWS.strip(),
        **{f"words-en-{seed}": made_up("en", seed) for seed in range(3)},
        **{f"words-ru-{seed}": made_up("ru", seed) for seed in range(3)},
    }


def selections(seed: int = 1, per_kind: int = 3) -> Iterator[Case]:
    """Yield words, short words, parts of words, marks, phrases and sentences of every page."""
    for name, text in pages().items():
        chance = random.Random(f"{seed}{name}")
        kinds: dict[str, list[tuple[int, int]]] = {
            kind: [] for kind in ("word", "short", "part", "mark", "phrase", "sentence")
        }
        for begin, end in _spans(text):
            word = text[begin:end]
            if len(word) > 4:
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
        kinds["mark"] = [(at, at + 1) for at, char in enumerate(text) if char in ",;:"]
        kinds["sentence"] = _sentences(text)
        for kind, spans in kinds.items():
            for begin, end in chance.sample(spans, min(per_kind, len(spans))):
                yield Case(f"{name}/{kind}/{begin}", text[:begin], text[begin:end], text[end:])


def _spans(text: str) -> list[tuple[int, int]]:
    spans, begin = [], None
    for at, char in enumerate(text + " "):
        if char.isalnum():
            begin = at if begin is None else begin
        elif begin is not None:
            spans.append((begin, at))
            begin = None
    return spans


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, offset = [], 0
    for line in text.split("\n"):
        begin = 0
        for at in range(len(line)):
            if line[at] in ".?!" and (at + 1 == len(line) or line[at + 1] == " "):
                if at + 1 - begin > 12:
                    spans.append((offset + begin, offset + at + 1))
                begin = at + 2
        offset += len(line) + 1
    return spans


Edit = Callable[[Case, random.Random], Case | None]
"""Returns the page afterwards, or None when the edit does not apply to the selection."""

ADVERT = "Advertisement: warm socks for cold quays, now in the market hall"
OTHER_WORDS = ("lantern", "обзор", "sparrow", "весло", "gravel", "туман", "saddle", "ковёр")


def nothing(case: Case, chance: random.Random) -> Case:
    del chance
    return case


def text_before(case: Case, chance: random.Random) -> Case:
    return replace(case, before=made_up("en", chance.randint(0, 99), 3) + "\n" + case.before)


def first_block_cut(case: Case, chance: random.Random) -> Case | None:
    del chance
    head, found, rest = case.before.partition("\n")
    return replace(case, before=rest) if found and head and len(rest) > 300 else None


def near_words_changed(case: Case, chance: random.Random) -> Case | None:
    """Replace one word shortly before and one shortly after the quote."""
    before, after = case.before, case.after
    spans = [span for span in _spans(before) if len(before) - 60 < span[0]]
    spans = [span for span in spans if span[1] < len(before)]
    if not spans:
        return None
    begin, end = spans[max(0, len(spans) - 2)]
    before = before[:begin] + chance.choice(OTHER_WORDS) + before[end:]
    behind = [span for span in _spans(after) if 0 < span[0] < 60]
    if behind:
        begin, end = behind[min(1, len(behind) - 1)]
        after = after[:begin] + chance.choice(OTHER_WORDS) + after[end:]
    return replace(case, before=before, after=after)


def typographed(case: Case, chance: random.Random) -> Case:
    del chance
    table = str.maketrans({"“": "«", "”": "»", "«": '"', "»": '"', "—": "-", "'": "’"})
    return replace(
        case,
        before=case.before.translate(table),
        quote=case.quote.translate(table),
        after=case.after.translate(table),
    )


def split_before(case: Case, chance: random.Random) -> Case | None:
    del chance
    if not case.before.endswith(" "):
        return None
    return replace(case, before=case.before[:-1] + "\n")


def advert_between(case: Case, chance: random.Random) -> Case | None:
    """Put blocks in before and after the quote's own block."""
    del chance
    at, behind = case.before.rfind("\n"), case.after.find("\n")
    if at < 0 or behind < 0:
        return None
    return replace(
        case,
        before=f"{case.before[:at]}\n{ADVERT}{case.before[at:]}",
        after=f"{case.after[:behind]}\n{ADVERT}{case.after[behind:]}",
    )


def advert_inside(case: Case, chance: random.Random) -> Case | None:
    """Put a block into the middle of the quote's block, right after the next sentence end."""
    del chance
    at = case.before.rfind(". ")
    if at < 0 or "\n" in case.before[at:]:
        return None
    return replace(case, before=f"{case.before[: at + 1]}\n{ADVERT}\n{case.before[at + 2 :]}")


def _block(case: Case) -> tuple[str, str, str, str]:
    """Return the text before the quote's block, its two halves around the quote, the rest."""
    at = case.before.rfind("\n") + 1
    behind = case.after.find("\n")
    behind = len(case.after) if behind < 0 else behind
    return case.before[:at], case.before[at:], case.after[:behind], case.after[behind + 1 :]


def block_moved(case: Case, chance: random.Random) -> Case | None:
    """Move the block to the end of the page."""
    del chance
    start, left, right, rest = _block(case)
    if len(left + right) < 60 or len(rest) < 400:
        return None
    return replace(case, before=f"{start}{rest}\n{left}", after=right)


def rewritten_around(case: Case, chance: random.Random) -> Case | None:
    """Replace every third word of the quote's block, but none of the quote."""
    start, left, right, rest = _block(case)
    if len(left + right) < 60:
        return None

    def other(text: str, *, keep_last: bool, keep_first: bool) -> str:
        words = text.split(" ")
        for number in range(0, len(words), 3):
            if (keep_last and number == len(words) - 1) or (keep_first and number == 0):
                continue
            words[number] = chance.choice(OTHER_WORDS)
        return " ".join(words)

    return replace(
        case,
        before=start + other(left, keep_last=True, keep_first=False),
        after=other(right, keep_last=False, keep_first=True) + "\n" + rest,
    )


def letter_fixed(case: Case, chance: random.Random) -> Case | None:
    """Change, add or take one letter inside the quote."""
    letters = [at for at, char in enumerate(case.quote) if char.isalnum()]
    if not letters:
        return replace(case, quote={",": ";", ";": ",", ":": "."}[case.quote])
    at = chance.choice(letters)
    letter = chance.choice("xqжъ")
    kind = chance.choice("rid") if len(letters) > 1 else "r"
    middle = {"r": letter, "i": case.quote[at] + letter, "d": ""}[kind]
    return replace(case, quote=case.quote[:at] + middle + case.quote[at + 1 :])


def letters_swapped(case: Case, chance: random.Random) -> Case | None:
    pairs = [
        at
        for at in range(len(case.quote) - 1)
        if case.quote[at : at + 2].isalpha() and case.quote[at] != case.quote[at + 1]
    ]
    if not pairs:
        return None
    at = chance.choice(pairs)
    quote = case.quote
    return replace(case, quote=quote[:at] + quote[at + 1] + quote[at] + quote[at + 2 :])


def capital_fixed(case: Case, chance: random.Random) -> Case | None:
    del chance
    changed = case.quote[0].swapcase() + case.quote[1:]
    return replace(case, quote=changed) if changed != case.quote else None


def fixed_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    """Fix it here while the same words, with some of their neighbours, are quoted further down."""
    copy = case.before[-20:].rpartition("\n")[2] + case.quote + case.after[:20].partition("\n")[0]
    fixed = letter_fixed(case, chance)
    return replace(fixed, after=f"{fixed.after}\nQuoted again: {copy}") if fixed else None


def fixed_and_near_changed(case: Case, chance: random.Random) -> Case | None:
    changed = near_words_changed(case, chance)
    return letter_fixed(changed, chance) if changed else None


def fixed_and_rewritten(case: Case, chance: random.Random) -> Case | None:
    changed = rewritten_around(case, chance)
    return letter_fixed(changed, chance) if changed else None


def fixed_and_advert(case: Case, chance: random.Random) -> Case | None:
    changed = advert_between(case, chance)
    return letter_fixed(changed, chance) if changed else None


def word_replaced(case: Case, chance: random.Random) -> Case:
    return replace(case, quote=" ".join(chance.choice(OTHER_WORDS) for _ in case.quote.split()))


def word_deleted(case: Case, chance: random.Random) -> Case:
    del chance
    before = case.before.removesuffix(" ") if not case.after.startswith(" ") else case.before
    after = case.after.removeprefix(" ") if before.endswith((" ", "\n")) else case.after
    return replace(case, before=before, quote="", after=after)


def _cut_sentence(case: Case) -> Case | None:
    start, left, right, rest = _block(case)
    begin = max(left.rfind(". "), left.rfind("? "), left.rfind("! ")) + 1
    ends = [at for at in (right.find(". "), right.find("? "), right.find("! ")) if at >= 0]
    if not ends or begin == 0:
        return None
    tail = right[min(ends) + 2 :]
    return replace(
        case, before=f"{start}{left[:begin]} ".lstrip(), quote="", after=f"{tail}\n{rest}"
    )


def sentence_deleted(case: Case, chance: random.Random) -> Case | None:
    del chance
    return _cut_sentence(case)


def block_deleted(case: Case, chance: random.Random) -> Case | None:
    del chance
    start, left, right, rest = _block(case)
    del left, right
    return replace(case, before=start, quote="", after=rest)


def deleted_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    copy = case.before[-20:].rpartition("\n")[2] + case.quote + case.after[:20].partition("\n")[0]
    cut = block_deleted(case, chance)
    if cut is None:
        return None
    if len(cut.after) < 400:  # elsewhere: not where the block was
        return replace(cut, before=f"Quoted again: {copy}\n{cut.before}")
    return replace(cut, after=f"{cut.after}\nQuoted again: {copy}")


STAYS: dict[str, Edit] = {
    "nothing": nothing,
    "text before": text_before,
    "first block cut": first_block_cut,
    "near words changed": near_words_changed,
    "typographed": typographed,
    "split before": split_before,
    "advert between": advert_between,
    "advert inside": advert_inside,
    "block moved": block_moved,
    "rewritten around": rewritten_around,
}
CORRECTED: dict[str, Edit] = {
    "letter fixed": letter_fixed,
    "letters swapped": letters_swapped,
    "capital fixed": capital_fixed,
    "fixed, copy elsewhere": fixed_and_copy_elsewhere,
    "fixed, near words changed": fixed_and_near_changed,
    "fixed, rewritten around": fixed_and_rewritten,
    "fixed, advert between": fixed_and_advert,
    "word replaced": word_replaced,
}
DELETED: dict[str, Edit] = {
    "words deleted": word_deleted,
    "sentence deleted": sentence_deleted,
    "block deleted": block_deleted,
    "block deleted, copy elsewhere": deleted_and_copy_elsewhere,
}
