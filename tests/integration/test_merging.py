"""Two addresses turn out to lead to one article."""

import socket
import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_site, receive
from tests.page_server import page
from tests.reading_fixtures import Press, Reading, article, made_press

from copydesk.articles.merging import make_article_merger
from copydesk.errata.one_article import merge_articles
from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.errata.triage import claim_corrected
from copydesk.outbox import enqueue
from copydesk.store.database import Database
from copydesk.store.site import signpost
from copydesk.store.tables import (
    Article,
    ArticleAlias,
    Erratum,
    HistoryEntry,
    OutboxJob,
    Proof,
    Report,
    State,
)

press = made_press
URL = "https://news.example/harbour/ferry"
QUOTE = {"quote": "recieved", "prefix": "The harbour master ", "suffix": " a letter on Monday."}


@dataclass(frozen=True)
class Pair:
    """An article and its AMP twin, both reported."""

    article_id: int
    twin_id: int


@pytest.fixture
def pair(db: Database, clock: MovableClock) -> Pair:
    with db.transaction() as session:
        site = make_site(session, clock())
        one = make_article(session, site, clock(), last_read_at=clock())
        twin = make_article(session, site, clock(), canonical_url=f"{URL}/amp")
        session.add(ArticleAlias(site_id=site.id, article_id=twin.id, url=f"{URL}?amp=1"))
        return Pair(one.id, twin.id)


def merged(db: Database, pair: Pair, clock: MovableClock) -> bool:
    return db.write(
        lambda session: merge_articles(session, pair.twin_id, pair.article_id, now=clock())
    )


def add(db: Database, article_id: int, clock: MovableClock, **changes: object) -> int:
    with db.transaction() as session:
        found = session.get_one(Article, article_id)
        return make_erratum(session, found, clock(), **changes).id


def get(session: Session, erratum_id: int) -> Erratum:
    return session.get_one(Erratum, erratum_id)


def test_the_same_error_becomes_one_and_the_others_move(
    db: Database, pair: Pair, clock: MovableClock
) -> None:
    key = "f" * 64
    kept = add(db, pair.article_id, clock, fingerprint=key, suggestion="")
    same = add(db, pair.twin_id, clock, fingerprint=key, first_seen_at=clock() - timedelta(days=1))
    wider = add(db, pair.twin_id, clock, quote="master recieved", prefix="The harbour ")
    other = add(db, pair.twin_id, clock, quote="Monday", prefix=" a letter on ", suffix=".")
    assert merged(db, pair, clock)
    with db.reading() as session:
        one = get(session, kept)
        assert (one.state, one.report_count, len(one.reports)) == (State.OPEN, 3, 3)
        assert one.first_seen_at == clock() - timedelta(days=1)
        assert one.suggestion == "received"
        assert get(session, same).merged_into_id == kept
        assert get(session, wider).merged_into_id == kept
        assert get(session, other).state is State.OPEN
        assert {row.article_id for row in session.scalars(select(Erratum))} == {pair.article_id}
        assert session.get(Article, pair.twin_id) is None
        aliases = session.scalars(select(ArticleAlias.url).order_by(ArticleAlias.url)).all()
        assert aliases == [signpost(pair.twin_id), f"{URL}/amp", f"{URL}?amp=1"]
        said = session.scalars(select(HistoryEntry.what).where(HistoryEntry.erratum_id == same))
        assert list(said) == ["moved", "merge"]
        assert session.scalar(select(func.count(Report.id))) == 4


def test_new_reports_reach_the_live_one(db: Database, pair: Pair, clock: MovableClock) -> None:
    quote = Quote("recieved", QUOTE["prefix"], QUOTE["suffix"])

    def report(article_id: int) -> int:
        def step(session: Session) -> int:
            found = session.get_one(Article, article_id)
            claim = Claim(quote, "received")
            return receive(session, found, claim, clock()).id

        return db.write(step)

    declined, live = report(pair.article_id), report(pair.twin_id)
    with db.transaction() as session:
        get(session, declined).state = State.DECLINED
    assert merged(db, pair, clock)
    with db.reading() as session:  # the desk's word on the one is no word on the other
        assert get(session, declined).state is State.DECLINED
        assert get(session, live).state is State.OPEN
    assert report(pair.article_id) == live


@pytest.mark.parametrize("state", [State.CORRECTED, State.DECLINED, State.SPAM])
def test_what_was_settled_stays_as_it_is(
    db: Database, pair: Pair, clock: MovableClock, state: State
) -> None:
    key = "f" * 64
    there = add(db, pair.article_id, clock, fingerprint=key)
    moved = add(db, pair.twin_id, clock, fingerprint=key, state=state, declined_reason="No.")
    assert merged(db, pair, clock)
    with db.reading() as session:
        assert get(session, there).state is State.OPEN
        assert get(session, there).fingerprint == key
        row = get(session, moved)
        assert (row.state, row.article_id, row.report_count) == (state, pair.article_id, 1)


def test_the_proved_one_stays_with_claim_assignee_and_confirmation(
    db: Database, pair: Pair, clock: MovableClock
) -> None:
    there = add(db, pair.article_id, clock, proof=Proof.PENDING, before="", state=State.CONFIRMED)
    proved = add(db, pair.twin_id, clock)
    with db.transaction() as session:
        claim_corrected(session, get(session, there), who="Ada Byrne", now=clock())
    assert merged(db, pair, clock)
    with db.reading() as session:
        assert get(session, there).merged_into_id == proved
        row = get(session, proved)
        assert (row.state, row.correction_claimed_by) == (State.CONFIRMED, "Ada Byrne")
        assert row.recheck_due_at == clock()
        jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "recheck")).all()
        assert (clock(), {"article_id": row.article_id}) in [
            (job.due_at, job.payload) for job in jobs
        ]


def test_what_was_to_be_read_again_still_is(db: Database, pair: Pair, clock: MovableClock) -> None:
    due = clock() + timedelta(hours=1)
    moved = add(db, pair.twin_id, clock, recheck_due_at=due)
    assert merged(db, pair, clock)
    with db.reading() as session:
        assert get(session, moved).recheck_due_at == due
        (job,) = session.scalars(select(OutboxJob).where(OutboxJob.kind == "recheck"))
        assert (job.payload, job.due_at) == ({"article_id": pair.article_id}, due)


def test_a_reading_that_was_owed_is_owed_for_the_one_that_stays(
    db: Database, pair: Pair, clock: MovableClock
) -> None:
    unproved = {"proof": Proof.PENDING, "before": ""}
    there = add(db, pair.article_id, clock, **unproved)
    moved = add(db, pair.twin_id, clock, **unproved)
    assert merged(db, pair, clock)
    with db.reading() as session:
        (job,) = session.scalars(select(OutboxJob).where(OutboxJob.kind == "read_article"))
        assert job.payload["erratum_id"] == there
        assert get(session, moved).state is State.MERGED


def test_a_signpost_goes_along(db: Database, pair: Pair, clock: MovableClock) -> None:
    key = "f" * 64
    there = add(db, pair.article_id, clock, fingerprint=key, quote="elsewhere", prefix="x")
    target = add(db, pair.twin_id, clock)
    signpost = add(
        db, pair.twin_id, clock, fingerprint=key, state=State.MERGED, merged_into_id=target
    )
    assert merged(db, pair, clock)
    with db.reading() as session:
        assert get(session, signpost).merged_into_id == target
        assert get(session, there).fingerprint == key


def test_twice_the_other_way_round_or_across_sites_changes_nothing(
    db: Database, pair: Pair, clock: MovableClock
) -> None:
    with db.transaction() as session:
        site = make_site(session, clock(), key="herald", hosts=["herald.example"])
        foreign = make_article(session, site, clock(), canonical_url="https://herald.example/a").id
        assert not merge_articles(session, foreign, pair.article_id, now=clock())
        assert not merge_articles(session, pair.article_id, pair.article_id, now=clock())
    assert merged(db, pair, clock)
    assert not merged(db, pair, clock)
    with db.transaction() as session:
        assert not merge_articles(session, pair.article_id, pair.twin_id, now=clock())


def test_reports_and_merges_at_the_same_moment(
    db: Database, pair: Pair, clock: MovableClock
) -> None:
    """Eight readers on both addresses, and both directions of the merge at once."""
    start = threading.Barrier(10)
    problems: list[BaseException] = []

    def guarded(step: object) -> None:
        try:
            start.wait(20)
            assert callable(step)
            db.write(step)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            problems.append(error)

    def reader(number: int, url: str) -> object:
        def step(session: Session) -> None:
            known = (
                select(Article)
                .outerjoin(ArticleAlias)
                .where((Article.canonical_url == url) | (ArticleAlias.url == url))
            )
            found = session.scalars(known.limit(1)).one()
            quote = Quote(f"word{number % 2}", prefix="before it stands ", suffix=" and after it")
            receive(session, found, Claim(quote), clock())

        return step

    def merger(one: int, other: int) -> object:
        return lambda session: merge_articles(session, one, other, now=clock())

    steps = [reader(number, [URL, f"{URL}/amp"][number // 4]) for number in range(8)]
    steps += [merger(pair.twin_id, pair.article_id), merger(pair.article_id, pair.twin_id)]
    threads = [threading.Thread(target=guarded, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    with db.reading() as session:
        (left,) = session.scalars(select(Article)).all()
        assert session.scalar(select(func.count(Report.id))) == 8
        live = session.scalars(select(Erratum).where(Erratum.state == State.OPEN)).all()
        assert {row.article_id for row in session.scalars(select(Erratum))} == {left.id}
        assert sum(row.report_count for row in live) == 8
        assert sorted(row.quote for row in live) == ["word0", "word1"]


def twin_of(reading: Reading, path: str, title: str = "Letters") -> int:
    """Add another address of the page with a report of the same error."""
    with reading.db.transaction() as session:
        first = reading.erratum(session)
        found = make_article(
            session,
            first.article.site,
            reading.clock(),
            canonical_url=reading.server.url(path),
            title=title,
            byline="",
            byline_rule="",
        )
        erratum = make_erratum(
            session,
            found,
            reading.clock(),
            prefix=first.prefix,
            suffix=first.suffix,
            proof=Proof.PENDING,
            before="",
        )
        payload = {"erratum_id": erratum.id, "report_id": erratum.reports[0].id}
        enqueue(session, "read_article", f"read:{erratum.id}:1", payload, now=reading.clock())
        return erratum.id


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    made = Reading(db, clock, press)
    made.worker._handlers = {
        **made.worker._handlers,
        "merge_articles": make_article_merger(clock),
    }
    return made


def test_a_reading_that_names_a_known_address_makes_them_one(reading: Reading) -> None:
    reading.print_(article(head="<link rel=canonical href=/letters>"))
    reading.work()
    twin = twin_of(reading, "/letters/amp")
    reading.work()
    with reading.db.reading() as session:
        (left,) = session.scalars(select(Article)).all()
        assert left.canonical_url == reading.server.url("/letters")
        assert get(session, twin).merged_into_id == reading.erratum_id
        assert reading.erratum(session).report_count == 2
        assert reading.erratum(session).proof is Proof.FOUND
    # A mail was owed for each before it was known, and the second one names no second error.
    assert len(reading.jobs("notify")) == 2


def test_a_twin_by_its_spelling_alone_joins_a_known_article(reading: Reading) -> None:
    reading.work()
    twin_of(reading, "/letters?print=1")
    reading.work()
    with reading.db.reading() as session:
        assert len(session.scalars(select(Article)).all()) == 1


def test_a_template_that_names_one_address_for_all_merges_nothing(reading: Reading) -> None:
    head = "<link rel=canonical href=/letters>"
    reading.print_(article(head=head))
    reading.work()
    other = article(head=head).partition(b"\r\n\r\n")[2].replace(b"Letters", b"Boats and the sea")
    reading.print_(page(other))
    twin_of(reading, "/boats", "Boats and the sea")
    reading.work()
    with reading.db.reading() as session:
        assert len(session.scalars(select(Article)).all()) == 2
    assert reading.jobs("merge_articles") == []


def test_words_on_a_further_page_are_read_there(reading: Reading) -> None:
    second = "<link rel=canonical href=/letters><link rel=prev href=/letters>"
    pages = {
        b"/letters ": article("Nothing of the kind stands here.").replace(b"Letters", b"Part one"),
        b"/letters?page=2 ": article(head=second),
    }

    def by_path(connection: socket.socket, request: bytes) -> None:
        path = request.partition(b"GET ")[2].partition(b"HTTP")[0]
        connection.sendall(pages[path])

    reading.press.script = by_path
    with reading.db.transaction() as session:
        reading.erratum(session).reports[0].url = reading.server.url("/letters?page=2&utm_source=x")
    reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.proof is Proof.FOUND
        assert erratum.article.canonical_url == reading.server.url("/letters")
        assert erratum.article.text_length == 0  # the first page was not read yet
