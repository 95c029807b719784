"""Bytes to text when header, meta and byte order mark say different things."""

import pytest

from copydesk.articles.decoding import decode

RUSSIAN = "Министр Подъёмкин вчера объявил, что паром вернётся в порт на следующей неделе."
GERMAN = "Der Bürgermeister erklärte am Montag, die Fähre käme zurück."


def page(text: str, charset: str, *, meta: str = "", lang: str = "", start: str = "") -> bytes:
    declared = f"<meta charset={meta}>" if meta else ""
    language = f" lang={lang}" if lang else ""
    html = f"{start}<!doctype html><html{language}><head>{declared}</head><p>{text}</p>"
    return html.encode(charset)


@pytest.mark.parametrize(
    ("written", "header", "meta"),
    [
        ("windows-1251", "windows-1251", ""),
        ("windows-1251", "", "windows-1251"),
        ("windows-1251", "CP1251", "utf-8"),
        # A server that labels everything UTF-8, and pages that were never converted.
        ("windows-1251", "utf-8", "windows-1251"),
        ("koi8-r", "utf-8", "koi8-r"),
        ("windows-1251", "utf-8", "utf-8"),
        ("koi8-r", "koi8-r", "windows-1251"),
        ("koi8-r", "", "koi8-r"),
        # Pages that were converted, and a server that has not heard of it.
        ("utf-8", "windows-1251", "utf-8"),
        ("utf-8", "koi8-r", ""),
        ("utf-8", "iso-8859-1", "windows-1251"),
        ("utf-8", "", ""),
        # Nothing is named: the letters tell.
        ("windows-1251", "", ""),
        ("koi8-r", "", ""),
        ("windows-1251", "no-such-charset", "also-none"),
        ("utf-16", "windows-1251", "windows-1251"),
        ("utf-16-le", "utf-16le", ""),
        ("utf-8-sig", "windows-1251", "koi8-r"),
    ],
)
def test_cyrillic_is_read_whatever_is_declared(written: str, header: str, meta: str) -> None:
    assert f"<p>{RUSSIAN}</p>" in decode(page(RUSSIAN, written, meta=meta), header)


@pytest.mark.parametrize(("header", "meta"), [("iso-8859-1", ""), ("", "latin1"), ("", "")])
def test_western_letters(header: str, meta: str) -> None:
    assert GERMAN in decode(page(GERMAN, "windows-1252", meta=meta), header)


def test_the_language_helps_where_letters_are_few() -> None:
    assert "Да" in decode(page("Да", "windows-1251", lang="ru"))


def test_an_xml_declaration_counts() -> None:
    start = '<?xml version="1.0" encoding="koi8-r"?>'
    assert RUSSIAN in decode(page(RUSSIAN, "koi8-r", start=start))


def test_one_broken_letter_does_not_cost_the_page() -> None:
    body = page(RUSSIAN, "utf-8").replace("паром".encode(), "паром".encode() + b"\xd0")
    for header in ("utf-8", ""):
        assert "вернётся в порт" in decode(body, header)


def test_nothing_raises() -> None:
    for body in (b"", b"\xff\xfe", b"\xff" * 100, bytes(range(256)) * 20, b"<meta charset="):
        for header in ("", "utf-8", "utf-16", "gbk", "shift_jis", "windows-1251", "x" * 5000):
            assert isinstance(decode(body, header), str)
