"""Four web and four worker processes on one PostgreSQL, each of them killed in turn.

Nothing that was acknowledged is lost, and nothing is doubled but what a crash can't help doubling:
the mail that a worker was handing over when it died.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from copydesk.demo.newspaper import Misprint, newspapers
from copydesk.store.database import Database
from copydesk.store.tables import JobState, Message, MessageState, OutboxJob, Purpose, Report
from tests.house import House, house
from tests.many_processes import Estate

PROCESSES = 4
REPORTS = 32
ARTICLES = 2  # of each newspaper: its host is asked once a second
SENDERS = 6
WAIT_SECONDS = 120


@pytest.fixture
def backend() -> str:
    """Several web processes are for PostgreSQL alone."""
    return "postgresql"


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as built:
        built.environment |= {
            "COPYDESK_LOG__LEVEL": "error",
            "COPYDESK_LIMITS__REPORTS_PER_ADDRESS_HOUR": "100000",
            "COPYDESK_LIMITS__REPORTS_PER_PAGE_HOUR": "100000",
            "COPYDESK_LIMITS__MAILS_PER_RECIPIENT_HOUR": "10000",
            "COPYDESK_LIMITS__MAILS_PER_RECIPIENT_DAY": "10000",
        }
        yield built


def errors_to_report() -> list[Misprint]:
    """Return words that stand once in their article: each report is an error of its own."""
    found = []
    for paper in newspapers().values():
        for article in paper.articles[:ARTICLES]:
            words = Counter(article.text.split())
            once = [word for word, count in words.items() if count == 1 and word.isalpha()]
            for word in sorted(once, key=len)[-8:]:
                right = word[:-1]
                found.append(Misprint(paper.id, article.slug, word, right, "language", word, right))
    return random.Random(7).sample(found, min(REPORTS, len(found)))


class Readers:
    """Readers who send again, to any of the web processes, until they are answered."""

    def __init__(self, newsroom: House, estate: Estate) -> None:
        self._newsroom = newsroom
        self._estate = estate
        self._changed = threading.Condition()
        self.acknowledged: list[str] = []

    def send(self, misprint: Misprint) -> None:
        body = self._newsroom.report_of(misprint)
        chance = random.Random(str(body["id"]))
        patience = threading.Event()
        while True:
            url = f"{chance.choice(self._estate.webs).url}/api/v1/reports"
            try:
                answer = post(self._newsroom, url, body)
            except requests.RequestException:
                patience.wait(0.05)
                continue
            if answer.status_code != 503:
                break
            patience.wait(0.05)
        assert answer.status_code in {200, 201}, answer.text
        with self._changed:
            self.acknowledged.append(str(body["id"]))
            self._changed.notify_all()

    def wait_for(self, number: int) -> None:
        with self._changed:
            reached = self._changed.wait_for(
                lambda: len(self.acknowledged) >= number, timeout=WAIT_SECONDS
            )
        assert reached, len(self.acknowledged)


def post(newsroom: House, url: str, body: object) -> requests.Response:
    return requests.post(url, json=body, headers={"Origin": newsroom.newspaper_url}, timeout=10)


def test_each_process_may_die_and_nothing_is_lost(newsroom: House, database_url: str) -> None:
    errors = errors_to_report()
    with (
        Estate(newsroom.environment, webs=PROCESSES, workers=PROCESSES) as estate,
        ThreadPoolExecutor(SENDERS) as pool,
    ):
        readers = Readers(newsroom, estate)
        sent = [pool.submit(readers.send, error) for error in errors]
        victims = [
            place for pair in zip(estate.workers, estate.webs, strict=True) for place in pair
        ]
        for turn, victim in enumerate(victims, start=1):
            readers.wait_for(turn * len(errors) // (len(victims) + 1))
            victim.kill()
        for one in sent:
            one.result()
        with closing(Database(database_url)) as database:
            wait_until_done(database)
            look_for_losses(database, readers.acknowledged, len(errors))
            mails = Counter(mail.header("Message-ID") for mail in newsroom.mailbox.all())
            assert set(mails) == owed_mails(database)
    # Each killed worker hands over one mail at a time.
    assert sum(mails.values()) - len(mails) <= len(estate.workers)


def wait_until_done(database: Database) -> None:
    due = (OutboxJob.state == JobState.PENDING, OutboxJob.kind.not_in(["recheck", "housekeeping"]))
    pause = threading.Event()
    for _ in range(WAIT_SECONDS * 10):
        with database.reading() as session:
            left = session.scalar(select(func.count()).select_from(OutboxJob).where(*due))
        if not left:
            return
        pause.wait(0.1)
    raise AssertionError(f"{left} jobs are left")


def look_for_losses(database: Database, acknowledged: list[str], sent: int) -> None:
    with database.reading() as session:
        stored = session.scalars(select(Report.client_id)).all()
        dead = session.scalars(
            select(OutboxJob.last_error).where(OutboxJob.state == JobState.DEAD)
        ).all()
    assert len(acknowledged) == sent
    assert sorted(stored) == sorted(acknowledged)
    assert dead == []


def owed_mails(database: Database) -> set[str]:
    """Return the id of each mail: one for each erratum and author, and all of them sent."""
    with database.reading() as session:
        mails = session.execute(
            select(Message.erratum_id, Message.recipient, Message.message_id, Message.state).where(
                Message.purpose == Purpose.ERRATUM
            )
        ).all()
        errata = set(session.scalars(select(Report.erratum_id)))
    assert {mail.erratum_id for mail in mails} == errata
    assert len({(mail.erratum_id, mail.recipient) for mail in mails}) == len(mails)
    assert {mail.state for mail in mails} == {MessageState.SENT}
    return {mail.message_id for mail in mails}


def test_limits_and_repeats_hold_across_processes(newsroom: House, database_url: str) -> None:
    most = 20
    newsroom.environment["COPYDESK_LIMITS__REPORTS_PER_ADDRESS_HOUR"] = str(most)
    errors = errors_to_report()[: 2 * most]
    with Estate(newsroom.environment, webs=PROCESSES, workers=0) as estate:
        urls = [f"{web.url}/api/v1/reports" for web in estate.webs]
        first = newsroom.report_of(errors[0])
        with ThreadPoolExecutor(8) as pool:
            same = list(pool.map(lambda url: post(newsroom, url, first), urls * 4))
            others = list(
                pool.map(
                    lambda pair: post(newsroom, pair[1], newsroom.report_of(pair[0])),
                    zip(errors[1:], urls * most, strict=False),
                )
            )
    assert Counter(answer.status_code for answer in same) == {201: 1, 200: 15}
    assert len({answer.json()["status_url"] for answer in same}) == 1
    assert Counter(answer.status_code for answer in others) == {
        201: most - 1,
        429: len(errors) - most,
    }
    with closing(Database(database_url)) as database, database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == most
