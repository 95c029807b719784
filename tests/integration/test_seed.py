"""The demo's past is told by the service itself; here is what must have come of it."""

import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from copydesk.demo.newspaper import newspapers
from copydesk.demo.servers import LOOPBACK
from copydesk.demo.stage import Ports, Stage, on_stage, sqlite_url
from copydesk.demo.story_clock import StoryClock
from copydesk.store.tables import (
    Article,
    Erratum,
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


def test_the_story_comes_true(database_url: str) -> None:
    with on_stage(database_url) as stage:
        check_states(stage)
        check_bylines(stage)
        check_mails(stage)
        check_times(stage)
        check_pages(stage)


def check_states(stage: Stage) -> None:
    with stage.services.database.reading() as session:
        errata = session.scalars(select(Erratum)).all()
        states = Counter(erratum.state for erratum in errata)
        proofs = Counter(erratum.proof for erratum in errata)
        assert session.scalar(select(func.count()).select_from(Report)) == 40
        assert set(states) == set(State), "every state is shown"
        assert states[State.CORRECTED] == 10
        assert proofs[Proof.NOT_FOUND] == 1
        assert proofs[Proof.UNREADABLE] == 1
        for erratum in errata:
            if erratum.state is State.CORRECTED:
                assert erratum.before != erratum.after
                assert erratum.quote in erratum.before
                assert erratum.correction_claimed_at is None
        reopened = select(HistoryEntry.erratum_id).where(
            HistoryEntry.from_state == State.CORRECTED, HistoryEntry.to_state == State.OPEN
        )
        assert len(session.scalars(reopened).all()) == 1, "the old version came back once"
        dead = select(OutboxJob).where(OutboxJob.state == JobState.DEAD)
        assert session.scalars(dead).all() == []


def check_bylines(stage: Stage) -> None:
    with stage.services.database.reading() as session:
        articles = session.scalars(select(Article).where(Article.byline_rule != "")).all()
        bylines = {article.canonical_url.rpartition("/")[2]: article for article in articles}
    assert len({article.byline_rule for article in articles}) >= 5
    assert bylines["pristan"].byline == "Марина Ветрова"
    assert bylines["orkestr"].byline == "Лидия Камышова; Тимур Ильин"
    assert bylines["clock"].byline == "Nora Whitlow; Silas Penhale"
    assert bylines["parom"].section == "Порт"


def check_mails(stage: Stage) -> None:
    with stage.services.database.reading() as session:
        messages = session.scalars(select(Message)).all()
    assert not [item for item in messages if item.state is MessageState.UNDELIVERABLE]
    thanks = [item for item in messages if item.purpose is Purpose.THANKS]
    assert len(thanks) >= 5
    assert {item.recipient for item in thanks} == {""}, "a reader's address is not kept in the log"
    assert stage.mailbox.to("rita@readers.example")
    sent = [item for item in messages if item.state is MessageState.SENT]
    assert len(stage.mailbox.all()) == len(sent)
    assert stage.mailbox.to("vetrova@chayka.example")
    assert stage.mailbox.to("juno@lantern.example"), "the deputy of an absent author"
    assert not stage.mailbox.to("silas@lantern.example")


def check_times(stage: Stage) -> None:
    now = datetime.now(UTC)
    with stage.services.database.reading() as session:
        received = session.scalars(select(Report.received_at).order_by(Report.received_at)).all()
        latest = session.scalar(select(func.max(HistoryEntry.at)))
    assert now - timedelta(days=4) < received[0] < now - timedelta(days=2)
    assert latest is not None
    assert latest <= now
    assert now - stage.services.clock() < timedelta(seconds=5), "the clock runs again"


def check_pages(stage: Stage) -> None:
    for paper in newspapers().values():
        for article in paper.articles:
            printed = stage.edition.get(paper.id, article.slug)
            assert printed.article == article, "only the planted errors are left"
    assert requests.get(stage.article_url("chayka", "pristan"), timeout=10).status_code == 200
    assert requests.get(f"{stage.service_url}/readyz", timeout=10).status_code == 200
    assert requests.get(stage.mail_url, timeout=10).status_code == 200
    link = stage.sign_in_url()
    assert requests.get(link, timeout=10).status_code == 200


def test_without_the_story_there_are_only_people(database_url: str) -> None:
    with on_stage(database_url, with_story=False) as stage:
        assert stage.mailbox.all() == []
        with stage.services.database.reading() as session:
            assert session.scalars(select(Erratum)).all() == []
    assert not [thread for thread in threading.enumerate() if thread.name == "worker"]


def test_a_taken_port_is_skipped() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        ports = Ports.choose(port)
    assert port not in {ports.service, ports.newspaper, ports.mail_view, ports.smtp}
    assert len({ports.service, ports.newspaper, ports.mail_view, ports.smtp}) == 4


def test_the_environment_can_not_lead_the_demo_to_a_real_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", "sqlite:////nowhere/real.db")
    monkeypatch.setenv("COPYDESK_MAIL__URL", "smtp://mail.example")
    with on_stage(sqlite_url(tmp_path), with_story=False) as stage:
        settings = stage.services.settings
        assert settings.database.url.get_secret_value() == sqlite_url(tmp_path)
        assert settings.mail.url.get_secret_value().startswith(f"smtp://{LOOPBACK}:")


def test_the_command_prints_its_links_and_stops_on_sigterm() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "copydesk", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        output = ""
        while "Ctrl+C" not in output:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            output += line
        for part in ("/chayka/", "/lantern/", "/desk/enter/"):
            assert part in output
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Stopping" in rest
    assert "Traceback" not in errors


def test_the_clock_of_the_story() -> None:
    clock = StoryClock()
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    clock.stand_at(moment)
    assert clock() == moment
    clock.run()
    assert datetime.now(UTC) - clock() < timedelta(seconds=5)
    with pytest.raises(ValueError, match="naive"):
        clock.stand_at(moment.replace(tzinfo=None))
