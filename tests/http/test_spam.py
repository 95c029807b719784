"""Machines are folded away: stored, shown to the desk in its drawer, mailed to nobody."""

import json
import random
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.conftest import MovableClock
from tests.factories import HOST, ORIGIN, make_site

from copydesk.intake.payload import ReportDraft
from copydesk.intake.submission import Receipt, Submission
from copydesk.intake.submit import Rules, submit_all
from copydesk.services import Services
from copydesk.settings import LimitSettings
from copydesk.store.tables import Erratum, OutboxJob, Report, State

LONG = "Please see the whole list of our best offers of this week."
HUMAN_RUNS = 200


@pytest.fixture(autouse=True)
def _site(services: Services, clock: MovableClock) -> None:
    services.database.write(lambda session: make_site(session, clock.now))


def post(
    client: FlaskClient, number: int = 0, *, address: str = "192.0.2.1", **changes: Any
) -> None:
    answer = client.post(
        "/api/v1/reports",
        data=json.dumps(body(number, **changes)),
        content_type="text/plain",
        headers={"Origin": ORIGIN},
        environ_base={"REMOTE_ADDR": address},
    )
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["erratum"]["state"] == "open"  # nobody is told


def body(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "site": "gazette",
        "url": f"https://{HOST}/news/{number}",
        "quote": {"exact": f"a mistkae {number}", "prefix": "there is ", "suffix": " here"},
        "elapsed_ms": 5200,
        **changes,
    }


def reasons(services: Services) -> list[str]:
    with services.database.reading() as session:
        return list(session.scalars(select(Report.spam_reason).order_by(Report.id)))


def jobs(services: Services) -> int:
    with services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxJob)) or 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"elapsed_ms": 50}, "too fast"),
        ({"elapsed_ms": 0}, "too fast"),
        ({"elapsed_ms": 60}, ""),
        ({"elapsed_ms": None}, ""),
        ({"comment": " ".join(f"https://p{n}.example" for n in range(40))}, "links"),
        ({"suggestion": " ".join(f"www.p{n}.example" for n in range(4))}, "links"),
        ({"comment": "https://a.example and https://b.example, https://c.example say so"}, ""),
        ({"comment": "https://a.example " * 9}, ""),
        ({"comment": "[url=https://pills.example]pills[/url]"}, "links"),
        ({"comment": '<A target=x HREF="//pills.example">pills</a>'}, "links"),
        ({"website": "https://pills.example"}, "honeypot"),
    ],
)
def test_marks(client: FlaskClient, services: Services, changes: Any, reason: str) -> None:
    post(client, **changes)
    assert reasons(services) == [reason]
    assert jobs(services) == (0 if reason else 1)


def test_links_that_the_page_has_are_not_the_readers(
    client: FlaskClient, services: Services
) -> None:
    links = " ".join(f"https://p{n}.example" for n in range(5))
    post(client, quote={"exact": links}, suggestion=links)
    assert reasons(services) == [""]


def test_one_readers_sixth_equal_comment(
    client: FlaskClient, services: Services, clock: MovableClock
) -> None:
    for number in range(6):
        post(client, number, comment=LONG if number % 2 else f"  {LONG.upper()}\n")
    assert reasons(services) == [""] * 5 + ["repeated text"]
    post(client, 7, comment="Another comment that is just as long as that one.")
    post(client, 8, address="192.0.2.2", comment=LONG)
    assert reasons(services)[6:] == ["", ""]
    clock.forward(days=1)
    post(client, 9, comment=LONG)
    assert reasons(services)[8:] == [""]


def test_equal_comments_of_many_addresses(client: FlaskClient, services: Services) -> None:
    for number in range(22):
        post(client, number, address=f"192.0.2.{number}", comment=LONG)
    assert reasons(services) == [""] * 20 + ["repeated text"] * 2
    assert jobs(services) == 20


def test_nothing_of_the_text_is_kept_in_the_counters(
    client: FlaskClient, services: Services
) -> None:
    from copydesk.store.tables import LimitCounter

    post(client, comment=LONG)
    with services.database.reading() as session:
        keys = " ".join(session.scalars(select(LimitCounter.key)))
    assert "text:site:" in keys
    assert "offers" not in keys.lower()


WORDS = [
    *("опечатка", "в слове,", "см. заголовок", "the name", "is misspelt again", "источник:"),
    *("по-моему,", "лишняя запятая", "should be Thursday,", "not Friday", "в прошлой статье"),
    *("писали иначе", "спасибо", "thanks!"),
]


def human(chance: random.Random) -> dict[str, Any]:
    """Return what people do: nothing, a word, a story with a source; in a hurry or after tea."""
    changes: dict[str, Any] = {
        "elapsed_ms": chance.choice([None, int(chance.lognormvariate(9, 1.2)) + 180]),
        "suggestion": chance.choice(["", "mistake", "see https://style.example/comma"]),
    }
    wordy = chance.random()
    if wordy > 0.8:
        comment = " ".join(chance.choices(WORDS, k=chance.randint(8, 60)))
        sources = [f"https://ru.wikipedia.example/{chance.random()}" for _ in range(2)]
        changes["comment"] = f"{comment} {' '.join(sources[: chance.randint(0, 2)])}"
    elif wordy > 0.5:
        changes["comment"] = chance.choice(["опечатка", "typo", "запятая!", "Wrong date.", "???"])
    elif wordy > 0.45:  # one line that a group of readers agreed on
        changes["comment"] = "Имя героя статьи написано с ошибкой по всему тексту."
    return changes


def test_no_human_is_taken_for_a_machine(client: FlaskClient, services: Services) -> None:
    chance = random.Random(200)
    for number in range(HUMAN_RUNS):
        address = f"198.51.100.{chance.randint(1, 60)}"
        post(client, number, address=address, **human(chance))
    assert [reason for reason in reasons(services) if reason] == []


def test_a_machine_and_a_reader_report_the_same_words_in_one_group(
    services: Services, clock: MovableClock
) -> None:
    group = [
        Submission(ReportDraft.model_validate(body(website=filled)), ORIGIN, "192.0.2.1")
        for filled in ("https://pills.example", "")
    ]
    rules = Rules(services.signer, LimitSettings())
    told = services.database.write(lambda session: submit_all(session, group, rules, now=clock()))
    assert all(isinstance(one, Receipt) for one in told)
    with services.database.reading() as session:
        erratum = session.scalars(select(Erratum)).one()
        assert (erratum.state, erratum.report_count) == (State.OPEN, 1)
    assert reasons(services) == ["honeypot", ""]
    assert jobs(services) > 0
