"""A report about a page as newsrooms serve it: fetched, unpacked, decoded, read, and told."""

import gzip
import json

import brotli
import pytest
from tests.conftest import MovableClock
from tests.page_server import page
from tests.reading_fixtures import AROUND, MENDED, SENTENCE, Press, Reading, made_press

from copydesk.store.database import Database
from copydesk.store.tables import Proof, State, VerdictKind

press = made_press
TITLE = "Письма в порт"
BODY = f"<h1>Letters</h1>{AROUND}<p>{SENTENCE}</p>{AROUND}"


def answer(body: bytes, type_: str = "text/html; charset=utf-8", packing: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {type_}\r\nConnection: close\r\n"
    head += f"Content-Encoding: {packing}\r\n" if packing else ""
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def html(body: str = BODY, head: str = "") -> str:
    return f"<!doctype html><html lang=ru><head><title>{TITLE}</title>{head}</head><body>{body}"


def lazy(body: str) -> str:
    story = body.replace("<h1>Letters</h1>", "Letters\n").replace("</p>", "\n").replace("<p>", "")
    node = {"@type": "NewsArticle", "headline": TITLE, "articleBody": story}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


SCRIPTS = f"<script>window.state = '{'<p>recieved</p> ' * 100_000}'</script>"
PAGES: dict[str, bytes] = {
    "windows-1251, header": answer(
        html().encode("windows-1251"), "text/html; charset=windows-1251"
    ),
    "windows-1251, wrong header": answer(
        html(head="<meta charset=windows-1251>").encode("windows-1251")
    ),
    "koi8-r, meta": answer(html(head="<meta charset=koi8-r>").encode("koi8-r"), "text/html"),
    "koi8-r, nothing named": answer(html().encode("koi8-r"), "text/html"),
    "utf-8, all labels wrong": answer(
        html(head="<meta charset=koi8-r>").encode(), "text/html; charset=windows-1251"
    ),
    "utf-16 with a mark": answer(html().encode("utf-16"), "text/html; charset=utf-8"),
    "gzip": answer(gzip.compress(html().encode()), packing="gzip"),
    "br": answer(brotli.compress(html().encode()), packing="br"),
    "broken mark-up": answer(
        html(
            f"</div><h1>Letters</h2>{AROUND}<p>{SENTENCE.replace('recieved', 'reci<b>eved')}"
            f"{AROUND}<td>x"
        ).encode()
    ),
    "megabytes of scripts": answer(brotli.compress(html(SCRIPTS + BODY).encode()), packing="br"),
    "in JSON-LD only": answer(html("<div id=root></div>", lazy(BODY + AROUND * 6)).encode()),
    "in noscript only": answer(
        html(f"<div id=root></div><noscript>{BODY}{AROUND * 6}</noscript>").encode()
    ),
    "soft hyphens and hard spaces": answer(
        html(
            BODY.replace("harbour", "har&shy;bour").replace(" a letter", "&nbsp;a letter")
        ).encode()
    ),
}
UNREADABLE = {
    "more than the limit": answer(
        gzip.compress(html(BODY + "<!-- -->" * 300_000).encode()), packing="gzip"
    ),
    "packed otherwise": answer(b"(\xb5/\xfd" + html().encode(), packing="zstd"),
    "nested as a trap": answer(html("<div>" * 100_000 + BODY).encode()),
    "not HTML": answer(b"%PDF-1.7", "application/pdf"),
}


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


@pytest.mark.parametrize("name", PAGES)
def test_the_words_are_proved_and_their_correction_is_seen(reading: Reading, name: str) -> None:
    reading.print_(PAGES[name])
    reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.proof is Proof.FOUND
        assert erratum.before == SENTENCE
        assert erratum.article.title in {TITLE, "Letters"}
    reading.print_(page(html(BODY.replace(SENTENCE, MENDED) + AROUND * 6).encode()))
    for hours in (0.2, 1):
        reading.clock.forward(hours=hours)
        reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.verdict is VerdictKind.CHANGED
        assert (erratum.state, erratum.after) == (State.CORRECTED, MENDED)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_can_not_be_read_reaches_the_desk_with_its_reason(reading: Reading, name: str) -> None:
    reading.print_(UNREADABLE[name])
    reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.proof is Proof.UNREADABLE
        assert erratum.proof_note
        assert erratum.state is State.OPEN
    assert len(reading.jobs("notify")) == 1
