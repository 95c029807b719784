"""Headers arrive exactly as written, and nothing but ours arrives."""

import base64
import quopri
import random
import re

import pytest

from copydesk.notify.headers import HeaderRefused, build, check, mailbox, one_line, plain_address

BASE = {"From": "a@x.example", "To": "b@y.example"}
_WORD = re.compile(r"=\?([^?]+)\?([bBqQ])\?([^?]*)\?=")


def strictly_decoded(line: str) -> str:
    """Decode as RFC 2047 §6.2 says, and refuse what a strict server would."""
    value = re.sub(r"\r\n(?=[ \t])", "", line)
    parts = re.split(r"([ \t]+)", value.strip())
    out, space, after_encoded = "", "", False
    for part in parts:
        if not part.strip():
            space = part
            continue
        match = _WORD.fullmatch(part)
        assert match or "=?" not in part, f"touching or broken encoded words: {part!r}"
        # White space between two encoded words is for the fold only and is not shown.
        out += "" if match and after_encoded else space
        if match:
            assert len(part) <= 75
            charset, kind, text = match.groups()
            raw = (
                base64.b64decode(text, validate=True)
                if kind in "bB"
                else quopri.decodestring(text.replace("_", " ").encode(), header=True)
            )
            out += raw.decode(charset)
        else:
            out += part
        after_encoded, space = match is not None, ""
    return out


def header(data: bytes, name: str) -> str:
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    match = re.search(rf"^{name}: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head, re.MULTILINE)
    assert match, head
    return match[1]


def names_of(data: bytes) -> list[str]:
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    return [row.partition(":")[0] for row in head.split("\r\n") if row[:1] not in " \t"]


def test_three_thousand_mixed_subjects_arrive_exactly() -> None:
    dice = random.Random(20260302)
    words = (  # noqa: SIM905 - a sentence reads better than twenty quoted words
        "администрация ошибка в городе Лондон received the letter of мэр “кавычки” e-mail №5 "
        "=?utf-8?q?x?= a=b ёлка 50% — I’m 日本 😀 Ö_ü ? = _"
    ).split()
    for _ in range(3000):
        subject = " ".join(dice.choices(words, k=dice.randint(3, 22)))
        data = build(BASE | {"Subject": subject}, "x", "<p>x</p>")
        assert strictly_decoded(header(data, "Subject")) == subject


@pytest.mark.parametrize(
    "title",
    [
        "x\r\nBcc: victim@example.org",
        "x\nBcc: victim@example.org",
        "x\rBcc: victim@example.org",
        "=?utf-8?q?a=0D=0ABcc:_victim=40example.org?=",
        "=?utf-8?b?YQ0KQmNjOiB2aWN0aW1AZXhhbXBsZS5vcmc=?=",
        "x\x00y\x0bz\x0c\x85w\u2028v\u2029u",
        "lone \ud800 surrogate \udfff",
        "x\r\n\r\n<script>body</script>",
        "\u202eevil",
    ],
)
def test_a_title_can_not_add_a_header(title: str) -> None:
    data = build(BASE | {"Subject": one_line(title)}, "x", "<p>x</p>")
    assert sorted(names_of(data)) == ["Content-Type", "From", "MIME-Version", "Subject", "To"]
    assert "\n" not in strictly_decoded(header(data, "Subject"))


def test_raw_line_ends_are_refused_even_without_one_line() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        build(BASE | {"Subject": "x\r\nBcc: v@example.org"}, "x", "x")


def test_a_long_link_is_neither_folded_nor_encoded() -> None:
    link = f"<https://errata.example/a/{'x' * 200}?do=unsubscribe>"
    data = build(BASE | {"List-Unsubscribe": link}, "x", "x")
    assert header(data, "List-Unsubscribe") == link


@pytest.mark.parametrize("value", ["ё", "a\x7f", "x" * 990])
def test_a_verbatim_header_must_be_one_plain_line(value: str) -> None:
    with pytest.raises(HeaderRefused):
        build(BASE | {"List-Id": value}, "x", "x")


def test_a_display_name_is_quoted_or_encoded_on_one_line() -> None:
    assert mailbox("", "a@b.example") == "a@b.example"
    assert mailbox('Ada "the" B\\', "a@b.example") == r'"Ada \"the\" B\\" <a@b.example>'
    long = mailbox("Редакция газеты «Портовые новости» и её читатели " * 2, "a@b.example")
    assert long.isascii()
    assert "\n" not in long
    name = long.removesuffix(" <a@b.example>")
    expected = ("Редакция газеты «Портовые новости» и её читатели " * 2).strip()
    assert strictly_decoded(name) == expected


def test_an_international_host_is_written_in_ascii() -> None:
    assert plain_address("desk@пример.рф") == "desk@xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "@host", "a@", "a b@c.example", "a@b\r\nc", "<a@b.c>", "a@b,c@d", "ё@x.example"],
)
def test_a_bad_address_is_refused(address: str) -> None:
    with pytest.raises(HeaderRefused):
        plain_address(address)


@pytest.mark.parametrize(
    "data",
    [
        b"From: a\r\nTo: b\r\nBcc: c\r\n\r\nx",
        b"From: a\r\nTo: b\r\nTo: c\r\n\r\nx",
        b"From: a\r\n\r\nx",
        b"From: a\r\nTo: b\nBcc: c\r\n\r\nx",
        b"From: a\r\nTo: \xd1\x91\r\n\r\nx",
        b"From: a\r\nTo: b",
    ],
)
def test_doubtful_bytes_never_leave(data: bytes) -> None:
    with pytest.raises(HeaderRefused):
        check(data)
