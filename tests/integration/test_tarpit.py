"""Hosts that never answer delay no other site: neither its mails nor its readers."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from tests.conftest import BASE_URL, SECRET_KEY
from tests.factories import make_desk, make_site
from tests.page_server import OK, Server, serving
from tests.reading_fixtures import article

from copydesk.app import create_app
from copydesk.demo.mailbox import Mailbox, catching_mail
from copydesk.services import Services, build_services
from copydesk.settings import (
    DatabaseSettings,
    FetchSettings,
    LimitSettings,
    MailSettings,
    ServerSettings,
    Settings,
    WorkerSettings,
)
from copydesk.store.database import Database
from copydesk.store.tables import Erratum, Proof

SITES = 50
ERRATA = 6
PREFIX = "Letters\nFour boats left the quay before noon and five came back.\nThe harbour master "
SUFFIX = " a letter on Monday.\nFour boats left the quay before noon and five"


class Tarpit:
    """A host that takes connections and keeps them until the test lets go of them."""

    def __init__(self, drip: bytes = b"") -> None:
        self.caught = threading.Event()
        self.let_go = threading.Event()
        self._drip = drip
        self.server = Server(self._hold)

    def _hold(self, connection: socket.socket, request: bytes) -> None:
        del request
        self.caught.set()
        if not self._drip:
            self.let_go.wait(60)
            return
        connection.sendall(OK + b"\r\n")
        while not self.let_go.wait(0.05):
            connection.sendall(self._drip)

    def close(self) -> None:
        self.let_go.set()
        self.server.close()


class Town:
    """A Copydesk, its mailbox, fifty newspapers on hosts of their own and two tarpits."""

    def __init__(self, stack: ExitStack, db: Database, database_url: str) -> None:
        self.mailbox = Mailbox()
        self.silent, self.dripping = Tarpit(), Tarpit(drip=b"<p>A")
        stack.callback(self.silent.close)
        stack.callback(self.dripping.close)

        def newspaper(connection: socket.socket, request: bytes) -> None:
            del request
            connection.sendall(article())

        self.papers = [stack.enter_context(serving(newspaper)) for _ in range(SITES)]
        tarpits = [self.silent.server, self.dripping.server]
        self.services = self._services(stack, database_url, [*self.papers, *tarpits])
        self._client = create_app(self.services).test_client()
        with db.transaction() as session:
            for server in [*self.papers, *tarpits]:
                now = self.services.clock()
                changes = {"key": f"k{server.port}", "hosts": [server.host]}
                site = make_site(session, now, origins=[f"http://{server.host}"], **changes)
                make_desk(session, site, address=f"desk{server.port}@news.example")

    def _services(self, stack: ExitStack, database_url: str, hosts: list[Server]) -> Services:
        settings = Settings(
            server=ServerSettings(base_url=BASE_URL, secret_key=SecretStr(SECRET_KEY)),
            database=DatabaseSettings(url=SecretStr(database_url)),
            mail=MailSettings(url=SecretStr(stack.enter_context(catching_mail(self.mailbox)))),
            # So long that a test which waited for it would fail.
            fetch=FetchSettings(allow_hosts=[server.host for server in hosts], deadline_seconds=60),
            limits=LimitSettings(reports_per_address_hour=1000),
            worker=WorkerSettings(poll_seconds=0.05),
        )
        services = build_services(settings)
        stack.callback(services.database.close)
        return services

    def report(self, server: Server, path: str = "/letters") -> int:
        """Send a report as a reader's browser would and return the answer's status."""
        body = {
            "id": str(uuid.uuid4()),
            "site": f"k{server.port}",
            "url": server.url(path),
            "quote": {"exact": "recieved", "prefix": PREFIX, "suffix": SUFFIX},
            "suggestion": "received",
        }
        headers = {"Origin": f"http://{server.host}"}
        return self._client.post("/api/v1/reports", json=body, headers=headers).status_code

    def mailed(self) -> set[str]:
        return {address for mail in self.mailbox.all() for address in mail.recipients}


@pytest.fixture
def town(db: Database, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        yield Town(stack, db, database_url)


def test_no_mail_and_no_reader_waits_for_a_host_that_never_answers(town: Town) -> None:
    tarpits = [town.silent, town.dripping]
    for number in range(ERRATA):
        assert [town.report(one.server, f"/{number}") for one in tarpits] == [201, 201]
    crew = town.services.crew()
    crew.start()
    try:
        assert all(one.caught.wait(60) for one in tarpits)

        # Both are held from here on, until all others have their mail.
        assert [town.report(paper) for paper in town.papers] == [201] * SITES
        expected = {f"desk{paper.port}@news.example" for paper in town.papers}
        town.mailbox.wait_for(lambda _: town.mailed() >= expected, timeout=120)
        assert town.report(town.silent.server, "/one-more") == 201

        assert not any(one.let_go.is_set() for one in tarpits)
        # A host has one reader at a time, however many of its pages are due.
        assert [len(one.server.requests) for one in tarpits] == [1, 1]
    finally:
        crew.stop()
        for one in tarpits:
            one.let_go.set()
        crew.join(60)
    with town.services.database.reading() as session:
        query = select(func.count()).where(Erratum.proof == Proof.FOUND)
        assert session.scalar(query) == SITES
