"""Servers that mean no good: answers that never end, unpack to gigabytes, or are no HTTP."""

import gzip
import socket
import threading
import zlib
from dataclasses import dataclass
from functools import cache

from tests.page_server import OK, PAGE, Script, says

_CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
_TIGHT = OK.replace(b"Connection: close\r\n", b"")
_LENGTH = b"Content-Length: %d\r\n" % len(PAGE)
_END = b"\r\n\r\n"
_NO_CHARSET = OK.replace(b"UTF-8", b"\xff\x00'") + _LENGTH
_TWO_PLACES = (
    b"HTTP/1.1 302 A\r\nLocation: /a\r\nLocation: //10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
)
_CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)


@dataclass(frozen=True)
class Hostile:
    """``endless``: only the reader's own deadline or limit ends it."""

    name: str
    script: Script
    endless: bool = False


def drip(start: bytes, piece: bytes, pause: float = 0.05) -> Script:
    """Send ``start`` and then ``piece`` every ``pause`` seconds until the reader hangs up."""

    def script(connection: socket.socket, request: bytes) -> None:
        del request
        connection.sendall(start)
        never = threading.Event()
        while not never.wait(pause):
            connection.sendall(piece)

    return script


def drips() -> list[Hostile]:
    """Return servers that send a little for ever, or nothing."""
    empty = gzip.compress(b"", mtime=0)
    return [
        Hostile(f"dripped: {name}", drip(start, piece), endless=True)
        for name, start, piece in (
            ("status line", b"", b"H"),
            ("header line", OK + b"X-Endless: ", b"x"),
            ("headers", OK, b"X-More: 1\r\n"),
            ("interim answers", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            ("early hints", b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
            ("body without a length", OK + b"\r\n", b"x"),
            ("body with a length", OK + b"Content-Length: 100000\r\n\r\n", b"x"),
            ("chunks", _CHUNKED, b"1\r\nx\r\n"),
            ("chunk size", _CHUNKED, b"0"),
            ("chunk extension", _CHUNKED + b"1;a=", b"b"),
            ("trailers", _CHUNKED + b"1\r\nx\r\n0\r\n", b"X-More: 1\r\n"),
            ("empty gzip members", OK + b"Content-Encoding: gzip\r\n\r\n", empty),
            ("silence", b"", b""),
        )
    ]


def floods() -> list[Hostile]:
    """Return servers that send without a pause until the reader hangs up."""
    pieces = gzip.compress(b"", mtime=0) * 500
    return [
        Hostile(f"flood: {name}", drip(start, piece, 0.0), endless=True)
        for name, start, piece in (
            ("headers", OK, b"X-More: and more\r\n" * 50),
            ("a header line", OK + b"X-Long: ", b"x" * 8192),
            ("body", OK + b"\r\n", b"<p>Ferry" * 1000),
            ("chunks", _CHUNKED, b"5\r\nferry\r\n" * 800),
            ("gzip of nothing", OK + b"Content-Encoding: gzip\r\n\r\n", pieces),
            ("chunk of size -1", _CHUNKED + b"-1\r\n", b"x" * 8192),
            ("chunk size", _CHUNKED, b"0" * 8192),
            ("chunk extension", _CHUNKED + b"1;a=", b"b" * 8192),
            ("trailers", _CHUNKED + b"1\r\nx\r\n0\r\n", b"X-More: and more\r\n" * 500),
            ("a trailer", _CHUNKED + b"1\r\nx\r\n0\r\nX-More: ", b"x" * 8192),
            ("interim answers", b"", b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" * 200),
            ("one chunk of 2^60", _CHUNKED + b"1000000000000000\r\n", b"x" * 8192),
        )
    ]


@cache
def bombs() -> list[Hostile]:
    """Return little answers that unpack to 100 MB and more."""
    zeros = bytes(100_000_000)
    once, raw = gzip.compress(zeros, mtime=0), zlib.compress(zeros)
    twice = gzip.compress(once, mtime=0)
    members = gzip.compress(bytes(10_000_000), mtime=0) * 20
    return [
        Hostile(f"bomb: {name}", says(_packed(name, body)))
        for name, body in (
            ("gzip", once),
            ("x-gzip", once),
            ("deflate", raw),
            ("gzip, gzip", twice),
            ("deflate, gzip", gzip.compress(raw, mtime=0)),
            ("gzip ", members),
        )
    ]


def _packed(encoding: str, body: bytes) -> bytes:
    head = f"Content-Encoding: {encoding.strip()}\r\nContent-Length: {len(body)}\r\n\r\n"
    return OK + head.encode() + body


def oddities() -> list[Hostile]:
    """Return answers that are not quite HTTP, or say two things at once."""
    return [
        Hostile(f"odd: {name}", says(answer))
        for name, answer in (
            ("length and chunks", OK + _LENGTH + b"Transfer-Encoding: chunked\r\n\r\n" + _CHUNK),
            ("chunks and length 0", OK + b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"
             + _CHUNK),
            ("chunked twice", OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + _CHUNK),
            ("chunked, in tabs", OK + b"Transfer-Encoding:\tchunked\r\n\r\n" + _CHUNK),
            ("Transfer-Encoding of our own", OK + b"Transfer-Encoding: ferry\r\n\r\n" + PAGE),
            ("identity", OK + b"Transfer-Encoding: identity\r\n" + _LENGTH + b"\r\n" + PAGE),
            ("gzip as transfer", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + _CHUNK),
            ("two lengths", OK + _LENGTH + b"Content-Length: 5\r\n\r\n" + PAGE),
            ("two lengths in a line", OK + b"Content-Length: 5, 59\r\n\r\n" + PAGE),
            ("length below zero", OK + b"Content-Length: -5\r\n\r\n" + PAGE),
            ("length with a plus", OK + b"Content-Length: +59\r\n\r\n" + PAGE),
            ("length in hexadecimal", OK + b"Content-Length: 0x3b\r\n\r\n" + PAGE),
            ("length of 2^64", OK + b"Content-Length: 18446744073709551616\r\n\r\n" + PAGE),
            ("length of 5000 digits", OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + PAGE),
            ("length too great", OK + b"Content-Length: 500\r\n\r\nshort"),
            ("length too small", OK + b"Content-Length: 3\r\n\r\n" + PAGE),
            ("chunk size below zero", _CHUNKED + b"-5\r\nferry\r\n0\r\n\r\n"),
            ("chunk size of 2^64", _CHUNKED + b"ffffffffffffffff\r\nferry"),
            ("chunk size with a plus", _CHUNKED + b"+5\r\nferry\r\n0\r\n\r\n"),
            ("chunk size in words", _CHUNKED + b"five\r\nferry\r\n0\r\n\r\n"),
            ("chunk size with an underline", _CHUNKED + b"0_5\r\nferry\r\n0\r\n\r\n"),
            ("no last chunk", _CHUNKED + b"5\r\nferry\r\n"),
            ("chunks with bare line feeds", _CHUNKED + b"5\nferry\n0\n\n"),
            ("two answers", _TIGHT + _LENGTH + b"\r\n" + PAGE + OK + _LENGTH + b"\r\n" + PAGE),
            ("bare line feeds", OK.replace(b"\r\n", b"\n") + b"\n" + PAGE),
            ("folded header", OK + b"X-A: b\r\n c\r\n" + _LENGTH + b"\r\n" + PAGE),
            ("NUL in a header", OK + b"X-A: \x00\r\n" + _LENGTH + b"\r\n" + PAGE),
            ("a header without a colon", OK + b"ferry\r\n" + _LENGTH + b"\r\n" + PAGE),
            ("a header without a name", OK + b": ferry\r\n" + _LENGTH + b"\r\n" + PAGE),
            ("5000 headers", OK + b"X-A: b\r\n" * 5000 + _LENGTH + b"\r\n" + PAGE),
            ("a header of 100 kB", OK + b"X-A: " + b"b" * 100_000 + b"\r\n\r\n" + PAGE),
            ("headers that are not ASCII", OK + b"X-\xff: \xff\r\n" + _LENGTH + b"\r\n" + PAGE),
            ("gzip that is none", _packed("gzip", b"hello")),
            ("deflate that is none", _packed("deflate", b"hello")),
            ("gzip cut off", _packed("gzip", gzip.compress(PAGE)[:-12])),
            ("gzip with something behind", _packed("gzip", gzip.compress(PAGE) + b"hello")),
            ("twenty layers", _packed(", ".join(["gzip"] * 20), gzip.compress(PAGE))),
            ("a charset that is none", _NO_CHARSET + b"\r\n" + PAGE),
            ("no status", b"HTTP/1.1\r\n\r\n"), ("status 99", b"HTTP/1.1 99 A\r\n\r\n"),
            ("status 1000", b"HTTP/1.1 1000 A\r\n\r\n"), ("status 0", b"HTTP/1.1 0 A\r\n\r\n"),
            ("status in words", b"HTTP/1.1 OK\r\n\r\n"), ("HTTP/0.9", PAGE),
            ("HTTP/2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
            ("HTTP/9.9", OK.replace(b"1.1", b"9.9") + _LENGTH + b"\r\n" + PAGE),
            ("SSH", b"SSH-2.0-OpenSSH\r\n"), ("Redis", b"-ERR wrong number of arguments\r\n"),
            ("switching protocols", b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n"),
            ("200 without a word", OK.replace(b"200 OK", b"200") + _LENGTH + b"\r\n" + PAGE),
            ("no content", OK.replace(b"200 OK", b"204 No") + b"\r\n"), ("nothing", b""),
            ("a redirect to nowhere", b"HTTP/1.1 302 A\r\nLocation:\r\n\r\n"),
            ("a redirect of 100 kB", b"HTTP/1.1 302 A\r\nLocation: /" + b"a" * 60_000 + _END),
            ("a redirect to two places", _TWO_PLACES),
            ("a redirect with NUL", b"HTTP/1.1 302 A\r\nLocation: /\x00\r\n\r\n"),
            ("a redirect in Latin-1", b"HTTP/1.1 302 A\r\nLocation: http://\xff\xfe/\r\n\r\n"),
        )
    ]  # fmt: skip


def everything() -> list[Hostile]:
    """Return all of them."""
    return [*drips(), *floods(), *bombs(), *oddities()]
