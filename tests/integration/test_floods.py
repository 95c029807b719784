"""Floods: on one author, on one page, by one network. Nobody else notices, and nothing is lost."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import func, select
from tests.conftest import MovableClock
from tests.factories import HOST, ORIGIN, make_author, make_site
from tests.notify_fixtures import Mailbox, running_mailbox

from copydesk.app import create_app
from copydesk.articles.fetch import Fetcher
from copydesk.demo.servers import serving
from copydesk.outbox.worker import Worker
from copydesk.services import Services
from copydesk.settings import FetchSettings, LimitSettings, MailSettings, Settings
from copydesk.store.tables import Erratum, Message, MessageState, Report
from copydesk.urls import host_of

FLOOD = 120
"""Reports on one author within an hour: 2,000 take a minute on each database, and show no more."""
ON_A_PAGE = 40
DAYS = 2
ADA, BELA = "ada@news.example", "bela@news.example"
AUTHORS = {"ada": ("Ada Byrne", ADA), "bela": ("Bela Fekete", BELA)}


def sentence(number: int) -> tuple[str, str, str]:
    return f"The keeper of light{number} saw a ", f"mistaik{number}", f" on day{number} and wept."


def press() -> Flask:
    app = Flask("press")

    @app.get("/<author>/<int:page>")
    def page(author: str, page: int) -> str:
        numbers = range(page * ON_A_PAGE, (page + 1) * ON_A_PAGE)
        text = "".join(f"<p>{''.join(sentence(number))}</p>" for number in numbers)
        head = f'<meta name="author" content="{AUTHORS[author][0]}"><title>Lights {page}</title>'
        return f"<!doctype html><html lang=en><head>{head}</head><body><article>{text}"

    return app


@dataclass
class Newsroom:
    """All of the service in one process, by a clock that a test moves."""

    services: Services
    client: FlaskClient
    press_url: str
    mailbox: Mailbox
    worker: Worker

    def report(self, author: str, number: int, address: str) -> int:
        before, word, after = sentence(number)
        body = {
            "id": str(uuid.uuid4()),
            "site": "gazette",
            "url": f"{self.press_url}/{author}/{number // ON_A_PAGE}",
            "quote": {"exact": word, "prefix": before, "suffix": after},
        }
        return post(self.client, body, address, origin=self.press_url)


@pytest.fixture
def newsroom(services: Services, settings: Settings, clock: MovableClock) -> Iterator[Newsroom]:
    with running_mailbox() as mailbox, serving(press()) as press_url:
        ours = settings.model_copy(
            update={
                "mail": MailSettings(
                    url=SecretStr(mailbox.url), sender="Copydesk <c@errata.example>"
                ),
                "fetch": FetchSettings(host_gap_seconds=0),
            }
        )
        built = Services(
            settings=ours,
            database=services.database,
            signer=services.signer,
            clock=clock,
            fetcher=Fetcher([host_of(press_url)], "Tester"),
        )
        with built.database.transaction() as session:
            site = make_site(session, clock(), hosts=[host_of(press_url)], origins=[press_url])
            for name, address in AUTHORS.values():
                make_author(session, site, name=name, address=address)
        client = create_app(built).test_client()
        yield Newsroom(built, client, press_url, mailbox, built.worker())


def post(
    client: FlaskClient, body: dict[str, Any], address: str, *, origin: str = ORIGIN, via: str = ""
) -> int:
    """Send a report from a network address, ``via``: what X-Forwarded-For says."""
    headers = {"Origin": origin} | ({"X-Forwarded-For": via} if via else {})
    answer = client.post(
        "/api/v1/reports",
        data=json.dumps(body),
        content_type="text/plain",
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )
    return answer.status_code


def test_a_flood_on_one_author(newsroom: Newsroom, clock: MovableClock) -> None:
    for number in range(FLOOD):
        address = f"198.{number % 100}.{number // 100}.7"
        assert newsroom.report("ada", number, address) == 201
    newsroom.worker.drain()
    assert newsroom.report("bela", 10_000, "203.0.113.9") == 201
    newsroom.worker.drain()
    assert Counter(newsroom.mailbox.recipients) == {ADA: 4, BELA: 1}  # not behind the flood

    sent = [0] * 4
    for _ in range(DAYS * 24 * 4):
        clock.forward(minutes=15)
        newsroom.worker.drain()
        sent.append(newsroom.mailbox.recipients.count(ADA))
    quarters_of_an_hour, quarters_of_a_day = 4, 24 * 4
    assert most_within(sent, quarters_of_an_hour) <= 4
    assert most_within(sent, quarters_of_a_day) <= 20
    with newsroom.services.database.reading() as session:
        told = select(func.count(Message.erratum_id.distinct())).where(
            Message.state == MessageState.SENT, Message.recipient == ADA
        )
        assert session.scalar(told) == FLOOD
        assert session.scalar(select(func.count(Erratum.id))) == FLOOD + 1


def most_within(totals: list[int], steps: int) -> int:
    """Return the most that came within so many steps; ``totals`` are sums so far."""
    return max(late - early for early, late in zip(totals, totals[steps:], strict=False))


@pytest.fixture
def limited(services: Services, settings: Settings, clock: MovableClock) -> "Limited":
    return Limited(services, settings, clock)


class Limited:
    """A site with low limits, behind so many proxies."""

    def __init__(self, services: Services, settings: Settings, clock: MovableClock) -> None:
        self._services, self._settings = services, settings
        with services.database.transaction() as session:
            make_site(session, clock())

    def client(self, proxies: int = 0, **limits: int) -> FlaskClient:
        server = self._settings.server.model_copy(update={"trusted_proxies": proxies})
        settings = self._settings.model_copy(
            update={"server": server, "limits": LimitSettings(**limits)}
        )
        services = Services(
            settings=settings,
            database=self._services.database,
            signer=self._services.signer,
            clock=self._services.clock,
            fetcher=self._services.fetcher,
        )
        return create_app(services).test_client()

    def stored(self) -> int:
        with self._services.database.reading() as session:
            return session.scalar(select(func.count(Report.id))) or 0


def report(page: int) -> dict[str, Any]:
    quote = {"exact": "recieved", "prefix": f"{uuid.uuid4()} has ", "suffix": " a letter"}
    return {"site": "gazette", "url": f"https://{HOST}/news/{page}", "quote": quote}


def test_a_flood_on_one_page_leaves_the_rest_of_the_site_alone(limited: Limited) -> None:
    client = limited.client(reports_per_page_hour=5, reports_per_site_hour=20)
    flood = [post(client, report(1), f"198.51.100.{number}") for number in range(40)]
    assert Counter(flood) == {201: 5, 429: 35}  # those refused count against nobody
    others = [post(client, report(2 + number), f"203.0.113.{number}") for number in range(15)]
    assert set(others) == {201}
    assert post(client, report(99), "192.0.2.99") == 429
    assert limited.stored() == 20


def test_a_flood_of_one_network_leaves_the_page_to_others(limited: Limited) -> None:
    client = limited.client(reports_per_address_hour=3, reports_per_page_hour=6)
    flood = [post(client, report(1), f"2001:db8:0:7::{number:x}") for number in range(1, 30)]
    assert Counter(flood) == {201: 3, 429: 26}
    assert [post(client, report(1), f"203.0.113.{number}") for number in range(3)] == [201] * 3


def test_a_flood_of_all_networks_of_a_rented_server_leaves_the_site_to_others(
    limited: Limited,
) -> None:
    client = limited.client(reports_per_address_hour=2, reports_per_site_hour=40)
    flood = [post(client, report(number), f"2001:db8:7:{number:x}::1") for number in range(30)]
    assert Counter(flood) == {201: 20, 429: 10}
    others = [post(client, report(number), f"2001:db8:{number:x}::1") for number in range(8, 18)]
    others += [post(client, report(number), f"203.0.113.{number}") for number in range(5)]
    others += [post(client, report(number), f"::ffff:203.0.113.{number}") for number in range(5)]
    assert set(others) == {201}


@pytest.mark.parametrize(
    ("proxies", "via"),
    [
        (0, "{forged}"),
        (1, "{forged}, 203.0.113.5"),
        (1, "{forged}, {forged}, 203.0.113.5"),
        (2, "{forged}, 203.0.113.5, 10.0.0.1"),
    ],
)
def test_what_a_client_says_of_itself_never_counts(
    limited: Limited, proxies: int, via: str
) -> None:
    client = limited.client(proxies, reports_per_address_hour=3)
    flood = [
        post(client, report(number), "10.0.0.2", via=via.format(forged=f"198.51.100.{number}"))
        for number in range(6)
    ]
    assert flood == [201] * 3 + [429] * 3


@pytest.mark.parametrize("proxies", [1, 2])
def test_readers_behind_trusted_proxies_are_told_apart(limited: Limited, proxies: int) -> None:
    client = limited.client(proxies, reports_per_address_hour=1)
    hops = ", 10.0.0.1" * (proxies - 1)
    answers = [
        post(client, report(number), "10.0.0.2", via=f"203.0.113.{number}{hops}")
        for number in range(4)
    ]
    assert answers == [201] * 4


def test_an_hour_later_all_is_forgotten(limited: Limited, clock: MovableClock) -> None:
    client = limited.client(reports_per_address_hour=1)
    assert [post(client, report(1), "192.0.2.1") for _ in range(2)] == [201, 429]
    clock.now += timedelta(hours=1)
    assert post(client, report(1), "192.0.2.1") == 201
