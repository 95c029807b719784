"""Which names a byline holds, and what stands beside them."""

import pytest

from copydesk.articles.names import (
    is_signature,
    names_by_label,
    names_in,
    signed_with_date,
    signed_with_role,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("И. Петров", ["И. Петров"]),
        ("И.И. Петров", ["И.И. Петров"]),
        ("Жан-Поль Сартр", ["Жан-Поль Сартр"]),
        ("Ludwig van der Berg", ["Ludwig van der Berg"]),
        ("Tom O’Neil | Staff Writer", ["Tom O’Neil"]),
        ("Reuters", []),
        ("Редакция Новости Порта", []),
        ("РИА Новости", []),
        ("ada@news.example", []),
        ("<b>Ada Byrne</b>", []),
        ("Ada 2 Byrne", []),
        ("A " * 500, []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_a_signature_needs_its_surname_in_capitals() -> None:
    assert is_signature("Иван ПЕТРОВ.")
    assert is_signature("И. ПЕТРОВ")
    assert not is_signature("Иван Петров")
    assert not is_signature("ИВАН ПЕТРОВ")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Text und Fotos: Ocke Petersen", ["Ocke Petersen"]),
        ("Фото и текст: Анна Белых", ["Анна Белых"]),
        ("Текст: Анна Белых. Фото: Пётр Лис", ["Анна Белых"]),
        ("Ada Byrne\nSouth America correspondent", ["Ada Byrne"]),
        ("Sponsored by Oak & Ash Flooring", []),
        ("Von Prof. Dr. Hanno Reetz", ["Prof. Dr. Hanno Reetz"]),
        ("Gastbeitrag von Hanno Reetz", ["Hanno Reetz"]),
        ("Por Carla Ibáñez, Jornal do Vale — Santos", ["Carla Ibáñez"]),
        ("Автор Панас Рудий", ["Панас Рудий"]),
        ("Ada Byrne, ada@news.example, @ada", ["Ada Byrne"]),
        ("12.03.2026 Ada Byrne", []),
        ("Ada Byrne, 12.03.2026", ["Ada Byrne"]),
    ],
)
def test_what_stands_beside_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Byrne", ["Ada Byrne"]),
        ("By the time the ferry came", []),
        ("By Monday Morning", []),
        ("Материал Ольги Смирновой", ["Ольги Смирновой"]),
        ("Материал пришёл из Москвы", []),
        ("Наш корреспондент Борис Ястреб", ["Борис Ястреб"]),
        ("Das Interview führte Lisbeth Amrum.", ["Lisbeth Amrum"]),
        ("Инженер Пётр Лис сказал: текст Анны Белых хорош", []),
        ("Сұхбаттасқан – Гүлмира Абайқызы", ["Гүлмира Абайқызы"]),
        ("Редактор: Пётр Лис", []),
        ("Автор фото: Пётр Лис", []),
    ],
)
def test_a_line_with_a_label(line: str, names: list[str]) -> None:
    assert names_by_label(line) == names


def test_a_label_alone_on_its_line_names_the_next_one() -> None:
    assert names_by_label("Автор:", "Анна Белых") == ["Анна Белых"]
    assert names_by_label("By", "Ada Byrne") == ["Ada Byrne"]
    assert names_by_label("By", "Nobody was hurt.") == []


def test_a_name_with_a_role_an_outlet_or_a_day_is_a_signature() -> None:
    assert signed_with_role("Анна Белых, собкор «Нивы»") == "Анна Белых"
    assert signed_with_role("Анна Белых, «Нива»") == "Анна Белых"
    assert signed_with_role("Анна Белых, учительница") == ""
    assert signed_with_date("Анна Белых, 12.03.2026") == "Анна Белых"
    assert signed_with_date("Обновлено 12.03.2026") == ""
    assert signed_with_date("Village Hall, 12 May 2026") == ""
    assert signed_with_role("Анна Белых. Фото Петра Лиса.") == "Анна Белых"
    assert signed_with_role("Фото Петра Лиса. Анна Белых") == ""
