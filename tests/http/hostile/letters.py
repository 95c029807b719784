"""Text that is hard to store, to compare or to show."""

from tests.http.hostile.body import Refused, Stored, everywhere, raw, raw_comment, text

REFUSED: Refused = [
    (f"broken UTF-8: {bytes_!r}", raw_comment(bytes_), 422)
    for bytes_ in (
        b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff", b"\xe2\x28\xa1", b"\xe2\x82", b"\xf0\x9f\x98",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf", b"a\x80b", b"\xd0", b"\xcf\xf0\xe8\xe2\xe5\xf2", b"\x93smart\x94",
    )
]  # fmt: skip
REFUSED += [
    (f"half a character in {field}: {escape}", raw(f', "{field}": "{escape}"'), 422)
    for field in ("comment", "title", "x")
    for escape in (r"\ud800", r"\udfff", r"a\udbffb", r"\ud83d\ud83d", r"\u0000", r"a\u0000")
]
REFUSED += [
    (f"only space: {space!r}", text(quote={"exact": space * 3}), 422)
    for space in ("", " ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085")
]
STORED: Stored = [
    (f"letters: {letters[:12]!r}", everywhere(letters))
    for letters in (
        "\ufeffbefore", "a\u200bb", "\u200d\u200d", "\u00ad", "\u2060a", "a\u034f", "\u115f\u1160",
        "\u3164", "\uffa0",
        "\u202e\u202d\u202c", "\u2066\u2067\u2068\u2069a", "\u061c\u200e\u200fa", "\ufffc\ufffda",
        "\U000e0041\U000e007fa",
        "\ue000\uf8ff", "\U000f0000", "\U0010fffd", "a" + "\u0300" * 255, "\u0f77" * 60,
        "\ufdfa" * 50, "ﷺ" * 10,
        "ǆ ŉ ß ẞ İ ı ſ K Å", "ﬁ ﬂ ﬆ", "e\u0301 \u00e9", "\u1e9b\u0323", "각 \u1100\u1161\u11a8",
        "नी क्ष", "กำ", "ﻻ",
        "👨‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🇺🇳🇪", "👍🏽",
        "1️⃣", "☺︎☺️",
        "שלום עולם", "مرحبا بالعالم", "\u202bעברית\u202c",
        "日本語の新聞", "ทดสอบ", "тест ёжик", "қазақ тілі",
        "𝔘𝔫𝔦", "𐐷", "𝟙𝟚𝟛",
        "Ω≈ç√∫", "\x01\x02\x1f", "\x7f\x80\x9f", "\x08\x08\x08", "a\rb", "a\r\nb\nc", "a\x0b\x0cb",
        "a\x85b\u2028c\u2029d",
    )
]  # fmt: skip
