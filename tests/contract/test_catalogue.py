"""Everything a person reads exists in Russian too, and the compiled file is the written one."""

import gettext

from tests import catalogue


def test_every_word_is_translated() -> None:
    missing = [
        message.id
        for message in catalogue.updated()
        if message.id and not (all(message.string) if message.string else False)
    ]
    assert missing == []


def test_no_word_is_left_over() -> None:
    words = {message.id if isinstance(message.id, str) else message.id[0]
             for message in catalogue.extracted()}  # fmt: skip
    left_over = [
        message.id
        for message in catalogue.stored()
        if message.id
        and (message.id if isinstance(message.id, str) else message.id[0]) not in words
    ]
    assert left_over == []


def test_placeholders_survive_translation() -> None:
    for message in catalogue.stored():
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else message.string or ()
        wanted = set().union(*(set(_placeholders(text)) for text in ids))
        for text in strings:
            assert set(_placeholders(text)) <= wanted, message.id


def _placeholders(text: str) -> list[str]:
    return [part.partition(")")[0] for part in text.split("%(")[1:]]


def test_the_compiled_file_is_the_written_one() -> None:
    assert catalogue.MO.read_bytes() == catalogue.as_mo(catalogue.stored())


def test_the_written_file_is_in_its_one_form() -> None:
    assert catalogue.PO.read_bytes() == catalogue.as_po(catalogue.updated())


def test_russian_plurals_are_right() -> None:
    with catalogue.MO.open("rb") as file:
        russian = gettext.GNUTranslations(file)
    plural = russian.plural  # type: ignore[attr-defined]  # not in the stubs
    assert [plural(count) for count in (1, 2, 5, 11, 21, 22, 25)] == [0, 1, 2, 2, 0, 1, 2]
