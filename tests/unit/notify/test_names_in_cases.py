"""Russian names in a case reach their author, and never a namesake of the other gender."""

import pytest

from copydesk.notify.names import Fit, Person, find, fit


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        # "Текст …", "Материал …", "Фоторепортаж …": the genitive.
        ("Ивана Петрова", "Иван Петров"),
        ("Петрова Ивана", "Иван Петров"),
        ("Ивана ПЕТРОВА", "Иван Петров"),
        ("Анны Петровой", "Анна Петрова"),
        ("Марии Сидоровой", "Мария Сидорова"),
        ("Натальи Зайцевой", "Наталья Зайцева"),
        ("Ольги Лучиной", "Ольга Лучина"),
        ("Игоря Гусева", "Игорь Гусев"),
        ("Андрея Ильина", "Андрей Ильин"),
        ("Дмитрия Куницына", "Дмитрий Куницын"),
        ("Алексея Чайковского", "Алексей Чайковский"),
        ("Софьи Чайковской", "Софья Чайковская"),
        ("Льва Толстого", "Лев Толстой"),
        ("Татьяны Толстой", "Татьяна Толстая"),
        ("Фёдора Рабочего", "Федор Рабочий"),
        ("Нины Горячей", "Нина Горячая"),
        ("Егора Летнего", "Егор Летний"),
        ("Артёма Трубецкого", "Артём Трубецкой"),
        ("Ивана Белого", "Иван Белый"),
        ("Павла Кравца", "Павел Кравец"),
        ("Петра Зайца", "Пётр Заяц"),
        ("Тараса Бойца", "Тарас Боец"),
        ("Глеба Горбунка", "Глеб Горбунок"),
        ("Олега Шевченко", "Олег Шевченко"),
        ("Оксаны Шевченко", "Оксана Шевченко"),
        ("Степана Ковальчука", "Степан Ковальчук"),
        ("Оксаны Ковальчук", "Оксана Ковальчук"),
        ("Анны Коваль", "Анна Коваль"),
        ("Игоря Коваля", "Игорь Коваль"),
        ("Адама Мицкевича", "Адам Мицкевич"),
        ("Елены Мицкевич", "Елена Мицкевич"),
        ("Ашота Саркисяна", "Ашот Саркисян"),
        ("Карины Саркисян", "Карина Саркисян"),
        ("Георгия Данелии", "Георгий Данелия"),
        ("Нины Данелии", "Нина Данелия"),
        ("Михаила Глинки", "Михаил Глинка"),
        ("Ильи Сковороды", "Илья Сковорода"),
        ("Никиты Орлова", "Никита Орлов"),
        ("Любови Черных", "Любовь Черных"),
        ("Сергея Черных", "Сергей Черных"),
        ("Сергея Живаго", "Сергей Живаго"),
        ("Николая Римского-Корсакова", "Николай Римский-Корсаков"),
        ("Жан-Поля Леруа", "Жан-Поль Леруа"),
        ("Джона Смита", "Джон Смит"),
        ("Кармен Лопес", "Кармен Лопес"),
        ("Айгуль Сериковой", "Айгуль Серикова"),
        ("Нурлана Серика", "Нурлан Серик"),
        ("Константина Фёдорова", "Константин Федоров"),
        ("Александра Ковальчука", "Александр Ковальчук"),
        ("Александры Петровой", "Александра Петрова"),
        # "Подготовлено …", "Записано …": the instrumental.
        ("Иваном Петровым", "Иван Петров"),
        ("Анной Петровой", "Анна Петрова"),
        ("Марией Сидоровой", "Мария Сидорова"),
        ("Игорем Ковалем", "Игорь Коваль"),
        ("Ильёй Чайковским", "Илья Чайковский"),
        ("Александром Толстым", "Александр Толстой"),
        ("Любовью Белой", "Любовь Белая"),
        ("Павлом Мицкевичем", "Павел Мицкевич"),
        ("Чарльзом Дарвином", "Чарльз Дарвин"),
        ("Надеждой Глинкой", "Надежда Глинка"),
    ],
)
def test_a_case_reaches_the_author(printed: str, known: str) -> None:
    assert fit(printed, known, is_nominative=False) in {Fit.DECLINED, Fit.EXACT}
    match = find(printed, [Person(1, known), Person(2, "Пётр Никто")], is_nominative=False)
    assert match.is_sure
    assert [person.name for person in match.people] == [known]


@pytest.mark.parametrize(
    ("printed", "known", "expected"),
    [
        ("И. Ковальчука", "Иван Ковальчук", Fit.INITIALS),
        ("А. Петровой", "Анна Петрова", Fit.INITIALS),
        ("Ивана Павловича Петрова", "Иван Петров", Fit.LONGER),
        ("Анны Ильиничны Петровой", "Анна Петрова", Fit.LONGER),
        ("Ивана Петрова", "Иван Павлович Петров", Fit.LONGER),
    ],
)
def test_initials_and_patronymics_in_a_case(printed: str, known: str, expected: Fit) -> None:
    assert fit(printed, known, is_nominative=False) is expected


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        ("Анна Петров", "Анна Петрова"),
        ("Анна Петрова", "Иван Петров"),
        ("Иван Петрова", "Иван Петров"),
        ("Ивана Петров", "Иван Петров"),
        ("Ивана Иванова", "Иван Иваненко"),
        ("Иван Иваненко", "Иван Иванов"),
        ("Ивана Иваненко", "Иван Иванов"),
        ("Ивана Петровского", "Иван Петров"),
        ("Ивана Петрова", "Иван Петровский"),
        ("Ивана Петрова", "Игорь Петров"),
        ("Анны Петровой", "Анна Петровская"),
        ("Анны Петровой", "Алла Петрова"),
        ("Ивана", "Иван Петров"),
        ("Петрова", "Иван Петров"),
        ("Ивану Петрову", "Игорь Петров"),
        ("Ковальчука Петрова", "Иван Ковальчук"),
        ("Ильи Марина", "Илья Мартин"),
        ("Павла Кравцова", "Павел Кравец"),
        ("Олеси Кравец", "Олег Кравец"),
        ("Валентины Петровой", "Валентин Петров"),
        ("Александры Петровой", "Александр Петров"),
        ("Евгении Шевченко", "Евгений Шевченко"),
        ("Ada Byrnea", "Ada Byrne"),
    ],
)
def test_namesakes_and_neighbours_are_not_taken_for_each_other(printed: str, known: str) -> None:
    assert fit(printed, known, is_nominative=False) is Fit.NONE


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        ("Александра Петрова", "Александр Петров"),
        ("Валерия Ильина", "Валерий Ильин"),
        ("Евгения Шевченко", "Евгений Шевченко"),
        ("Яна Черных", "Ян Черных"),
        ("А. Петрова", "Алексей Петров"),
        ("Камиля Ахметова", "Камиль Ахметов"),
    ],
)
def test_what_may_be_a_woman_as_it_is_stays_a_hint(printed: str, known: str) -> None:
    match = find(printed, [Person(1, known)], is_nominative=False)
    assert not match.is_sure
    assert [person.name for person in match.people] == [known]


def test_two_colleagues_of_one_name_but_for_the_gender_are_left_to_the_desk() -> None:
    people = [Person(1, "Александр Петров"), Person(2, "Александра Петрова")]
    in_text = find("Александра Петрова", people, is_nominative=False)
    assert (in_text.is_sure, len(in_text.people)) == (False, 2)
    in_a_field = find("Александра Петрова", people)
    assert (in_a_field.is_sure, in_a_field.people) == (True, (people[1],))
    assert find("Александры Петровой", people, is_nominative=False).people == (people[1],)
    assert find("Александром Петровым", people, is_nominative=False).people == (people[0],)


def test_a_field_for_names_holds_no_cases() -> None:
    assert fit("Ивана Петрова", "Иван Петров") is Fit.NONE
    assert find("Ивана Петрова", [Person(1, "Иван Петров")]).people == ()


def test_who_is_called_so_comes_before_who_is_called_so_in_a_case() -> None:
    people = [Person(1, "Иван Петров"), Person(2, "Ивана Петрова")]
    match = find("Ивана Петрова", people, is_nominative=False)
    assert (match.is_sure, match.people) == (True, (people[1],))


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        ("Ivan Petrov", "Иван Петров"),
        ("Petroff Ivan", "Иван Петров"),
        ("Dmitrii Yershov", "Дмитрий Ершов"),
        ("Dmitrij Jerschow", "Дмитрий Ершов"),
        ("Yulia Shcherbakova", "Юлия Щербакова"),
        ("Julija Ščerbakova", "Юлия Щербакова"),
        ("Artyom Tchaikovsky", "Артём Чайковский"),
        ("Alexander Tsvetkov", "Александр Цветков"),
        ("Natal'ya Khrushcheva", "Наталья Хрущёва"),
        ("Oleksandr Hrytsenko", "Олександр Гриценко"),
        ("Nurlan Qozhabek", "Нұрлан Қожабек"),
        ("Иван Петров", "Ivan Petrov"),
        ("Ivan Pavlovich Petrov", "Иван Петров"),
    ],
)
def test_other_letters_are_a_hint_and_no_more(printed: str, known: str) -> None:
    assert fit(printed, known) is Fit.TRANSLITERATED
    match = find(printed, [Person(1, known)])
    assert not match.is_sure
    assert [person.name for person in match.people] == [known]


@pytest.mark.parametrize(
    ("printed", "known"),
    [
        ("Ivan Petrova", "Иван Петров"),
        ("Ivan Petrenko", "Иван Петров"),
        ("Igor Petrov", "Иван Петров"),
        ("Petrov", "Иван Петров"),
        ("I. Petrov", "Иван Петров"),
        ("Ada Byrne", "Ada Birne"),
        ("Иван Кузьмин", "Иван Кузмин"),
    ],
)
def test_other_letters_of_somebody_else(printed: str, known: str) -> None:
    assert fit(printed, known) is Fit.NONE


def test_the_same_letters_come_before_other_letters() -> None:
    people = [Person(1, "Иван Петров"), Person(2, "Ivan Petrov")]
    assert find("Ivan Petrov", people).people == (people[1],)
    assert find("Иван Петров", people).people == (people[0],)
