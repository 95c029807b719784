"""A planted address and a planted network address are found nowhere afterwards: not in the file,
not in the log beside it, not in a dump, not in what was printed."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import delete, make_url, select, text
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import ORIGIN, make_author, make_site
from tests.postgres import dump, tools

from copydesk.cli import main
from copydesk.errata.history import record
from copydesk.errata.search_index import index_some
from copydesk.outbox import enqueue
from copydesk.privacy.person import ERASED, erase
from copydesk.services import Services
from copydesk.store.tables import (
    Author,
    Erratum,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Purpose,
    Report,
)
from copydesk.upkeep.backup import backup

RITA = "Rita.Planted@reader.example"
NADIA = "na.rita.planted@reader.example"
IP = "203.0.113.77"
V6 = "2001:db8:77:1234::77"
URL = f"{ORIGIN}/harbour/ferry"


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)


def run(*arguments: str, text: str = "") -> str:
    result = CliRunner().invoke(main, arguments, input=text)
    assert result.exit_code == 0, result.output
    return result.output


def everything_on_disk(services: Services, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the database as it lies there; of PostgreSQL, its dump."""
    url = make_url(services.settings.database.url.get_secret_value())
    if services.database.is_sqlite:
        assert url.database is not None
        for path in Path(url.database).parent.glob(Path(url.database).name + "*"):
            yield path.name, path.read_bytes()
        return
    yield "dump", dump(url)


def found(services: Services, folder: Path, *needles: str) -> list[tuple[str, str]]:
    return [
        (name, needle)
        for name, content in everything_on_disk(services, folder)
        for needle in needles
        if needle.lower().encode() in content.lower()
    ]


def fresh_backup(services: Services, folder: Path) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        if not services.database.is_sqlite:
            patch.setenv("PATH", str(tools()))
        backup(services.database, folder / "backup", now=services.clock())
    return (folder / "backup").read_bytes().lower()


def send(client: FlaskClient, **changes: object) -> None:
    body = {
        "site": "gazette",
        "url": URL,
        "quote": {"exact": "recieved", "prefix": "The harbour master ", "suffix": " a letter"},
        "suggestion": "received",
        "comment": "Please write to me.",
        "reader_email": RITA,
    }
    answer = client.post(
        "/api/v1/reports",
        json=body | changes,
        headers={"Origin": ORIGIN, "X-Forwarded-For": IP, "Forwarded": f"for={IP}"},
        environ_base={"REMOTE_ADDR": changes.get("remote", IP)},
    )
    assert answer.status_code == 201, answer.text


@pytest.fixture
def planted(services: Services, client: FlaskClient, clock: MovableClock) -> None:
    """Let Rita's address get everywhere it could get."""
    database = services.database
    with database.transaction() as session:
        make_site(session, clock())
    for _ in range(20):
        send(client)
        send(client, reader_email="", comment=f"I am {RITA.lower()}, write to me", remote=V6)
    send(client, reader_email=NADIA, comment=f"mailto:{NADIA}")
    send(
        client,
        reader_email="",
        comment="",
        url=f"{URL}?me=rita.planted%40reader.example",
        quote={"exact": f"Ask {RITA}"},
        suggestion=f"Ask <{RITA}>.",
        title=RITA,
        byline=RITA,
    )
    with database.transaction() as session:
        report = session.scalars(select(Report).order_by(Report.id)).first()
        assert report is not None
        record(session, report.erratum, who="Ed", what="note", now=clock(), note=f"asked {RITA}")
        report.erratum.declined_reason = f"{RITA} says so"
        message = Message(
            site_id=report.site_id,
            erratum_id=report.erratum_id,
            report_id=report.id,
            unique_key="thanks:1",
            purpose=Purpose.THANKS,
            recipient=RITA,
            state=MessageState.UNDELIVERABLE,
            last_error=f"550 <{RITA}>: no such user",
            created_at=clock(),
        )
        session.add(message)
        enqueue(session, "deliver", f"odd:{RITA}", {"to": [RITA, 1]}, now=clock())
        session.flush()
        job = session.scalars(select(OutboxJob).where(OutboxJob.unique_key == f"odd:{RITA}")).one()
        job.state, job.last_error = JobState.DEAD, f"550 {RITA}"


@pytest.mark.usefixtures("planted")
def test_a_network_address_is_stored_nowhere(
    services: Services, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert found(services, tmp_path, IP, "2001:db8:77", "20010db8007712340000000000000077") == []
    out, err = capfd.readouterr()
    assert IP not in out + err


@pytest.mark.usefixtures("planted")
def test_an_erased_address_is_found_nowhere(
    services: Services, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    database = services.database
    assert found(services, tmp_path, RITA) != []
    with database.reading() as session:
        errata = len(session.scalars(select(Erratum)).all())

    printed = run("reader", "erase", RITA.upper(), "--yes")
    assert "20 reports" in printed

    left = [
        (name, content)
        for name, content in everything_on_disk(services, tmp_path)
        for spelling in (b"rita.planted@", b"rita.planted%40")
        if spelling in content.lower().replace(NADIA.encode(), b"")
    ]
    assert [name for name, _content in left] == []
    assert b"rita.planted@" not in fresh_backup(services, tmp_path).replace(NADIA.encode(), b"")
    assert found(services, tmp_path, NADIA) != [], "erased too much"
    with database.reading() as session:
        assert len(session.scalars(select(Erratum)).all()) == errata
        assert session.scalars(select(OutboxJob.payload).where(
            OutboxJob.state == JobState.DEAD
        )).one() == {"to": [ERASED, 1]}  # fmt: skip
        comments = set(session.scalars(select(Report.comment)))
        assert comments == {"", f"I am {ERASED}, write to me", f"mailto:{NADIA}"}
        assert session.scalars(select(Message.last_error)).one() == f"550 <{ERASED}>: no such user"
    out, err = capfd.readouterr()
    assert "rita.planted" not in (out + err).lower()
    again = erase(database, RITA)
    assert (again.reports, again.texts) == (0, 0)


@pytest.mark.usefixtures("planted")
def test_what_is_kept_of_a_reader_can_be_handed_out(tmp_path: Path) -> None:
    exported = json.loads(run("reader", "export", RITA))
    assert len(exported["reports"]) == 20
    first = exported["reports"][0]
    assert first["comment"] == "Please write to me."
    assert first["status_url"].startswith("http://127.0.0.1:8000/r/")
    assert [mail["state"] for mail in first["mails"]] == ["undeliverable"]
    assert exported["rows_that_mention_it"]["report"] == 41

    file = tmp_path / "rita.json"
    run("reader", "export", RITA, "--output", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == exported


@pytest.mark.usefixtures("planted")
def test_an_author_who_writes_as_a_reader_stays_an_author(
    services: Services, clock: MovableClock
) -> None:
    database = services.database
    with database.transaction() as session:
        site_id = session.scalars(select(Report.site_id)).first()
        make_author(session, session.get_one(Report, 1).site, address=RITA.lower())
        session.add(
            Message(
                site_id=site_id, unique_key="m", purpose=Purpose.ERRATUM, recipient=RITA.lower(),
                created_at=clock(),
            )
        )  # fmt: skip
    printed = run("reader", "erase", RITA, text="y\n")
    assert "an author of yours" in printed
    with database.reading() as session:
        assert session.scalars(select(Author.address)).one() == RITA.lower()
        assert RITA.lower() in session.scalars(select(Message.recipient)).all()
        assert set(session.scalars(select(Report.reader_email))) == {"", NADIA}


@pytest.mark.usefixtures("planted")
def test_the_search_finds_nothing_of_what_was_erased(services: Services) -> None:
    def index() -> None:
        while True:
            with services.database.transaction() as session:
                if not index_some(session):
                    return

    def words() -> str:
        with services.database.reading() as session:
            rows = session.execute(text("SELECT words FROM erratum_search"))
            return " ".join(str(row[0]) for row in rows)

    index()
    assert "planted" in words()
    with services.database.transaction() as session:
        session.execute(delete(Report).where(Report.reader_email == NADIA))
    erase(services.database, RITA)
    # At once, not when the indexer comes by.
    assert "planted" not in words()
    index()
    assert "planted" not in words()
    assert "recieved" in words()


def test_nothing_is_erased_without_a_yes() -> None:
    result = CliRunner().invoke(main, ["reader", "erase", RITA], input="n\n")
    assert result.exit_code == 1
    assert CliRunner().invoke(main, ["reader", "erase", "%"]).exit_code == 2
