"""What an editor may do to a page after an error was reported on it, by what should be said."""

import random
from collections.abc import Callable

from tests.unit.articles import mending, staying
from tests.unit.articles.cases import Case

Edit = Callable[[Case, random.Random], Case | None]
"""Returns the page afterwards, or None when the edit does not apply to the selection."""

STAYS: dict[str, Edit] = {
    "nothing": staying.nothing,
    "text before": staying.text_before,
    "signs before": staying.signs_before,
    "first block cut": staying.first_block_cut,
    "near words changed": staying.near_words_changed,
    "typographed": staying.typographed,
    "respelled around": staying.respelled_around,
    "split before": staying.split_before,
    "split at a sentence": staying.split_at_a_sentence,
    "advert between": staying.advert_between,
    "advert inside": staying.advert_inside,
    "block moved": staying.block_moved,
    "rewritten around": staying.rewritten_around,
}
CORRECTED: dict[str, Edit] = {
    "letter fixed": mending.letter_fixed,
    "letters swapped": mending.letters_swapped,
    "capital fixed": mending.capital_fixed,
    "yo fixed": mending.yo_fixed,
    "fixed, copy elsewhere": mending.fixed_and_copy_elsewhere,
    "fixed, near words changed": mending.fixed_and_near_changed,
    "fixed, rewritten around": mending.fixed_and_rewritten,
    "fixed, advert between": mending.fixed_and_advert,
    "word replaced": mending.word_replaced,
    "word replaced, copy elsewhere": mending.replaced_and_copy_elsewhere,
}
DELETED: dict[str, Edit] = {
    "words deleted": mending.word_deleted,
    "words deleted, copy elsewhere": mending.words_deleted_and_copy_elsewhere,
    "sentence deleted": mending.sentence_deleted,
    "sentence deleted, copy elsewhere": mending.sentence_deleted_and_copy_elsewhere,
    "block deleted": mending.block_deleted,
    "block deleted, copy elsewhere": mending.block_deleted_and_copy_elsewhere,
}
