"""What an editor may do to a page after an error was reported on it."""

import random
from collections.abc import Callable
from dataclasses import replace

from tests.unit.articles.cases import Case, made_up, spans

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
    ahead = [span for span in spans(before) if len(before) - 60 < span[0]]
    ahead = [span for span in ahead if span[1] < len(before)]
    if not ahead:
        return None
    begin, end = ahead[max(0, len(ahead) - 2)]
    before = before[:begin] + chance.choice(OTHER_WORDS) + before[end:]
    behind = [span for span in spans(after) if 0 < span[0] < 60]
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
