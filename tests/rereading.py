"""A page with two errors, and what tests of reading it again ask."""

from datetime import timedelta

from copydesk.errata.triage import claim_corrected
from copydesk.outbox import enqueue
from copydesk.store.tables import (
    Erratum,
    Proof,
    State,
)
from tests.factories import make_article, make_erratum
from tests.page_server import page
from tests.reading_fixtures import (
    AROUND,
    SENTENCE,
    Reading,
)

OTHER = "The night watchman has seen nothing unusal at all."
OTHER_MENDED = "The night watchman has seen nothing unusual at all."


def both(first: str = SENTENCE, second: str = OTHER, *, extra: bytes = b"") -> bytes:
    """Return a page with two sentences that may be wrong."""
    head = "<!doctype html><html lang=en><head><title>Letters</title></head><body><h1>Letters</h1>"
    text = f"{head}{AROUND}<p>{first}</p>{AROUND}<p>{second}</p></body></html>"
    return page(text.encode(), extra)


def add_other(reading: Reading, *, path: str = "", **changes: object) -> int:
    """Report the second error of the page, or one on another page, as not yet proved."""
    values: dict[str, object] = {
        "quote": "unusal",
        "prefix": "The night watchman has seen nothing ",
        "suffix": " at all.",
        "suggestion": "unusual",
        "proof": Proof.PENDING,
        "before": "",
    }
    with reading.db.transaction() as session:
        about = reading.erratum(session).article
        if path:
            url = reading.server.url(path)
            about = make_article(session, about.site, reading.clock(), canonical_url=url)
        erratum = make_erratum(session, about, reading.clock(), **(values | changes))
        payload = {"erratum_id": erratum.id, "report_id": erratum.reports[0].id}
        key = f"read:{erratum.id}:{erratum.reports[0].id}"
        enqueue(session, "read_article", key, payload, now=reading.clock())
        return erratum.id


def requests(reading: Reading) -> int:
    return len(reading.server.requests)


def due_of(reading: Reading, erratum_id: int = 0) -> timedelta | None:
    """Return how long the erratum waits for its next reading."""
    with reading.db.reading() as session:
        due = session.get_one(Erratum, erratum_id or reading.erratum_id).recheck_due_at
        return due - reading.clock() if due else None


def states(reading: Reading, *ids: int) -> list[State]:
    with reading.db.reading() as session:
        return [session.get_one(Erratum, one).state for one in ids]


def claim(reading: Reading, erratum_id: int = 0) -> None:
    with reading.db.transaction() as session:
        erratum = session.get_one(Erratum, erratum_id or reading.erratum_id)
        claim_corrected(session, erratum, who="Ada Byrne", now=reading.clock())


def work_in(reading: Reading, **later: float) -> int:
    """Let some time pass, work, and return how many requests it took."""
    before = requests(reading)
    reading.clock.forward(**later)
    reading.work()
    return requests(reading) - before


def tagged(answer: bytes, tag: bytes = b'"v1"') -> bytes:
    return answer.replace(b"\r\n", b"\r\nETag: " + tag + b"\r\n", 1)


UNMODIFIED = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"


def conditions(reading: Reading) -> list[bool]:
    return [b"If-None-Match" in request for request in reading.server.requests]
