"""The operator's first quarter of an hour, by the commands of the contract."""

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from copydesk.cli import main
from copydesk.cli.outbox import BATCH
from copydesk.clock import utc_now
from copydesk.outbox import enqueue
from copydesk.store.database import Database
from copydesk.store.tables import Author, Desk, Editor, JobState, OutboxJob, Role, Site
from copydesk.tokens import hash_token

PASSWORD = "a password nobody would guess"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=text)


def ok(*arguments: str, text: str = "") -> str:
    result = run(*arguments, text=text)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_init_to_a_newsroom(tmp_path: Path, database_url: str) -> None:
    ok("init")
    config = tmp_path / "copydesk.toml"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    before = config.read_text()
    assert "left as it is" in ok("init")
    assert config.read_text() == before

    printed = ok(
        "site", "add", "--key", "gazette", "--name", "The Gazette", "--host", "News.Example",
        "--host", "news.example:8443", "--lang", "en", "--timezone", "Europe/London",
    )  # fmt: skip
    assert '/copydesk.js" data-site="gazette"></script>' in printed
    ok("author", "add", "--site", "gazette", "--name", "Ada Byrne", "--email", "ada@news.example",
       "--alias", "A. Byrne")  # fmt: skip
    ok("desk", "add", "--site", "gazette", "--email", "sport@news.example", "--section", "/sport/")
    ok("editor", "add", "--email", "Ed@News.example", "--role", "editor", "--site", "gazette",
       "--password-stdin", text=PASSWORD + "\n")  # fmt: skip
    link = ok("editor", "link", "--email", "ed@news.example").strip()

    database = Database(database_url)
    with database.reading() as session:
        site = session.scalars(select(Site)).one()
        assert site.hosts == ["news.example", "news.example:8443"]
        assert site.origins == ["https://news.example", "https://news.example:8443"]
        assert session.scalars(select(Author)).one().name_variants == ["A. Byrne"]
        assert session.scalars(select(Desk)).one().section_patterns == ["/sport/"]
        editor = session.scalars(select(Editor)).one()
        assert (editor.address, editor.roles[0].role) == ("ed@news.example", Role.EDITOR)
        assert PASSWORD not in editor.password_hash
    token = link.rpartition("/")[2]
    assert hash_token(token) != token
    database.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("site", "add", "--key", "Bad Key", "--name", "x", "--host", "a.example"), "--key"),
        (("site", "add", "--key", "k", "--name", "x", "--host", "a b"), "--host"),
        (
            ("site", "add", "--key", "k", "--name", "x", "--host", "a.example",
             "--timezone", "Mars/Olympus"),
            "--timezone",
        ),
        (
            ("author", "add", "--site", "nobody", "--name", "x", "--email", "a@b.example"),
            "no site",
        ),
        (("desk", "add", "--site", "k", "--email", "not an address"), "--email"),
        (("editor", "link", "--email", "nobody@news.example"), "no editor"),
    ],
)  # fmt: skip
def test_a_wrong_word_gets_a_clear_answer(arguments: tuple[str, ...], words: str) -> None:
    ok("init")
    result = run(*arguments)
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_short_password_is_refused() -> None:
    ok("init")
    result = run("editor", "add", "--email", "ed@news.example", "--role", "admin",
                 "--password-stdin", text="short\n")  # fmt: skip
    assert result.exit_code == 1
    assert "at least" in result.output


def test_without_tables_a_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", "x" * 40)
    result = run("worker", "--drain")
    assert result.exit_code == 1
    assert "copydesk migrate" in result.output


def test_all_mistakes_of_the_settings_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__THREADS", "many")
    result = run("migrate")
    assert result.exit_code == 1
    assert "secret_key" in result.output
    assert "threads" in result.output


def test_doctor_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    ok("init")
    healthy = run("doctor")
    assert healthy.exit_code == 0, healthy.output
    assert healthy.output.count("ok") >= 4

    monkeypatch.setenv("COPYDESK_MAIL__URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("COPYDESK_SERVER__BASE_URL", "http://errata.example")
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", "a" * 40)
    ill = run("doctor")
    assert ill.exit_code == 1
    for name in ("mail", "base URL", "secret"):
        assert re.search(rf"^failure +{name} ", ill.output, re.MULTILINE), (name, ill.output)


def test_draining_an_empty_outbox_ends(database_url: str) -> None:
    ok("init")
    assert "0 steps done" in ok("worker", "--drain")


def test_what_was_given_up_is_let_go_by_kind(database_url: str) -> None:
    ok("init")
    assert "Nothing is given up." in ok("outbox", "discard")
    database = Database(database_url)
    now = utc_now()
    with database.transaction() as session:
        for number in range(BATCH + 1):
            enqueue(session, "notify", f"n{number}", {}, now=now)
        enqueue(session, "deliver", "d", {"message_id": 1}, now=now)
        dead = update(OutboxJob).values(state=JobState.DEAD, finished_at=now)
        session.execute(dead.where(OutboxJob.kind.in_(("notify", "deliver"))))
        enqueue(session, "notify", "waits", {}, now=now)
    told = ok("outbox", "discard")
    assert re.search(rf"^notify +{BATCH + 1}$", told, re.MULTILINE)
    assert re.search(r"^deliver +1$", told, re.MULTILINE)
    assert "Let go" not in told
    told = ok("outbox", "discard", "notify")
    assert f"Let go: {BATCH + 1} jobs." in told
    assert not re.search(r"^notify", told, re.MULTILINE)
    assert "Let go: 1 jobs.\nNothing is given up." in ok("outbox", "discard", "--all")
    with database.reading() as session:
        waiting = session.scalars(
            select(OutboxJob.unique_key).where(OutboxJob.state == JobState.PENDING)
        )
        assert "waits" in waiting.all()
    database.close()
