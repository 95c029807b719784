"""What a process of ours may meet, each in a process of its own: ``test_logs.py`` reads its log.

``python -m tests.log_scenarios NAME DATABASE_URL``
"""

import logging
import sys
import threading
import warnings
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import SecretStr
from sqlalchemy import text

from copydesk.app import create_app
from copydesk.logs import configure_logs
from copydesk.outbox import Finish, GiveUp, Job, RetryLater, enqueue
from copydesk.outbox.worker import Worker
from copydesk.services import Services, build_services
from copydesk.settings import DatabaseSettings, LogSettings, ServerSettings, Settings
from copydesk.store.migrate import upgrade
from tests.conftest import SECRET_KEY
from tests.factories import ORIGIN, make_site
from tests.http.test_hostile_bodies import REFUSED, STORED

PLANTED = "zq7planted"
"""Stands in everything that is sent; never in the log."""
MAIL = f"{PLANTED}@reader.example"
LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
NASTY = f"{PLANTED} {LINE_ENDS} \x1b[31mred\x1b[0m \x00 \ud800 {MAIL} \"}}{{'"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def hostile_bodies(services: Services) -> None:
    """Send everything that somebody may send, and then let the database refuse a row."""
    with services.database.transaction() as session:
        make_site(session, NOW)
    client = create_app(services).test_client()
    headers = {"Origin": ORIGIN, "User-Agent": PLANTED, "Cookie": f"x={PLANTED}", "Referer": MAIL}
    for content in [row[1] for row in REFUSED] + [row[1] for row in STORED]:
        planted = content.replace(b"recieved", f"recieved {PLANTED}".encode())
        client.post("/api/v1/reports", data=planted, content_type="text/plain", headers=headers)
    for path in ("/r/", "/a/", "/api/v1/spots/", "/desk/enter/", "/", "/w/"):
        client.get(f"{path}{PLANTED}?q={MAIL}", headers=headers)
        client.post(f"{path}{PLANTED}", data={"answer": PLANTED, "x": MAIL}, headers=headers)
    client.post("/desk/sign-in", data={"address": MAIL, "password": PLANTED}, headers=headers)
    # A column is gone: PostgreSQL's error repeats the whole row.
    with services.database.transaction() as session:
        session.execute(text("ALTER TABLE report RENAME COLUMN comment TO remark"))
    body = {"site": "gazette", "url": f"{ORIGIN}/{PLANTED}", "quote": {"exact": PLANTED}}
    answer = client.post(
        "/api/v1/reports",
        json=body | {"comment": PLANTED, "reader_email": MAIL},
        headers=headers,
        # Of somebody who has not sent anything yet.
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code in {500, 503}, answer.status_code


def broken_jobs(services: Services) -> None:
    """Let steps of work fail in each way there is."""

    def work(job: Job) -> Finish:
        if job.payload["how"] == "crash":
            crash_on(job.payload)
        if job.payload["how"] == "retry":
            raise RetryLater(f"550 <{MAIL}>: not now")
        raise GiveUp(f"550 {MAIL}: never")

    with services.database.transaction() as session:
        for how in ("crash", "retry", "dead"):
            enqueue(session, "trial", how, {"how": how, "who": MAIL}, now=NOW)
    Worker(
        services.database, {"trial": work}, clock=lambda: NOW, lease=timedelta(minutes=2),
    ).drain()  # fmt: skip


def crash_on(payload: dict[str, str]) -> None:
    """Fail as code does that met what nobody foresaw."""
    try:
        payload.pop(NASTY)
    except KeyError as error:
        raise ValueError(f"{NASTY} {payload}") from error


def foreign_words(services: Services) -> None:
    """Let libraries speak."""
    del services
    foreign = logging.getLogger("waitress")
    foreign.warning("Client disconnected while serving %s", f"/r/{PLANTED}?next={PLANTED}")
    foreign.error("could not connect to postgresql://copydesk:%s@db/x", PLANTED)
    foreign.error("Authorization: Bearer %s, from %s", PLANTED, MAIL)
    foreign.warning("three\nlines\u2028of it")
    foreign.info("too quiet to be heard")
    try:
        crash_on({})
    except ValueError:
        foreign.exception("Exception while serving /a/%s", PLANTED)
    warnings.warn(f"mind {MAIL}", UserWarning, stacklevel=1)


def crashes(services: Services) -> None:
    """End a thread and then the process by an exception."""
    thread = threading.Thread(target=crash_on, args=({},), name="worker-1")
    thread.start()
    thread.join()
    services.database.close()
    crash_on({})


def many_threads(services: Services) -> None:
    """Let eight threads speak at once, in two ways."""
    del services

    def say(number: int) -> None:
        for count in range(50):
            structlog.get_logger("copydesk.test").info("said", number=number, count=count)
            logging.getLogger("foreign").warning("said too %d %d", number, count)

    threads = [threading.Thread(target=say, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main(name: str, url: str) -> None:
    """Set up as `copydesk serve` does, and meet it."""
    configure_logs(LogSettings(level="debug"))
    services = build_services(
        Settings(
            server=ServerSettings(secret_key=SecretStr(SECRET_KEY)),
            database=DatabaseSettings(url=SecretStr(url)),
        )
    )
    upgrade(services.database)
    scenarios = (hostile_bodies, broken_jobs, foreign_words, crashes, many_threads)
    {one.__name__: one for one in scenarios}[name](services)
    services.database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
