"""What stands around the service while things break: a press, a mail server, and the settings.

The press has as many pages as are asked for, each with forty words that stand nowhere else, so each
report is an error of its own and owes a mail of its own. Mails are counted by their Message-ID.
"""

import os
import re
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import ColumnElement, func, select

from copydesk.clock import utc_now
from copydesk.demo.servers import LOOPBACK, free_port, serving
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import JobState, Message, OutboxJob, Report
from copydesk.urls import host_of
from tests.factories import make_author, make_site
from tests.house import SECRET_KEY

WORDS_ON_A_PAGE = 40
_FIRST = ("Ada", "Bella", "Cora", "Dora", "Edna", "Flora", "Greta", "Hilda", "Irma", "Jane")
_LAST = ("Byrne", "Clark", "Doyle", "Evans", "Flynn", "Grant", "Hayes", "Irwin", "Joyce", "Kerr")
AUTHORS = [f"{first} {last}" for first in _FIRST for last in _LAST]
"""They take turns at the pages: thousands of mails to one of them would be no ordinary work."""
SITE = "gazette"
LEASE_SECONDS = 2
"""A killed worker's work must come back while somebody waits for it."""
FOR_LATER = ("recheck", "housekeeping")
_STEP = 0.1
_STUCK_AFTER = 600  # looks
_LONGEST_SILENCE = 60
_IS_PENDING = OutboxJob.state == JobState.PENDING
_IS_FOR_NOW = OutboxJob.kind.not_in(FOR_LATER)
_IS_HELD = OutboxJob.lease_token != ""


@dataclass
class Mails:
    """What the mail server took: how many copies of each mail."""

    copies: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Count one mail; the name is aiosmtpd's."""
        del server, session
        self.copies[str(message_from_bytes(envelope.original_content)["Message-ID"])] += 1
        return "250 Counted"


@dataclass
class Press:
    """The newspaper's server."""

    answers: threading.Event = field(default_factory=threading.Event)
    """While it is not set, requests are taken and nothing is said."""
    asked: int = 0
    """How many pages were asked for."""


@dataclass
class Scene:
    """One newsroom without people."""

    database_url: str
    press_url: str
    mails: Mails
    environment: dict[str, str]
    press: Press
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self) -> dict[str, Any]:
        """Return a report of an error that nobody has reported yet, as the widget sends it."""
        with self._lock:
            page, place = divmod(self._next, WORDS_ON_A_PAGE)
            self._next += 1
        before, word, after = _sentence(page, place)
        return {
            "id": str(uuid.uuid4()),
            "site": SITE,
            "url": f"{self.press_url}/news/{page}",
            "quote": {"exact": word, "prefix": before, "suffix": after},
            "suggestion": word.replace("mistaik", "mistake"),
        }

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database beside the service."""
        with closing(Database(self.database_url)) as database:
            yield database

    def stored(self) -> dict[str, str]:
        """Return the token of each stored report by its id."""
        with self.database() as database, database.reading() as session:
            return {
                row[0]: row[1] for row in session.execute(select(Report.client_id, Report.token))
            }

    def rows(self) -> int:
        """Return how many reports are stored, those under one id counted each."""
        with self.database() as database:
            return _count(database, Report.id)

    def without_mail(self) -> int:
        """Return how many errata have a report and no mail that their author was sent.

        Here each erratum owes one. Which mail was sent, its Message-ID tells.
        """
        with self.database() as database, database.reading() as session:
            reported = set(session.scalars(select(Report.erratum_id)))
            owed = session.execute(select(Message.erratum_id, Message.message_id))
            sent = {row.erratum_id for row in owed if row.message_id in self.mails.copies}
        return len(reported - sent)

    def unowed_mails(self) -> int:
        """Return how many mails were sent under a Message-ID that is nobody's."""
        with self.database() as database, database.reading() as session:
            return len(set(self.mails.copies) - set(session.scalars(select(Message.message_id))))

    def wait_until_idle(self) -> int:
        """Return how many steps are left when none is done any more: 0, or something is stuck.

        To be asked before anything is counted: what is only queued is not lost.
        """
        return self._wait_for_none_of(_IS_FOR_NOW)

    def waiting(self) -> int:
        """Return how many steps of work wait."""
        with self.database() as database:
            return _count(database, OutboxJob.id, _IS_PENDING, _IS_FOR_NOW)

    def held(self) -> list[int]:
        """Return the steps that a worker holds, be it alive or not."""
        with self.database() as database, database.reading() as session:
            return list(session.scalars(select(OutboxJob.id).where(_IS_PENDING, _IS_HELD)))

    def wait_until_done(self, steps: list[int]) -> None:
        """Return when none of the steps is held any more."""
        self._wait_for_none_of(_IS_HELD, OutboxJob.id.in_(steps))

    def _wait_for_none_of(self, *steps: ColumnElement[bool]) -> int:
        """Return how many of the steps are left once none of them, or nothing at all, moves.

        What is left alone doesn't show it: a page that is read owes a mail, and as many are left.
        """
        pause, least, most_done, tries = threading.Event(), sys.maxsize, 0, 0
        with self.database() as database:
            while least and tries < _STUCK_AFTER:
                left = _count(database, OutboxJob.id, _IS_PENDING, *steps)
                done = _count(database, OutboxJob.id, ~_IS_PENDING)
                tries = 0 if left < least or done > most_done else tries + 1
                least, most_done = min(left, least), max(done, most_done)
                pause.wait(_STEP)
        return least


def _count(database: Database, what: Any, *conditions: ColumnElement[bool]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(what)).where(*conditions)) or 0


def _sentence(page: int, place: int) -> tuple[str, str, str]:
    """Return one sentence: what is before its error, the error, what is after it."""
    name = f"{page}x{place}"
    return (
        f"In the harbour of berth{name} the keeper of light{name} saw a ",
        f"mistaik{name}",
        f" come in with the tide of day{name} and told everybody.",
    )


def _served(press: Press) -> Flask:
    app = Flask("press")

    @app.get("/news/<int:page>")
    def news(page: int) -> str:
        press.asked += 1
        press.answers.wait(_LONGEST_SILENCE)
        text = "".join(f"<p>{''.join(_sentence(page, n))}</p>" for n in range(WORDS_ON_A_PAGE))
        author = AUTHORS[page % len(AUTHORS)]
        head = f'<meta name="author" content="{author}"><title>Harbour {page}</title>'
        return f"<!doctype html><html lang=en><head>{head}</head><body><article>{text}"

    return app


@contextmanager
def scene(database_url: str) -> Iterator[Scene]:
    """Set it up over an empty database."""
    mails, press = Mails(), Press()
    press.answers.set()
    with ExitStack() as stack:
        press_url = stack.enter_context(serving(_served(press)))
        mail_url = stack.enter_context(_counting(mails))
        _furnish(database_url, press_url)
        environment = _environment(database_url, press_url, mail_url)
        yield Scene(database_url, press_url, mails, environment, press)
        press.answers.set()


@contextmanager
def _counting(mails: Mails) -> Iterator[str]:
    port = free_port()
    controller = Controller(mails, hostname=LOOPBACK, port=port)
    controller.start()
    try:
        yield f"smtp://{LOOPBACK}:{port}"
    finally:
        controller.stop()


def _furnish(database_url: str, press_url: str) -> None:
    with closing(Database(database_url)) as database:
        upgrade(database)
        with database.transaction() as session:
            site = make_site(
                session, utc_now(), key=SITE, hosts=[host_of(press_url)], origins=[press_url]
            )
            for number, name in enumerate(AUTHORS):
                make_author(session, site, name=name, address=f"author{number}@news.example")


def _environment(database_url: str, press_url: str, mail_url: str) -> dict[str, str]:
    limits = (
        *("REPORTS_PER_ADDRESS_HOUR", "REPORTS_PER_PAGE_HOUR", "REPORTS_PER_SITE_HOUR"),
        *("MAILS_PER_RECIPIENT_HOUR", "MAILS_PER_RECIPIENT_DAY"),
    )
    outside = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    return (
        outside
        | {f"COPYDESK_LIMITS__{name}": "1000000" for name in limits}
        | {
            "COPYDESK_SERVER__SECRET_KEY": SECRET_KEY,
            "COPYDESK_DATABASE__URL": database_url,
            "COPYDESK_MAIL__URL": mail_url,
            "COPYDESK_MAIL__SENDER": "Copydesk <copydesk@errata.example>",
            "COPYDESK_FETCH__ALLOW_HOSTS": host_of(press_url),
            "COPYDESK_FETCH__HOST_GAP_SECONDS": "0",
            "COPYDESK_WORKER__POLL_SECONDS": "0.05",
            "COPYDESK_WORKER__LEASE_SECONDS": str(LEASE_SECONDS),
            "COPYDESK_LOG__LEVEL": "error",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    )


def _is_ours(name: str) -> bool:
    return re.match("COPYDESK_|PROMETHEUS_", name) is not None
