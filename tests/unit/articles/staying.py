"""What an editor may do to a page that leaves the reported words as they are."""

import random
import re
from dataclasses import replace

from tests.unit.articles.cases import Case, made_up, spans

ADVERT = "Advertisement: warm socks for cold quays, now in the market hall"
OTHER_WORDS = ("lantern", "обзор", "sparrow", "весло", "gravel", "туман", "saddle", "ковёр")
OTHER_SIGNS = ("灯笼", "山谷", "马鞍", "地毯")
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE_END = re.compile("[.?!؟](?= )|[。！？]”?")


def other_word(chance: random.Random, like: str) -> str:
    """Return a word that stands nowhere else, in signs if the text is in Chinese."""
    return chance.choice(OTHER_SIGNS if _HAN.search(like) else OTHER_WORDS)


def words_of(text: str) -> tuple[list[str], str]:
    """Cut a line into words, or into pairs where no spaces are; and say what joins them."""
    if _HAN.search(text) and text.count(" ") * 20 < len(text):
        return [text[at : at + 2] for at in range(0, len(text), 2)], ""
    return text.split(" "), " "


def sentence_ends(text: str) -> list[int]:
    return [match.end() for match in _SENTENCE_END.finditer(text)]


def block_of(case: Case) -> tuple[str, str, str, str]:
    """Return the text before the quote's block, its two halves around the quote, the rest."""
    at = case.before.rfind("\n") + 1
    behind = case.after.find("\n")
    behind = len(case.after) if behind < 0 else behind
    return case.before[:at], case.before[at:], case.after[:behind], case.after[behind + 1 :]


def nothing(case: Case, chance: random.Random) -> Case:
    del chance
    return case


def text_before(case: Case, chance: random.Random) -> Case:
    return replace(case, before=made_up("en", chance.randint(0, 99), 3) + "\n" + case.before)


def signs_before(case: Case, chance: random.Random) -> Case:
    """Put characters of two UTF-16 units before everything: offsets of a browser are off then."""
    signs = " ".join(chance.choice("🚢🎉𝒜𝔘𠮷🥐🧭") for _ in range(chance.randint(3, 40)))
    return replace(case, before=f"{signs}\n{case.before}")


def first_block_cut(case: Case, chance: random.Random) -> Case | None:
    del chance
    head, found, rest = case.before.partition("\n")
    return replace(case, before=rest) if found and head and len(rest) > 300 else None


def near_words_changed(case: Case, chance: random.Random) -> Case | None:
    """Replace one word shortly before and one shortly after the quote."""
    before, after = case.before, case.after
    ahead = [span for span in spans(before) if len(before) - 60 < span[0]]
    ahead = [span for span in ahead if span[1] < len(before)]
    if not ahead:
        return None
    begin, end = ahead[max(0, len(ahead) - 2)]
    before = before[:begin] + other_word(chance, before) + before[end:]
    behind = [span for span in spans(after) if 0 < span[0] < 60]
    if behind:
        begin, end = behind[min(1, len(behind) - 1)]
        after = after[:begin] + other_word(chance, after) + after[end:]
    return replace(case, before=before, after=after)


def typographed(case: Case, chance: random.Random) -> Case:
    del chance
    table = str.maketrans({"“": "«", "”": "»", "«": '"', "»": '"', "„": "“", "—": "-", "'": "’"})
    return replace(
        case,
        before=case.before.translate(table),
        quote=case.quote.translate(table),
        after=case.after.translate(table),
    )


def respelled_around(case: Case, chance: random.Random) -> Case | None:
    """Write е for ё and ss for ß around the quote, as a careful proof-reader does."""
    del chance
    near = case.before[-200:] + case.after[:200]
    if not set(near) & set("ёß"):
        return None
    table = str.maketrans({"ё": "е", "ß": "ss"})
    return replace(case, before=case.before.translate(table), after=case.after.translate(table))


def split_before(case: Case, chance: random.Random) -> Case | None:
    del chance
    if not case.before.endswith(" "):
        return None
    return replace(case, before=case.before[:-1] + "\n")


def split_at_a_sentence(case: Case, chance: random.Random) -> Case | None:
    """Make the quote's block two at the next sentence end, before or after the quote."""
    start, left, right, rest = block_of(case)
    ends = [-end for end in sentence_ends(left)] + sentence_ends(right)
    if not ends:
        return None
    at = chance.choice(ends)
    if at < 0:
        return replace(case, before=f"{start}{left[:-at]}\n{left[-at:].lstrip(' ')}")
    return replace(case, after=f"{right[:at]}\n{right[at:].lstrip(' ')}\n{rest}")


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
    """Put a block into the middle of the quote's block, right after the last sentence end."""
    del chance
    start, left, _, _ = block_of(case)
    ends = sentence_ends(left)
    if not ends:
        return None
    return replace(
        case, before=f"{start}{left[: ends[-1]]}\n{ADVERT}\n{left[ends[-1] :].lstrip(' ')}"
    )


def block_moved(case: Case, chance: random.Random) -> Case | None:
    """Move the block to the end of the page."""
    del chance
    start, left, right, rest = block_of(case)
    if len(left + right) < 60 or len(rest) < 400:
        return None
    return replace(case, before=f"{start}{rest}\n{left}", after=right)


def rewritten_around(case: Case, chance: random.Random) -> Case | None:
    """Replace every third word of the quote's block, but none of the quote."""
    start, left, right, rest = block_of(case)
    if len(left + right) < 60:
        return None

    def other(text: str, *, keep_last: bool, keep_first: bool) -> str:
        words, join = words_of(text)
        for number in range(0, len(words), 3):
            if (keep_last and number == len(words) - 1) or (keep_first and number == 0):
                continue
            words[number] = other_word(chance, text)
        return join.join(words)

    return replace(
        case,
        before=start + other(left, keep_last=True, keep_first=False),
        after=other(right, keep_last=False, keep_first=True) + "\n" + rest,
    )
