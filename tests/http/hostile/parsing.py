"""Bodies that two JSON parsers read differently, or that keep one busy."""

from tests.http.hostile.body import Refused, Stored, nested, raw, raw_comment, text

REFUSED: Refused = [
    (f"not JSON: {body[:24]!r}", body, 422)
    for body in (
        b"\x00", b"\xff", b"{", b"}", b"[", b'"', b"{]", b"[}", b"{}{}", b"{},", b"{\x00}",
        b"undefined",
        b"NaN", b"-", b"+1", b".5", b"1.", b"0x10", b"010", b"1e", b"True", b"nil", b"'a'", b"`a`",
        b"{a: 1}",
        b"{'a': 1}", b'{"a" 1}', b'{"a":}', b'{"a":1,}', b'{,"a":1}', b'{"a":1 "b":2}', b'{"a";1}',
        b"--boundary\r\n", b"a=1&b=2", b"%7B%7D", b"<html>", b")]}',\n{}", b"while(1);{}",
        b"/**/{}",
        b"{}//", b"# comment\n{}", b"--- \na: 1\n", b"!!python/object/apply:os.system [id]",
        b"\x80\x04\x95", b'O:8:"stdClass":0:{}', b"\xac\xed\x00\x05", b"\x04\x08[\x00",
        b"\xfe\xff\x00{\x00}",
        b"\xff\xfe{\x00}\x00", b"\x00\x00\x00{\x00\x00\x00}", b"+AHsAfQ-", b"\x1e{}\n",
        b"\xe2\x80\xa8{}",
        b"\xc2\xa0{}", b"\x0b{}", b"\x0c{}", b"{}\x00", b"{}\x1a",
    )
]  # fmt: skip
REFUSED += [
    (f"number {number}", raw(f', "elapsed_ms": {number}'), 422)
    for number in (
        "1_000", "0b1", "0o7", "1e999", "-1e999", "١٢", "1.0.0", "--1", "9" * 400,
        "-9007199254740993",
        "1e16", "00", "-", "Infinity", "inf", "nan", "1e+", "1,0",
    )
]  # fmt: skip
REFUSED += [
    ("deep objects", raw(', "x": ' + '{"a":' * 5000 + "1" + "}" * 5000), 422),
    ("deep and wide", raw(', "x": ' + ", ".join([nested(9)] * 1) + ""), 422),
    ("deep mixed", raw(', "x": ' + '[{"a":' * 2000 + "1" + "}]" * 2000), 422),
    ("deep and never closed", raw(', "x": ' + '{"a":[' * 9000), 422),
    ("an escape that is none", raw_comment(rb"\x41"), 422),
    ("an escape cut short", raw_comment(rb"\u12"), 422),
    ("an escape at the end", raw_comment(b"\\"), 422),
    ("a raw tab", raw_comment(b"a\tb"), 422),
    ("a raw escape character", raw_comment(b"\x1b"), 422),
    ("a raw bell", raw_comment(b"\x07"), 422),
    ("the same key in other words", raw(', "quote": {"exact": "other"}'), 422),
    ("the same unknown key twice", raw(', "x": 1, "x": 2'), 422),
    ("the same key deep inside", raw(', "x": {"y": [{"z": 1, "z": 2}]}'), 422),
    ("an empty key twice", raw(', "": 1, "": 2'), 422),
    ("65,537 bytes", raw(', "x": "' + "a" * (65537 - len(raw(', "x": ""'))) + '"'), 413),
    ("spaces beyond the limit", text() + b" " * 65_536, 413),
    ("a megabyte of brackets", b"[" * 1_000_000, 413),
]
STORED: Stored = [
    (
        "white space between everything",
        text().replace(b", ", b" \r\n\t, ").replace(b": ", b"\t:\n"),
    ),
    ("65,536 bytes", raw(', "x": "' + "a" * (65536 - len(raw(', "x": ""'))) + '"')),
    ("an empty key", raw(', "": 1')),
    ("keys that differ in case", raw(', "Site": "other", "URL": "x"')),
    ("keys that look alike", raw(', "sitе": "other"')),
    ("keys of the language", raw(', "None": 1, "self": 2, "__class__": 3, "__dict__": {}')),
    ("a key with dots", raw(', "quote.exact": "other", "a..b": 1')),
    ("a key with brackets", raw(', "quote[exact]": "other", "x[]": 1')),
    ("a key of 10,000 letters", raw(f', "{"k" * 10_000}": 1')),
    ("escapes for plain letters", text().replace(b"recieved", rb"\u0072ecieved")),
    ("an escaped slash", text().replace(b"/", rb"\/")),
    ("minus zero", raw(', "elapsed_ms": -0')),
    ("a very small number", raw(', "elapsed_ms": 1e-400')),
    ("a real number with nothing behind", raw(', "elapsed_ms": 5.0')),
    ("10,000 numbers", raw(', "x": [' + ",".join(["1"] * 10_000) + "]")),
    ("5,000 empty objects", raw(', "x": [' + ",".join(["{}"] * 5_000) + "]")),
    ("a number as text", text(elapsed_ms="100")),
    ("true as a number", text(elapsed_ms=True)),
]
