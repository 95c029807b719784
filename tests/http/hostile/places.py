"""Addresses of pages, ids, times and sizes."""

import uuid

from tests.attacks import parsers, spellings
from tests.factories import ORIGIN
from tests.http.hostile.body import Refused, Stored, text

NOT_OURS = (
    "https://news.example.evil.example/", "https://evilnews.example/", "https://news.example:8443/",
    "https://www.news.example/", "https://news.exämple/", "http://news.example.:81/",
    "https://xn--nws-bma.example/",
    "https://localhost/", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/",
    "https://0.0.0.0/",
)  # fmt: skip
NO_ADDRESS = (
    "", " ", "x", "//news.example/", "https:/news.example/", "https:news.example/", "https://",
    "https://?a",
    "vbscript:x", "about:blank", "blob:https://news.example/1", "mailto:a@news.example",
    "ws://news.example/",
    "https://a:b@news.example/", "https://news.example\\.evil.example/",
    "https://news.example\t.evil.example/",
    "https://news.example /", "https://news.example:0/", "https://news.example:-1/",
    "https://news.example:65536/",
    "https://news.example%2eevil.example/", "https://127.1/", "https://0x7f.1/",
    "https://news.example/\u0000",
    "https://news.example/<script>", 'https://news.example/"', "https://news.example/ a",
    "https://[::1%25lo]/",
    "https://" + "a" * 64 + ".example/", "https://-news.example/",
    "https://news.example/" + "a" * 2100,
)  # fmt: skip
OURS = (
    "https://NEWS.example/a", "https://news.example:443/a", "https://news.example/a/../b",
    "https://news.example/%2e%2e/b",
    "https://news.example//a", "https://news.example/a?b=c#d", "https://news.example/а?б=в",
    "https://news.example/%D0%B0",
    "https://news.example/%ff", "https://news.example/%", "https://news.example/?" + "a=1&" * 400,
    "http://news.example/a",
    "https://news.example./a", "https://news.example/a;b=c", "https://news.example/'--",
    "https://news.example/{{7*7}}",
    "https://news.example/?utm_source=a&fbclid=b", "https://news.example/?a=1&a=2&A=3",
    "https://news.example/a%00b",
)  # fmt: skip
QUOTES: tuple[object, ...] = (
    {}, [], "", 0, False, {"prefix": "a"}, {"exact": None}, {"exact": []}, {"exact": 0},
    {"exact": ""}, {"exact": "x" * 1001}, {"exact": "\u0439" * 1001}, {"Exact": "recieved"},
    [{"exact": "recieved"}],
)  # fmt: skip

REFUSED: Refused = [
    *((f"address not ours: {url}", text(url=url), 403) for url in NOT_OURS),
    *((f"no address: {url[:40]!r}", text(url=url), 422) for url in NO_ADDRESS),
    *((f"site {site!r}", text(site=site), status) for site, status in (
        ("", 422), ("x" * 65, 422), (" gazette", 404), ("gazette ", 404), ("gazette\n", 404),
        ("g\u0430zette", 404),
        ("gazette'--", 404), ("%", 404), ("*", 404), ("gazette%00", 404), (None, 422), (True, 422),
        (1, 422), ({}, 422),
    )),
    *((f"quote {quote!r}", text(quote=quote), 422) for quote in QUOTES),
]  # fmt: skip
IDS: tuple[object, ...] = (
    "", "x", "0", 0, -1, None, True, [], {}, "../x", "x" * 5000, "'; DROP TABLE report; --",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "{" + str(uuid.UUID(int=1)) + "}", "urn:uuid:" + str(uuid.UUID(int=2)),
    str(uuid.UUID(int=0xABC)).upper(), uuid.UUID(int=4).hex, str(uuid.UUID(int=5)) + "\n",
)  # fmt: skip
TIMES: tuple[object, ...] = (
    -1, 0, 1, 2**31, 2**32, 2**53, 10**12, 10**12 + 1, 1.5, "1", "now", [], {}, None,
    "1970-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "-0001-01-01",
)  # fmt: skip
OFFSETS: tuple[object, ...] = (
    -1, 0, 1, 10**6, 10**6 + 1, 10**9, 10**9 + 1, 2**31, 2**53, 0.5, "1", None, [], True,
)  # fmt: skip
LANGUAGES: tuple[object, ...] = (
    "", "en", "EN-us", "x" * 36, "en_US", "../ru", "ru\n", "<b>", "zz", "C", 1, None, "en;q=1",
    "e\u0301",
)  # fmt: skip
KINDS: tuple[object, ...] = ("", "LANGUAGE", "spam", 0, None, [], "language\x01", "fact")
ABOUT: tuple[object, ...] = ("Page", "pages", " ", 1, None, [], "page\n")
FIELDS = ("title", "byline", "suggestion", "comment", "website")
CANONICAL = (
    *(url for url in (*NOT_OURS, *NO_ADDRESS) if "\0" not in url),
    *(case.url for case in (*spellings.cases()[::9], *parsers.cases()[::9])),
)


def placed(value: object) -> bytes:
    """Return a body whose quote says that it stands at ``value``."""
    hints = dict.fromkeys(("start", "end", "nth", "of"), value)
    return text(quote={"exact": "recieved"} | hints)


STORED: Stored = [
    *((f"address of ours: {url[:50]}", text(url=url)) for url in OURS),
    *((f"canonical {n}", text(canonical_url=url[:3000])) for n, url in enumerate(CANONICAL)),
    *((f"id {value!r}"[:60], text(id=value)) for value in IDS),
    *((f"elapsed {value!r}"[:60], text(elapsed_ms=value)) for value in TIMES),
    *((f"offsets {value!r}", placed(value)) for value in OFFSETS),
    *((f"language {value!r}"[:60], text(lang=value)) for value in LANGUAGES),
    *((f"kind {value!r}", text(kind=value)) for value in KINDS),
    *((f"about {value!r}", text(about=value)) for value in ABOUT),
    *(
        (f"{field} of {size}", text(**{field: "\u0436" * size}))
        for field in FIELDS
        for size in (1999, 2000, 2001, 9000)
    ),
    ("contexts too long", text(quote={"exact": "x", "prefix": "a" * 301, "suffix": "b" * 5000})),
    ("an empty trap", text(website="")),
    ("a trap with a space", text(website=" ")),
    ("a page of ours that names itself", text(canonical_url=ORIGIN)),
]
