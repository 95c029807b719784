"""Bytes of a page to text, by what the page says of itself and then by what fits."""

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
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
_META_WITHIN = 4096


def decode(body: bytes, header_charset: str = "") -> str:
    """Return the text: byte order mark, header, meta, else UTF-8, else windows-1251; never fails.

    A declared charset that does not fit gives way to UTF-8 if that fits exactly: servers declare
    the wrong one more often than text is UTF-8 by accident.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    meta = _META.search(body[:_META_WITHIN])
    in_page = _known(meta[1].decode("ascii")) if meta else None
    if in_page in {"utf-16le", "utf-16be"}:  # a page whose meta can be read is not UTF-16
        in_page = "utf-8"
    declared = _known(header_charset) or in_page
    for fitting in (declared or "utf-8", "utf-8"):
        try:
            return body.decode(fitting)
        except UnicodeDecodeError:
            continue
    return body.decode(declared or "windows-1251", "replace")


def _known(label: str) -> str | None:
    return _CHARSETS.get(label.strip().lower())
