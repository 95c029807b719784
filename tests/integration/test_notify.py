"""From a proved erratum to a mail in a mailbox, on both databases, over a real mail server."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import (
    make_article,
    make_author,
    make_desk,
    make_erratum,
    make_report,
    make_site,
)
from tests.notify_fixtures import Mailbox, free_port, running_mailbox

from copydesk.errata.triage import confirm, decline, mark_spam, reopen
from copydesk.notify.deliver import make_deliverer
from copydesk.notify.digest import make_digester
from copydesk.notify.plan import make_notifier, plan
from copydesk.notify.thanks import MOST_WAITS, make_thanker
from copydesk.outbox import enqueue
from copydesk.outbox.worker import Worker
from copydesk.settings import MailSettings, Settings
from copydesk.store.database import Database
from copydesk.store.tables import (
    PAGE_RULES_FROM,
    Article,
    Author,
    Correction,
    Desk,
    Erratum,
    Evidence,
    HistoryEntry,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Proof,
    Purpose,
    Report,
    State,
)
from copydesk.tokens import Signer


class Newsroom:
    """A site with Ada and a desk, and a worker that does what notifying owes."""

    def __init__(
        self, db: Database, settings: Settings, clock: MovableClock, mailbox: Mailbox
    ) -> None:
        self.db = db
        self.clock = clock
        self.mailbox = mailbox
        self.settings = settings
        self.point_at(mailbox.url)
        with db.transaction() as session:
            site = make_site(session, clock())
            self.site_id = site.id
            self.author_id = make_author(session, site).id
            self.desk_id = make_desk(session, site).id
            self.article_id = make_article(session, site, clock()).id

    def point_at(self, url: str) -> None:
        """Use another mail server."""
        self.settings = self.settings.model_copy(
            update={"mail": MailSettings(url=SecretStr(url), sender="Desk <desk@errata.example>")}
        )
        signer = Signer(self.settings.server.secret_keys)
        db, settings, clock = self.db, self.settings, self.clock
        self.worker = Worker(
            db,
            {
                "notify": make_notifier(db, settings, clock),
                "deliver": make_deliverer(db, settings, signer, clock),
                "digest": make_digester(db, settings, clock),
                "thank": make_thanker(db, settings, clock),
            },
            clock=clock,
            lease=timedelta(seconds=120),
        )

    def prove(self, session: Session, **changes: object) -> Erratum:
        """Add a proved erratum and owe its notification."""
        article = session.get_one(Article, self.article_id)
        erratum = make_erratum(session, article, self.clock(), **changes)
        self.owe(session, erratum)
        return erratum

    def owe(self, session: Session, erratum: Erratum, report_id: int = 1) -> None:
        """Owe the notification for one more report."""
        key = f"notify:{erratum.id}:{report_id}:{self.clock().timestamp()}"
        payload = {"erratum_id": erratum.id, "report_id": report_id}
        enqueue(session, "notify", key, payload, now=self.clock())

    def report(self, **changes: object) -> int:
        """Commit a proved erratum and return its id."""
        with self.db.transaction() as session:
            return self.prove(session, **changes).id

    def change(self, step: Callable[[Session], object]) -> None:
        """Commit a change."""
        with self.db.transaction() as session:
            step(session)

    def messages(self) -> list[Message]:
        """Return the delivery log."""
        with self.db.reading() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def history(self, erratum_id: int, what: str) -> list[str]:
        """Return the notes of one kind of history entry."""
        with self.db.reading() as session:
            return list(
                session.scalars(
                    select(HistoryEntry.note)
                    .where(HistoryEntry.erratum_id == erratum_id, HistoryEntry.what == what)
                    .order_by(HistoryEntry.id)
                )
            )

    def dead(self) -> int:
        """Count the dead letters."""
        with self.db.reading() as session:
            dead = select(func.count()).where(OutboxJob.state == JobState.DEAD)
            return session.scalar(dead) or 0


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with running_mailbox() as caught:
        yield caught


@pytest.fixture
def newsroom(db: Database, settings: Settings, clock: MovableClock, mailbox: Mailbox) -> Newsroom:
    return Newsroom(db, settings, clock, mailbox)


def test_the_author_of_the_byline_hears_at_once(newsroom: Newsroom, mailbox: Mailbox) -> None:
    erratum_id = newsroom.report(report={"comment": "see https://evil.example"})
    newsroom.worker.drain()

    assert mailbox.recipients == ["ada@news.example"]
    mail = mailbox.mails[0]
    text = mailbox.text()
    assert text.startswith("recieved → received in “Ferry returns to the harbour”\n")
    assert "The harbour master [recieved → received] a letter on Monday." in text
    assert "https://news.example/harbour/ferry#copydesk=" in text
    assert "https://evil" not in text + mailbox.html()
    for answer in ("corrected", "declined", "notmine"):
        assert f"?do={answer}" in text
        assert f"?do={answer}" in mailbox.html()
    message = newsroom.messages()[0]
    assert mail["Message-ID"] == f"<message.{message.id}.erratum@errata.example>"
    assert mail["Message-ID"] == message.message_id
    assert mail["References"] == f"<article.{newsroom.article_id}@errata.example>"
    assert mail["In-Reply-To"] == mail["References"]
    assert mail["List-Id"] == "<gazette.errata.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Copydesk-Reason"] == "author"
    assert mail["Reply-To"] == "desk@news.example"
    assert (message.state, message.attempts) == (MessageState.SENT, 1)
    assert "byline" in message.reason
    assert "told: Ada Byrne" in newsroom.history(erratum_id, "notified")[0]


def test_a_mail_about_the_page_says_what_the_reader_said(
    newsroom: Newsroom, mailbox: Mailbox
) -> None:
    said = "The picture of the pier is <b>broken</b>,\nsee https://evil.example"
    page: dict[str, object] = {
        "fingerprint_version": PAGE_RULES_FROM,
        "quote": "Ferry returns to the harbour",
        "suggestion": "",
        "report": {"comment": said},
    }
    newsroom.report(**page)
    newsroom.worker.drain()
    mail, text, html = mailbox.mails[0], mailbox.text(), mailbox.html()
    assert mail["Subject"] == "About the page: “Ferry returns to the harbour”"
    start = "About the page “Ferry returns to the harbour”: The picture of the pier"
    assert text.startswith(start)
    assert "is <b>broken</b>,\nsee https:" in text
    assert start in html
    assert "is &lt;b&gt;broken&lt;/b&gt;" in html
    for shown in (text, html):
        assert "https://evil" not in shown
        assert "marked as an error" not in shown
        assert "Open the page at the spot" not in shown
        assert "A reader's comment" not in shown
        assert "https://news.example/harbour/ferry" in shown
        assert "#copydesk=" not in shown

    for n in range(6):
        newsroom.report(**page | {"report": {"comment": f"Link {n} is dead"}})
    newsroom.clock.forward(minutes=30)
    newsroom.worker.drain()
    newsroom.clock.forward(minutes=61)
    newsroom.worker.drain()
    digest = mailbox.text()
    assert digest.startswith("3 errors on The Harbour Gazette wait for an answer")
    assert "About the page “Ferry returns to the harbour”: Link 5 is dead" in digest
    assert "Link 5 is dead" in mailbox.html()


def test_another_report_of_the_same_error_is_no_second_mail(newsroom: Newsroom) -> None:
    erratum_id = newsroom.report()
    newsroom.worker.drain()
    newsroom.clock.forward(minutes=5)
    newsroom.change(lambda s: newsroom.owe(s, s.get_one(Erratum, erratum_id), 2))
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 1
    assert len(newsroom.history(erratum_id, "notified")) == 1


def test_an_error_that_came_back_is_news(newsroom: Newsroom) -> None:
    erratum_id = newsroom.report()
    newsroom.worker.drain()

    def come_back(session: Session) -> None:
        erratum = session.get_one(Erratum, erratum_id)
        erratum.state = State.CORRECTED
        reopen(session, erratum, who="reader", now=newsroom.clock())
        newsroom.owe(session, erratum, 2)

    newsroom.clock.forward(hours=2)
    newsroom.change(come_back)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 2


def test_nobody_known_in_the_byline_goes_to_the_desk(newsroom: Newsroom) -> None:
    newsroom.change(lambda s: setattr(s.get_one(Author, newsroom.author_id), "name", "Someone"))
    erratum_id = newsroom.report()
    newsroom.worker.drain()
    assert newsroom.mailbox.recipients == ["desk@news.example"]
    assert newsroom.mailbox.mails[0]["X-Copydesk-Reason"] == "desk"
    assert newsroom.mailbox.mails[0]["Reply-To"] is None
    note = newsroom.history(erratum_id, "notified")[0]
    assert "told: News desk (answers for the whole site)" in note
    assert "not told: Ada Byrne (no author of this site has this name)" in note


def test_a_page_that_could_not_be_read_goes_to_the_desk_and_says_so(newsroom: Newsroom) -> None:
    newsroom.report(proof=Proof.UNREADABLE)
    newsroom.worker.drain()
    assert newsroom.mailbox.recipients == ["desk@news.example"]
    assert "Not verified" in newsroom.mailbox.text()
    assert "Not verified" in newsroom.mailbox.html()


def test_words_that_are_not_on_the_page_are_mailed_to_nobody(newsroom: Newsroom) -> None:
    erratum_id = newsroom.report(proof=Proof.NOT_FOUND)
    newsroom.worker.drain()
    assert newsroom.mailbox.caught == []
    assert "not found" in newsroom.history(erratum_id, "notified")[0]


def test_over_the_budget_one_digest_holds_the_rest(newsroom: Newsroom) -> None:
    ids = [newsroom.report(quote=f"wrong{n}", suggestion=f"right{n}") for n in range(8)]
    newsroom.worker.drain()
    mailbox = newsroom.mailbox
    assert len(mailbox.caught) == 4
    states = [message.state for message in newsroom.messages()]
    assert states == [MessageState.SENT] * 4 + [MessageState.WAITING] * 4

    # Settled meanwhile: nobody needs to hear of these two any more.
    newsroom.change(
        lambda s: decline(s, s.get_one(Erratum, ids[4]), who="Ed", reason="", now=newsroom.clock())
    )
    newsroom.change(
        lambda s: confirm(s, s.get_one(Erratum, ids[5]), who="Ed", now=newsroom.clock())
    )
    newsroom.clock.forward(minutes=59)
    newsroom.worker.drain()
    assert len(mailbox.caught) == 4
    newsroom.clock.forward(minutes=2)
    newsroom.worker.drain()

    assert len(mailbox.caught) == 5
    text = mailbox.text()
    assert text.startswith("2 errors on The Harbour Gazette wait for an answer")
    assert "wrong6" in text
    assert "wrong7" in text
    assert "wrong4" not in text
    assert "wrong5" not in text
    by_state = {message.erratum_id: message.state for message in newsroom.messages()}
    assert by_state[ids[4]] is by_state[ids[5]] is MessageState.NOT_NEEDED
    assert by_state[ids[6]] is by_state[ids[7]] is MessageState.SENT
    assert newsroom.messages()[-1].purpose is Purpose.DIGEST


def test_one_that_is_left_for_a_digest_is_just_a_mail(newsroom: Newsroom) -> None:
    for n in range(5):
        newsroom.report(quote=f"wrong{n}")
    newsroom.worker.drain()
    newsroom.clock.forward(minutes=61)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 5
    assert newsroom.mailbox.text().startswith("wrong4 → received")


def test_two_hundred_in_an_hour_stay_within_the_budget_and_none_is_lost(
    newsroom: Newsroom,
) -> None:
    def many(session: Session) -> None:
        for n in range(200):
            newsroom.prove(session, quote=f"wrong{n:03}")

    newsroom.change(many)
    sent: list[int] = []
    for _hour in range(30):
        newsroom.worker.drain()
        sent.append(len(newsroom.mailbox.caught))
        newsroom.clock.forward(minutes=61)
    per_hour = [later - earlier for earlier, later in zip([0, *sent], sent, strict=False)]
    assert max(per_hour) <= 4
    assert sent[22] <= 20
    everything = "".join(newsroom.mailbox.text(n) for n in range(len(newsroom.mailbox.caught)))
    assert all(f"wrong{n:03}" in everything for n in range(200))
    assert len(newsroom.mailbox.caught) < 15
    assert all(message.state is MessageState.SENT for message in newsroom.messages())


def test_two_workers_share_one_budget(newsroom: Newsroom) -> None:
    ids = [newsroom.report(quote=f"wrong{n}") for n in range(5)]

    def plan_in(session: Session, erratum_id: int) -> None:
        erratum = session.get_one(Erratum, erratum_id)
        plan(session, erratum, settings=newsroom.settings, now=newsroom.clock())

    other = threading.Thread(
        target=newsroom.db.write, args=(lambda session: plan_in(session, ids[4]),)
    )
    with newsroom.db.transaction() as session:
        for erratum_id in ids[:4]:
            plan_in(session, erratum_id)
        session.flush()
        other.start()
        # Without a lock the other one would be through by now, seeing none of these four.
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    states = {message.erratum_id: message.state for message in newsroom.messages()}
    assert states.pop(ids[4]) is MessageState.WAITING
    assert set(states.values()) == {MessageState.PENDING}


def test_an_outage_does_not_release_a_flood(newsroom: Newsroom) -> None:
    newsroom.point_at(f"smtp://127.0.0.1:{free_port()}")
    for hour in range(12):
        newsroom.report(quote=f"wrong{hour}")
        newsroom.report(quote=f"other{hour}")
        newsroom.worker.drain()
        newsroom.clock.forward(hours=1)
    assert all(message.attempts == 0 for message in newsroom.messages()), "nobody answered"
    newsroom.point_at(newsroom.mailbox.url)
    newsroom.clock.forward(hours=5)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) <= 4
    for _hour in range(6):
        newsroom.clock.forward(minutes=61)
        newsroom.worker.drain()
    everything = "".join(newsroom.mailbox.text(n) for n in range(len(newsroom.mailbox.caught)))
    assert all(f"wrong{hour}" in everything for hour in range(12))
    assert newsroom.dead() == 0


def test_a_busy_server_is_asked_again_with_the_same_message_id(newsroom: Newsroom) -> None:
    newsroom.mailbox.answer_data = "451 later"
    newsroom.report()
    newsroom.worker.drain()
    message = newsroom.messages()[0]
    assert (message.state, message.attempts) == (MessageState.PENDING, 1)
    assert "451" in message.last_error
    newsroom.mailbox.answer_data = ""
    newsroom.clock.forward(minutes=2)
    newsroom.worker.drain()
    assert newsroom.mailbox.mails[0]["Message-ID"] == message.message_id
    assert newsroom.messages()[0].attempts == 2
    assert newsroom.messages()[0].last_error == ""


def test_a_dead_mailbox_hands_the_error_to_the_desk(newsroom: Newsroom) -> None:
    newsroom.mailbox.answer_recipient = "550 no such user"
    erratum_id = newsroom.report()
    newsroom.worker.step()
    newsroom.worker.step()
    assert newsroom.messages()[0].state is MessageState.UNDELIVERABLE
    assert newsroom.dead() == 1
    newsroom.mailbox.answer_recipient = ""
    newsroom.worker.drain()
    assert newsroom.mailbox.recipients == ["desk@news.example"]
    assert "550" in newsroom.history(erratum_id, "undeliverable")[0]
    assert "could not be delivered" in newsroom.history(erratum_id, "notified")[1]


@pytest.mark.parametrize(
    ("days_off", "tries"), [(0, 16), (5, 8)], ids=["", "after the machine was off"]
)
def test_a_server_that_keeps_saying_later_ends_among_the_dead_letters(
    newsroom: Newsroom, days_off: int, tries: int
) -> None:
    newsroom.mailbox.answer_recipient = "451 greylisted"
    erratum_id = newsroom.report()
    newsroom.worker.step()
    newsroom.clock.forward(days=days_off)
    for _try in range(tries - 1):
        newsroom.worker.drain()
        newsroom.clock.forward(hours=5)
    first = newsroom.messages()[0]
    assert (first.state, first.attempts) == (MessageState.PENDING, tries - 1)
    newsroom.worker.drain()
    first = newsroom.messages()[0]
    assert (first.state, first.attempts) == (MessageState.UNDELIVERABLE, tries)
    assert "could not be delivered" in newsroom.history(erratum_id, "notified")[1]


def test_a_server_that_is_away_for_weeks_loses_no_mail(newsroom: Newsroom) -> None:
    newsroom.point_at(f"smtp://127.0.0.1:{free_port()}")
    for _day in range(20):
        newsroom.report()
        newsroom.worker.drain()
        newsroom.clock.forward(days=1)
    assert [message.state for message in newsroom.messages()].count(MessageState.PENDING) == 4
    newsroom.point_at(newsroom.mailbox.url)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 4
    for _hour in range(3):
        newsroom.clock.forward(minutes=61)
        newsroom.worker.drain()
    states = [message.state for message in newsroom.messages()]
    assert states.count(MessageState.SENT) == len(states) == 21, "twenty, and a digest"
    assert newsroom.dead() == 0


def test_a_mail_that_crashed_for_good_holds_no_place(newsroom: Newsroom) -> None:
    newsroom.point_at(f"smtp://127.0.0.1:{free_port()}")
    for _number in range(4):
        newsroom.report()
    newsroom.worker.drain()
    newsroom.change(lambda s: s.execute(update(OutboxJob).values(state=JobState.DEAD)))
    newsroom.point_at(newsroom.mailbox.url)
    newsroom.report()
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 1


def test_an_address_that_can_not_be_mailed_is_told_to_the_desk(newsroom: Newsroom) -> None:
    newsroom.change(
        lambda s: setattr(s.get_one(Author, newsroom.author_id), "address", "ada@x\r\nBcc: v@y")
    )
    newsroom.report()
    newsroom.worker.drain()
    assert newsroom.messages()[0].state is MessageState.UNDELIVERABLE
    assert newsroom.mailbox.recipients == ["desk@news.example"]


def test_what_was_settled_while_the_server_was_away_is_not_mailed(newsroom: Newsroom) -> None:
    newsroom.mailbox.answer_data = "451 later"
    erratum_id = newsroom.report()
    newsroom.worker.drain()
    newsroom.change(
        lambda s: mark_spam(s, s.get_one(Erratum, erratum_id), who="Ed", now=newsroom.clock())
    )
    newsroom.mailbox.answer_data = ""
    newsroom.clock.forward(minutes=2)
    newsroom.worker.drain()
    assert newsroom.mailbox.caught == []
    assert newsroom.messages()[0].state is MessageState.NOT_NEEDED


def test_who_signed_off_before_the_mail_left_is_left_alone(newsroom: Newsroom) -> None:
    newsroom.mailbox.answer_data = "451 later"
    newsroom.report()
    newsroom.worker.drain()
    newsroom.mailbox.answer_data = ""
    newsroom.change(lambda s: setattr(s.get_one(Author, newsroom.author_id), "is_notified", False))
    newsroom.clock.forward(minutes=2)
    newsroom.worker.drain()
    assert newsroom.mailbox.recipients == ["desk@news.example"]


def test_mail_speaks_the_recipients_language_and_title_stays_inert(newsroom: Newsroom) -> None:
    def set_up(session: Session) -> None:
        article = session.get_one(Article, newsroom.article_id)
        article.title = "=?utf-8?q?a=0D=0ABcc:_victim=40example.org?= <script>alert(1)</script>"

    newsroom.change(set_up)
    newsroom.report(suggestion="<img src=x onerror=alert(1)>")
    newsroom.worker.drain()
    mail = newsroom.mailbox.mails[0]
    assert mail["Bcc"] is None
    assert "<script>" not in newsroom.mailbox.html()
    assert "<img" not in newsroom.mailbox.html()
    assert newsroom.mailbox.recipients == ["ada@news.example"]


def closed(
    newsroom: Newsroom, *addresses: str, evidence: Evidence = Evidence.CLAIM, **changes: object
) -> list[int]:
    """Commit a corrected erratum with one report per address and owe their thanks."""
    with newsroom.db.transaction() as session:
        article = session.get_one(Article, newsroom.article_id)
        values: dict[str, object] = {
            "state": State.CORRECTED,
            "after": "The harbour master received a letter on Monday.",
        }
        first = {"reader_email": addresses[0]}
        erratum = make_erratum(
            session, article, newsroom.clock(), report=first, **(values | changes)
        )
        session.add(
            Correction(
                site_id=erratum.site_id,
                erratum_id=erratum.id,
                reported_at=newsroom.clock(),
                corrected_at=newsroom.clock(),
                took_seconds=0,
                evidence=evidence,
            )
        )
        for address in addresses[1:]:
            make_report(session, erratum, newsroom.clock(), reader_email=address)
        ids = [report.id for report in erratum.reports]
        for report_id in ids:
            enqueue(
                session,
                "thank",
                f"thank:{report_id}:{newsroom.clock().timestamp()}",
                {"report_id": report_id},
                now=newsroom.clock(),
            )
        return ids


def test_a_reader_is_thanked_once_for_ever(newsroom: Newsroom) -> None:
    ids = closed(newsroom, "rita@mail.example", "RITA@mail.example", "tom@mail.example")
    newsroom.worker.drain()
    assert newsroom.mailbox.recipients == ["rita@mail.example", "tom@mail.example"]
    text = newsroom.mailbox.text(0)
    assert text.startswith("The error that you reported in “Ferry returns to the harbour”")
    assert "[recieved → received]" in text
    assert "/r/" in text
    mail = newsroom.mailbox.mails[0]
    assert mail["List-Unsubscribe"] is None
    assert mail["References"] is None
    assert all(message.recipient == "" for message in newsroom.messages()), "kept in the report"

    def again(session: Session) -> None:
        payload = {"report_id": ids[0]}
        enqueue(session, "thank", "thank:again", payload, now=newsroom.clock())

    newsroom.change(again)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 2


def test_an_address_that_was_erased_is_not_thanked(newsroom: Newsroom) -> None:
    newsroom.mailbox.answer_data = "451 later"
    (report_id,) = closed(newsroom, "rita@mail.example")
    newsroom.worker.drain()
    newsroom.change(lambda s: setattr(s.get_one(Report, report_id), "reader_email", ""))
    newsroom.mailbox.answer_data = ""
    newsroom.clock.forward(minutes=2)
    newsroom.worker.drain()
    assert newsroom.mailbox.caught == []
    assert newsroom.messages()[0].state is MessageState.NOT_NEEDED


def test_nobody_can_flood_a_stranger_with_thanks(newsroom: Newsroom) -> None:
    for n in range(6):
        closed(newsroom, "victim@mail.example", quote=f"wrong{n}")
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 4
    newsroom.clock.forward(minutes=61)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 6


def test_thanks_that_wait_for_days_are_let_go(newsroom: Newsroom) -> None:
    for n in range(6):
        closed(newsroom, "victim@mail.example", quote=f"wrong{n}")
    newsroom.worker.drain()
    tired = update(OutboxJob).values(failures=MOST_WAITS)
    newsroom.change(lambda s: s.execute(tired.where(OutboxJob.state == JobState.PENDING)))
    newsroom.clock.forward(minutes=61)
    newsroom.worker.drain()
    assert len(newsroom.mailbox.caught) == 4
    with newsroom.db.reading() as session:
        states = set(session.scalars(select(OutboxJob.state)))
    assert states == {JobState.DONE}, "no dead letters for nothing"


def test_a_sentence_that_was_taken_out_is_told_as_such(newsroom: Newsroom) -> None:
    closed(newsroom, "rita@mail.example", after="")
    newsroom.worker.drain()
    assert "no longer on the page" in newsroom.mailbox.text()


def test_what_nobody_could_check_is_not_told_as_gone(newsroom: Newsroom) -> None:
    closed(newsroom, "rita@mail.example", after="", evidence=Evidence.WORD)
    newsroom.worker.drain()
    assert "no longer on the page" not in newsroom.mailbox.text()
    assert "is corrected. Thank you!" in newsroom.mailbox.text()


def test_thanks_carry_the_newsroom_s_own_words(newsroom: Newsroom) -> None:
    words = "With <b>greetings</b> from the proofreaders.\r\nBcc: x@y.example"

    def set_up(session: Session) -> None:
        session.get_one(Article, newsroom.article_id).site.thanks = words

    newsroom.change(set_up)
    closed(newsroom, "rita@mail.example")
    newsroom.worker.drain()
    assert "With <b>greetings</b> from the proofreaders. Bcc:" in newsroom.mailbox.text()
    assert "&lt;b&gt;greetings" in newsroom.mailbox.html()
    assert newsroom.mailbox.mails[0]["Bcc"] is None


def test_a_desk_that_signed_off_is_named_and_left_alone(newsroom: Newsroom) -> None:
    newsroom.change(lambda s: setattr(s.get_one(Desk, newsroom.desk_id), "is_notified", False))
    erratum_id = newsroom.report(proof=Proof.UNREADABLE)
    newsroom.worker.drain()
    assert newsroom.mailbox.caught == []
    assert "News desk (has switched" in newsroom.history(erratum_id, "notified")[0]
