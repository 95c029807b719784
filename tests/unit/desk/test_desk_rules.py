from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from copydesk.desk.access import Access
from copydesk.desk.edge import safe_next
from copydesk.desk.erratum_page import edit_url, fixed_sentence
from copydesk.desk.forms import DeskForm, clean, is_public_id
from copydesk.desk.queries import Cursor, read_cursor
from copydesk.desk.shown import Sentence
from copydesk.errors import NotAllowed, NotFound
from copydesk.store.tables import Article, Role

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


def test_a_cursor_survives_its_address_to_the_microsecond() -> None:
    assert read_cursor(str(Cursor(NOW, 42))) == Cursor(NOW, 42)


@pytest.mark.parametrize(
    "value",
    ["", ".", "1", "1.", ".1", "a.b", "1.-1", "١.١", "9" * 30 + ".1", "1.99999999999", "1e9.1"],
)
def test_what_is_no_cursor_is_none(value: str) -> None:
    assert read_cursor(value) is None


def test_a_role_includes_the_ones_below_it() -> None:
    access = Access(None, {1: Role.ADMIN, 2: Role.EDITOR, 3: Role.AUTHOR})
    assert [access.may(Role.EDITOR, site_id) for site_id in (1, 2, 3, 4)] == [
        True,
        True,
        False,
        False,
    ]
    assert not access.may(Role.AUTHOR)
    assert access.may_somewhere(Role.ADMIN)


def test_a_role_everywhere_counts_at_each_site_and_the_stronger_one_wins() -> None:
    access = Access(Role.EDITOR, {1: Role.AUTHOR, 2: Role.ADMIN})
    assert access.role_at(1) is Role.EDITOR
    assert access.role_at(2) is Role.ADMIN
    assert access.role_at(99) is Role.EDITOR
    assert not access.may(Role.ADMIN)


def test_another_site_does_not_exist_and_a_low_role_is_told_so() -> None:
    access = Access(None, {1: Role.AUTHOR})
    with pytest.raises(NotFound):
        access.require(Role.AUTHOR, 2)
    with pytest.raises(NotAllowed):
        access.require(Role.EDITOR, 1)
    access.require(Role.AUTHOR, 1)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/desk/?tab=all&q=%D0%B0", "/desk/?tab=all&q=%D0%B0"),
        ("/desk/errata/abc", "/desk/errata/abc"),
        ("", "/home"),
        ("/", "/home"),
        ("//evil.example/desk/", "/home"),
        ("/desk/\\evil.example", "/home"),
        ("/desk/\r\nSet-Cookie: a=b", "/home"),
        ("https://evil.example/desk/", "/home"),
        ("/deskevil", "/home"),
    ],
)
def test_only_pages_of_the_desk_are_gone_back_to(wanted: str, expected: str) -> None:
    assert safe_next(wanted, "/home") == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("https://cms.example/e/{id}", "https://cms.example/e/184467"),
        (
            "https://cms.example/e?u={url}",
            "https://cms.example/e?u=https%3A%2F%2Fnews.example%2F2026%2F184467-a%26b%3Fp%3D1",
        ),
        ("", ""),
        ("javascript:alert({id})", ""),
    ],
)
def test_the_edit_address_is_filled_in(template: str, expected: str) -> None:
    article = Article(canonical_url="https://news.example/2026/184467-a&b?p=1")
    assert edit_url(template, article) == expected


def test_the_corrected_sentence_is_ready_to_be_copied() -> None:
    sentence = Sentence("…He ", "recieved", " it.", [])
    assert fixed_sentence(sentence, "received") == "He received it."
    assert fixed_sentence(sentence, "") == ""


def test_text_is_cleaned_of_what_no_database_takes() -> None:
    assert clean("  a\x00\x07b\r\nc\rd  ", 100) == "ab\nc\nd"
    assert clean("x" * 20, 5) == "xxxxx"


@pytest.mark.parametrize("value", ["", "a" * 33, "a/b", "ä", "a\n", "a b"])
def test_what_can_not_name_an_erratum(value: str) -> None:
    assert not is_public_id(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7),
        ("", None),
        ("-1", None),
        ("٣", None),
        ("1.5", None),
        (str(2**31), None),
        ("x", None),
    ],
)
def test_a_row_id_is_a_plain_number(value: str, expected: int | None) -> None:
    assert DeskForm(MultiDict({"n": value})).row_id("n") == expected


def test_ages_are_told_in_one_unit() -> None:
    from copydesk.desk.shown import age

    app = Flask(__name__)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert age(NOW, NOW + timedelta(seconds=59)) == "just now"
        assert age(NOW, NOW + timedelta(minutes=59)) == "59 min ago"
        assert age(NOW, NOW + timedelta(hours=23, minutes=59)) == "23 h ago"
        assert age(NOW, NOW + timedelta(days=1)) == "1 day ago"
        assert age(NOW, NOW + timedelta(days=45)) == "45 days ago"
        assert age(NOW, NOW - timedelta(days=3)) == "in 3 days"
