"""A page as a whole: its headline is found like any words, and no reading says more than that."""

from datetime import timedelta

import pytest
from tests.conftest import MovableClock
from tests.factories import receive
from tests.reading_fixtures import Press, Reading, article, made_press

from copydesk.errata.overlap import Claim
from copydesk.errata.page_fingerprint_v1 import VERSION, fingerprint
from copydesk.errata.quote import quote_of
from copydesk.errata.triage import claim_corrected
from copydesk.outbox import enqueue
from copydesk.store.database import Database
from copydesk.store.tables import Proof, State

press = made_press

REMARK = "The map is upside down."


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def test_the_headline_proves_the_page_and_nothing_more(reading: Reading) -> None:
    with reading.db.transaction() as session:
        erratum = reading.erratum(session)
        erratum.fingerprint_version, erratum.fingerprint = VERSION, fingerprint(REMARK)
        erratum.quote, erratum.prefix, erratum.suggestion = "Letters", "", ""
        erratum.suffix = "\nFour boats left the quay before noon and five came back.\n"
    reading.work()
    assert len(reading.jobs("notify")) == 1
    assert reading.jobs("recheck") == []

    reading.print_(article().replace(b"Letters", b"A letter"))
    with reading.db.transaction() as session:
        for hours in (1, 50):
            payload = {"erratum_id": reading.erratum_id, "claimed": False}
            due = reading.clock() + timedelta(hours=hours)
            key = f"recheck:{hours}"
            enqueue(session, "recheck", key, payload, now=reading.clock(), due_at=due)
    for _ in range(2):
        reading.clock.forward(hours=50)
        reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert (erratum.state, erratum.proof) == (State.OPEN, Proof.FOUND)
        assert (erratum.verdict, erratum.unlike_since) == (None, None)
    assert len(reading.jobs("recheck")) == 2

    # Reported once more, after the headline has changed: its author hears of it all the same.
    with reading.db.transaction() as session:
        erratum = reading.erratum(session)
        claim_corrected(session, erratum, who="Ada Byrne", now=reading.clock())
        assert erratum.state is State.CORRECTED
        claim = Claim(quote_of(erratum), about_page=REMARK)
        assert receive(session, erratum.article, claim, reading.clock()) is erratum
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.OPEN
    assert len(reading.jobs("notify")) == 2
