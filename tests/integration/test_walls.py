"""A wall, an error page or a shell in the article's place: told to the desk, and never believed."""

import gzip

import pytest
from sqlalchemy import select
from tests.conftest import MovableClock
from tests.factories import make_author, make_desk
from tests.page_server import OK, page
from tests.reading_fixtures import Press, Reading, article, ignored, made_press

from copydesk.articles.page_kind import REASONS, PageKind
from copydesk.errata.triage import claim_corrected
from copydesk.notify.plan import make_notifier
from copydesk.settings import Settings
from copydesk.store.database import Database
from copydesk.store.tables import Article, Message, Proof, State, VerdictKind

press = made_press

MENDED = "The harbour master received a letter on Monday."
LONG = (
    "<p>Nobody on the quay could say where the sixth boat had gone, and the book by the window "
    "was of no help: its last page had been torn out on Sunday, as the keeper found. </p>"
) * 6

PAGES = {
    PageKind.CONSENT: "<title>Gazette</title><div><p>We and our partners store cookies to show you "
    "adverts.</p><button>Accept all</button></div>",
    PageKind.LOGIN: "<title>Letters</title><article><p>The harbour master, who has kept the book "
    "for years, has not been seen.</p><p>Subscribe to continue reading</p></article>",
    PageKind.ROBOT: "<title>Just a moment...</title><p>Checking your browser</p>",
    PageKind.NOT_FOUND: "<title>Page not found - Gazette</title><h1>Sorry</h1>",
    PageKind.SHELL: "<title>Gazette</title><div id=root></div><script src=/app.js></script>",
}


def served(html: str) -> bytes:
    return page(f"<!doctype html><html><body>{html}</body></html>".encode())


@pytest.fixture
def reading(db: Database, clock: MovableClock, press: Press) -> Reading:
    return Reading(db, clock, press)


def read_for_hours(reading: Reading) -> None:
    for hours in (0.2, 1, 6, 7, 30):
        reading.clock.forward(hours=hours)
        reading.work()


@pytest.mark.parametrize("kind", PAGES)
def test_a_report_about_a_page_behind_a_wall_reaches_the_desk(
    reading: Reading, kind: PageKind
) -> None:
    reading.print_(served(PAGES[kind]))
    reading.work()
    read_for_hours(reading)
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.proof is Proof.UNREADABLE
        assert erratum.proof_note == REASONS[kind]
        assert erratum.article.last_read_problem == REASONS[kind]
        assert erratum.state is State.OPEN
    assert len(reading.jobs("notify")) == 1


REFUSALS = {
    "403": article().replace(b"200 OK", b"403 Forbidden"),
    "404": article().replace(b"200 OK", b"404 Not Found"),
    "503": article().replace(b"200 OK", b"503 Busy"),
    "login": b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n",
    "front": b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "picture": OK.replace(b"text/html", b"image/png") + b"Content-Length: 0\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", [*PAGES, *REFUSALS])
def test_whatever_hides_the_page_the_desk_gets_its_mail(
    reading: Reading, settings: Settings, name: str
) -> None:
    handlers = reading.worker._handlers
    notify = make_notifier(reading.db, settings, reading.clock)
    reading.worker._handlers = {**handlers, "notify": notify, "deliver": ignored}
    with reading.db.transaction() as session:
        site = reading.erratum(session).site
        make_author(session, site)
        make_desk(session, site)
    answer = REFUSALS[name] if name in REFUSALS else served(PAGES[PageKind(name)])
    reading.print_(answer)
    for minutes in (0, 1, 4, 16):
        reading.clock.forward(minutes=minutes)
        reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).proof is Proof.UNREADABLE
        recipients = session.scalars(select(Message.recipient)).all()
    # Nobody has proved that Ada wrote it, or that it is there: she is left alone.
    assert recipients == ["desk@news.example"]


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_that_turns_into_a_wall_closes_nothing(reading: Reading, kind: PageKind) -> None:
    reading.work()
    reading.print_(served(PAGES[kind]))
    read_for_hours(reading)
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.state is State.OPEN
        assert erratum.verdict is VerdictKind.UNSURE
        assert erratum.verdict_note == REASONS[kind]
        assert erratum.unlike_since is None
        assert erratum.article.title == "Letters"  # what was read before is kept


def test_a_story_that_lost_most_of_its_text_closes_nothing_until_it_is_back(
    reading: Reading,
) -> None:
    def long(sentence: str) -> bytes:
        whole = article(sentence).partition(b"\r\n\r\n")[2].decode()
        return page(whole.replace("</body>", f"{LONG}</body>").encode())

    reading.print_(long("The harbour master recieved a letter on Monday."))
    reading.work()
    reading.print_(article(MENDED))  # the first lines alone, and they are mended
    read_for_hours(reading)
    with reading.db.reading() as session:
        assert reading.erratum(session).verdict_note == REASONS[PageKind.SHRUNK]
        assert reading.erratum(session).state is State.OPEN
        assert session.scalars(select(Article.text_length)).one() > 900
    reading.print_(long(MENDED))
    reading.clock.forward(days=3)
    reading.work()
    reading.clock.forward(minutes=7)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.CORRECTED


def test_a_claim_that_meets_a_wall_is_closed_by_the_persons_word_and_says_so(
    reading: Reading,
) -> None:
    reading.work()
    reading.print_(served(PAGES[PageKind.CONSENT]))
    with reading.db.transaction() as session:
        claim_corrected(session, reading.erratum(session), who="Ada Byrne", now=reading.clock())
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).state is State.OPEN
    for minutes in (1, 3, 11):
        reading.clock.forward(minutes=minutes)
        reading.work()
    with reading.db.reading() as session:
        erratum = reading.erratum(session)
        assert erratum.state is State.CORRECTED
        assert erratum.after == ""
        assert erratum.history[-1].note == "the page could not be checked"


def test_a_packed_page_in_an_old_charset_with_the_wrong_label(reading: Reading) -> None:
    html = article().partition(b"\r\n\r\n")[2].decode()
    body = gzip.compress(html.replace("Letters", "Письма в порт").encode("windows-1251"))
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    reading.print_(head + body)
    reading.work()
    with reading.db.reading() as session:
        assert reading.erratum(session).article.title == "Письма в порт"
