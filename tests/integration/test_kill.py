"""The whole service dies right after a 201: nothing that was acknowledged is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house import House, house

from copydesk.demo.mailbox import CaughtMail
from copydesk.demo.newspaper import Misprint, planted

WAIT = 60


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as built:
        built.start()
        yield built


def test_a_killed_service_loses_nothing_that_it_acknowledged(newsroom: House) -> None:
    sent: list[Misprint] = []
    for misprint in planted()[2:6]:
        answer = newsroom.send(misprint)
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
    newsroom.send(planted()[0])
    newsroom.mailbox.wait_for(lambda mail: bool(mail.recipients), timeout=WAIT)
    assert newsroom.stop() == 0
    assert "Traceback" not in newsroom.log()
