"""Pages as newsrooms serve them: packed, in old charsets, labelled wrongly. Over a real socket."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from tests.page_server import says, serving

from copydesk.articles.decoding import decode
from copydesk.articles.fetch import FetchedPage, Fetcher, FetchFailed

RUSSIAN = "Министр Подъёмкин вчера объявил, что паром вернётся в порт на следующей неделе."
GIBIBYTE = 1 << 30


def fetched(body: bytes, packing: str = "", type_: str = "text/html") -> FetchedPage:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {type_}\r\nConnection: close\r\n"
    head += f"Content-Encoding: {packing}\r\n" if packing else ""
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with serving(says(head.encode() + body)) as server:
        return Fetcher([server.host], "Tester").fetch(server.url())


def html(charset: str, meta: str = "") -> bytes:
    declared = f"<meta charset={meta}>" if meta else ""
    return f"<!doctype html><head>{declared}</head><p>{RUSSIAN}</p>".encode(charset)


@pytest.mark.parametrize(
    ("packing", "pack"),
    [
        ("", lambda body: body),
        ("identity", lambda body: body),
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("BR", brotli.compress),
        ("br, gzip", lambda body: gzip.compress(brotli.compress(body))),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
    ],
)
def test_a_packed_page_is_read(packing: str, pack: Callable[[bytes], bytes]) -> None:
    body = html("utf-8") * 3000  # more than one piece, packed or not
    assert fetched(pack(body), packing).body == body


@pytest.mark.parametrize(
    ("written", "header", "meta"),
    [
        ("windows-1251", "windows-1251", ""),
        ("windows-1251", "", "windows-1251"),
        ("windows-1251", "utf-8", "windows-1251"),
        ("windows-1251", "utf-8", "utf-8"),
        ("koi8-r", "koi8-r", ""),
        ("koi8-r", "", "koi8-r"),
        ("koi8-r", "utf-8", "koi8-r"),
        ("utf-8", "windows-1251", "koi8-r"),
        ("utf-8-sig", "koi8-r", "windows-1251"),
        ("utf-16", "utf-8", "windows-1251"),
    ],
)
def test_old_charsets_and_labels_that_disagree(written: str, header: str, meta: str) -> None:
    type_ = f"text/html; charset={header}" if header else "text/html"
    found = fetched(brotli.compress(html(written, meta)), "br", type_)
    assert RUSSIAN in decode(found.body, found.charset)


def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    piece = bytes(1 << 24)
    packed = bytearray()
    for _ in range(GIBIBYTE >> 24):
        packed += packer.process(piece)
    return bytes(packed + packer.finish())


@pytest.mark.parametrize("packing", ["br", "br, br", "br, gzip", "br, br, br, br, br, br, br, br"])
def test_a_brotli_bomb_of_a_gibibyte_stops_at_the_limit_in_little_memory(packing: str) -> None:
    bomb = brotli_bomb()
    for outer in packing.split(", ")[1:]:
        bomb = gzip.compress(bomb) if outer == "gzip" else brotli.compress(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(FetchFailed) as failed:
            fetched(bomb, packing)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * (1 << 20), f"{peak} bytes"
    # In several layers it may fail earlier, as something that can't be unpacked.
    assert failed.value.permanent or packing != "br"


def test_broken_brotli_is_a_failure_and_never_a_crash() -> None:
    for body in (b"\xff" + brotli.compress(html("utf-8")), b"ferry", html("utf-8")):
        with pytest.raises(FetchFailed):
            fetched(body, "br")


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_a_brotli_page_that_was_cut_off_is_its_beginning(cut: int) -> None:
    body = html("utf-8") * 50
    assert body.startswith(fetched(brotli.compress(body)[:cut], "br").body)
