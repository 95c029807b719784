"""Bytes of a page to text: by what fits, and else by what the page says of itself."""

import codecs
import re

# Labels that pages use, and what browsers take them for (WHATWG Encoding §4.2). Anything else is
# ignored: Python knows codecs that are no charsets at all, and UTF-7 hides mark-up.
_CHARSETS = {
    **{
        name: name
        for name in (
            *("utf-8", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "gbk", "gb18030", "big5"),
            *("euc-jp", "shift_jis", "euc-kr", "windows-1250", "windows-1251", "windows-1252"),
            *("windows-1253", "windows-1254", "windows-1256", "windows-1257", "iso-8859-2"),
            *("iso-8859-5", "iso-8859-7", "iso-8859-15", "utf-16le", "utf-16be"),
        )
    },
    "utf8": "utf-8",
    "utf-16": "utf-16le",
    "cp1251": "windows-1251",
    "win-1251": "windows-1251",
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gbk",
}
# ASCII with a NUL at every second byte is sound UTF-8.
_PASS_AS_UTF8 = frozenset({"utf-16le", "utf-16be"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{1,40})")
_META_WITHIN = 4096
_LANGUAGE = re.compile(rb"<html[^>]{0,300}?\slang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_CYRILLIC = frozenset({b"ru", b"uk", b"be", b"bg", b"sr", b"mk", b"kk", b"ky", b"tg"})
_WORDS_OF_HIGH_BYTES = re.compile(rb"[\xc0-\xff]{3,}")
# What an otherwise sound UTF-8 page may hold of broken bytes: a name cut within a letter, a
# stranger's comment. Text in another charset is broken at nearly every letter.
BROKEN = 0.05


def decode(body: bytes, header_charset: str = "") -> str:
    """Return the text; never fails.

    Byte order mark, then UTF-8 if it fits, then what header, XML declaration or meta name, else a
    guess by the letters. UTF-8 stands before the labels because text of another charset is never
    UTF-8 by accident, while a server's default label often outlives the charset it was set for.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    labels = _labels(body, header_charset)
    if not labels or labels[0] not in _PASS_AS_UTF8:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if ("utf-8" in labels or not labels) and _is_broken_utf8(body):
        return body.decode("utf-8", "replace")
    for charset in labels:
        if charset == "utf-8":
            continue
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    other = next((charset for charset in labels if charset != "utf-8"), None)
    return body.decode(other or _guess(body), "replace")


def _labels(body: bytes, header_charset: str) -> list[str]:
    """Return the charsets that are named, in the order in which browsers believe them."""
    start = body[:_META_WITHIN]
    named = [header_charset]
    for pattern in (_XML, _META):
        match = pattern.search(start)
        if match:
            label = match[1].decode("ascii")
            # A declaration that can be read byte by byte is not written in UTF-16.
            named.append("utf-8" if (_known(label) or "").startswith("utf-16") else label)
    return list(dict.fromkeys(known for known in map(_known, named) if known))


def _is_broken_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    foreign = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") <= BROKEN * foreign


def _guess(body: bytes) -> str:
    """Name a charset for text that names none and is not UTF-8: by its language and letters.

    In windows-1251 small letters are 0xE0 to 0xFF, in KOI8-R they are 0xC0 to 0xDF, and text is
    mostly small letters. Runs of three such bytes are Cyrillic; in Latin script they stand alone.
    """
    runs = b"".join(_WORDS_OF_HIGH_BYTES.findall(body))
    language = _LANGUAGE.search(body[:_META_WITHIN])
    is_cyrillic = language is not None and language[1].lower() in _CYRILLIC
    if not is_cyrillic and 2 * len(runs) < sum(byte >= 0xC0 for byte in body):
        return "windows-1252"
    small_if_koi = sum(byte < 0xE0 for byte in runs)
    return "koi8-r" if 2 * small_if_koi > len(runs) else "windows-1251"


def _known(label: str) -> str | None:
    return _CHARSETS.get(label.strip().lower())
