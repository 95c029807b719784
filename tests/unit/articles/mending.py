"""What an editor may do to the reported words: correct them, or take them out."""

import random
import re
from dataclasses import replace

from tests.unit.articles.cases import Case
from tests.unit.articles.staying import (
    advert_between,
    block_of,
    near_words_changed,
    other_word,
    rewritten_around,
    sentence_ends,
)

LETTERS = {
    "[\u0400-\u04ff]": "жъ",
    "[\u0590-\u05ff]": "שט",
    "[\u0600-\u06ff]": "شط",
    "[\u4e00-\u9fff]": "鱼鸟",
}


def other_letter(chance: random.Random, like: str) -> str:
    letters = next((own for script, own in LETTERS.items() if re.match(script, like)), "xqжъ")
    return chance.choice([letter for letter in letters if letter != like])


def letter_fixed(case: Case, chance: random.Random) -> Case | None:
    """Change, add or take one letter inside the quote."""
    letters = [at for at, char in enumerate(case.quote) if char.isalnum()]
    if not letters:
        mark = {",": ";", ";": ",", ":": ".", "，": "；", "；": "，", "،": "؛", "؛": "،"}
        return replace(case, quote=mark.get(case.quote, "!"))
    at = chance.choice(letters)
    letter = other_letter(chance, case.quote[at])
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


def yo_fixed(case: Case, chance: random.Random) -> Case | None:
    """Put dots on an е, or take them off."""
    places = [at for at, char in enumerate(case.quote) if char in "её"]
    if not places:
        return None
    at = chance.choice(places)
    other = "ё" if case.quote[at] == "е" else "е"
    return replace(case, quote=case.quote[:at] + other + case.quote[at + 1 :])


def _copy(case: Case) -> str:
    """Return the words with some of their neighbours, as they may stand elsewhere."""
    _, before, after, _ = block_of(case)
    near = min(20, len(before + after) // 6)  # not so many that the copy is the block
    left, right = before[len(before) - near :], after[:near]
    return f"Quoted again: {left}{case.quote}{right}"


def _with_copy(changed: Case | None, copy: str) -> Case | None:
    """Put a copy where the block is not."""
    if changed is None:
        return None
    if len(changed.after) < 400 and not changed.quote:
        return replace(changed, before=f"{copy}\n{changed.before}")
    return replace(changed, after=f"{changed.after}\n{copy}")


def fixed_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    return _with_copy(letter_fixed(case, chance), _copy(case))


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
    words = [other_word(chance, case.quote) for _ in case.quote.split()]
    return replace(case, quote=" ".join(words))


def replaced_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    return _with_copy(word_replaced(case, chance), _copy(case))


def word_deleted(case: Case, chance: random.Random) -> Case:
    del chance
    before = case.before.removesuffix(" ") if not case.after.startswith(" ") else case.before
    after = case.after.removeprefix(" ") if before.endswith((" ", "\n")) else case.after
    return replace(case, before=before, quote="", after=after)


def sentence_deleted(case: Case, chance: random.Random) -> Case | None:
    del chance
    start, left, right, rest = block_of(case)
    begins, ends = sentence_ends(left), sentence_ends(right)
    if not ends or not begins:
        return None
    head, tail = left[: begins[-1]], right[ends[0] :]
    return replace(case, before=f"{start}{head}", quote="", after=f"{tail}\n{rest}")


def block_deleted(case: Case, chance: random.Random) -> Case | None:
    del chance
    start, _, _, rest = block_of(case)
    return replace(case, before=start, quote="", after=rest)


def words_deleted_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    return _with_copy(word_deleted(case, chance), _copy(case))


def sentence_deleted_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    return _with_copy(sentence_deleted(case, chance), _copy(case))


def block_deleted_and_copy_elsewhere(case: Case, chance: random.Random) -> Case | None:
    return _with_copy(block_deleted(case, chance), _copy(case))
