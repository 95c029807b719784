"""The whole service dies right after a 201: nothing that was acknowledged is lost."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.house import House, house

from copydesk.demo.mailbox import CaughtMail
from copydesk.demo.newspaper import Misprint, planted
from copydesk.errata.normalize import clean

WAIT = 60


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as built:
        built.start()
        yield built


def send(newsroom: House, misprint: Misprint) -> requests.Response:
    article = newsroom.edition.get(misprint.paper, misprint.slug).article
    paragraphs = (clean(paragraph) for paragraph in article.text.splitlines())
    paragraph = next(found for found in paragraphs if misprint.wrong in found)
    before, _, after = paragraph.partition(misprint.wrong)
    return requests.post(
        f"{newsroom.base_url}/api/v1/reports",
        json={
            "id": str(uuid.uuid4()),
            "site": misprint.paper,
            "url": newsroom.url_of(misprint),
            "quote": {
                "exact": misprint.wrong,
                "prefix": before[-200:],
                "suffix": after[:200],
            },
            "suggestion": misprint.right,
        },
        headers={"Origin": newsroom.newspaper_url},
        timeout=10,
    )


def test_a_killed_service_loses_nothing_that_it_acknowledged(newsroom: House) -> None:
    sent: list[Misprint] = []
    for misprint in planted()[2:6]:
        answer = send(newsroom, misprint)
        newsroom.kill()
        assert answer.status_code == 201, answer.text
        sent.append(misprint)
        newsroom.start()

    for misprint in sent:
        mail = wait_for_mail_about(newsroom, misprint)
        assert misprint.right in mail.text
    # A kill between the server's "250" and our commit may repeat a mail: under the same id.
    ids = [mail.header("Message-ID") for mail in newsroom.mailbox.all()]
    assert len(ids) <= 2 * len(set(ids))


def wait_for_mail_about(newsroom: House, misprint: Misprint) -> CaughtMail:
    return newsroom.mailbox.wait_for(lambda mail: misprint.wrong in mail.text, timeout=WAIT)


def test_a_stopped_service_ends_cleanly(newsroom: House) -> None:
    send(newsroom, planted()[0])
    newsroom.mailbox.wait_for(lambda mail: bool(mail.recipients), timeout=WAIT)
    assert newsroom.stop() == 0
    assert "Traceback" not in newsroom.log()
