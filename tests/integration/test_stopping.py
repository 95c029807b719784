"""Told to end while a mail server says nothing: the service ends, and the mail is not lost."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house import House, house

from copydesk.demo.newspaper import planted

WAIT = 60
HASTY = """
import importlib

from copydesk.cli import main

importlib.import_module("copydesk.cli.serve").STOP_SECONDS = 0.5
main()
"""


@pytest.fixture
def backend() -> str:
    """A process ends alike on either database."""
    return "sqlite"


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as built:
        yield built


def test_a_deaf_mail_server_holds_up_no_restart(newsroom: House) -> None:
    misprint = planted()[0]
    hearing = newsroom.environment["COPYDESK_MAIL__URL"]
    # Longer than `stop` waits for the end.
    newsroom.environment["COPYDESK_MAIL__DEADLINE_SECONDS"] = "110"
    newsroom.program = ("-c", HASTY)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(WAIT)
        newsroom.environment["COPYDESK_MAIL__URL"] = f"smtp://127.0.0.1:{deaf.getsockname()[1]}"
        newsroom.start()
        assert newsroom.send(misprint).status_code == 201
        connection, _ = deaf.accept()
        with connection:
            assert newsroom.stop() == 0
    assert "serve.left_work" in newsroom.log()
    assert "Traceback" not in newsroom.log()

    newsroom.environment["COPYDESK_MAIL__URL"] = hearing
    newsroom.start()
    newsroom.mailbox.wait_for(lambda mail: misprint.wrong in mail.text, timeout=WAIT)
    assert newsroom.stop() == 0
