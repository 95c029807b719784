"""Which database a command works on: always the service's, from whatever folder it is given."""

import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.conftest import SECRET_KEY

from copydesk.cli import main
from copydesk.store.database import Database
from copydesk.store.migrate import is_current

RELATIVE = f'[server]\nsecret_key = "{SECRET_KEY}"\n'
"""A settings file as they were: the database is var/copydesk.db in the working directory."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folder that the service runs in, and go there."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def ok(*arguments: str | Path) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str | Path) -> str:
    result = run(*arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output


def test_what_init_writes_means_the_same_file_everywhere(
    home: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = home / "copydesk.toml"
    file = home / "var" / "copydesk.db"
    assert f"is ready: {file}." in ok("--config", config, "init")
    monkeypatch.chdir(elsewhere)
    copy = elsewhere / "copy"
    assert f"a copy of {file}." in ok("--config", config, "backup", copy)
    assert f"up to date: {file}." in ok("--config", config, "migrate")
    assert f"takes writes: {file}\n" in ok("--config", config, "doctor")
    assert f"Restored as {file}." in ok("--config", config, "restore", copy)
    ok("--config", config, "outbox", "resume")
    assert list(elsewhere.iterdir()) == [copy]


def test_init_takes_the_file_it_is_told(home: Path, elsewhere: Path) -> None:
    file = elsewhere / 'it\'s "odd" #1?.db'
    ok("--config", home / "copydesk.toml", "init", "--database", file)
    with closing(Database(f'sqlite:///{elsewhere}/it\'s "odd" %231%3F.db')) as database:
        assert is_current(database)
    assert file.exists()
    again = refused("--config", home / "copydesk.toml", "init", "--database", home / "b.db")
    assert "says already where the database is" in again
    assert not (home / "b.db").exists()


def test_init_leaves_the_environment_its_database(
    home: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", f"sqlite:///{elsewhere}/a.db")
    assert "COPYDESK_DATABASE__URL" in refused("init", "--database", home / "b.db")
    assert list(home.iterdir()) == []
    ok("init")
    assert "[database]" not in (home / "copydesk.toml").read_text()
    assert (elsewhere / "a.db").exists()


def test_init_says_which_folder_is_missing(home: Path) -> None:
    output = refused("--config", home / "none" / "copydesk.toml", "init")
    assert f"there is no folder {home}/none" in output


def test_the_folder_of_the_database_may_be_somebody_elses(home: Path) -> None:
    (home / "file").touch()
    output = refused("init", "--database", home / "file" / "copydesk.db")
    assert "folder can't be made" in output


@pytest.mark.parametrize(
    "command",
    [
        ["backup", "copy"],
        ["outbox", "freeze"],
        ["outbox", "resume"],
        ["purge", "--dry-run"],
        ["worker", "--drain"],
        ["serve"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_no_command_makes_an_empty_database(
    home: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    config = home / "copydesk.toml"
    config.write_text(RELATIVE)
    assert f"was made: {home}/var/copydesk.db." in ok("migrate")
    monkeypatch.chdir(elsewhere)
    output = refused("--config", config, *command)
    assert f"there is no database {elsewhere}/var/copydesk.db" in output
    assert list(elsewhere.iterdir()) == []


def test_a_relative_address_still_finds_what_is_there(home: Path) -> None:
    config = home / "copydesk.toml"
    config.write_text(RELATIVE)
    config.chmod(0o600)
    ok("migrate")
    file = home / "var" / "copydesk.db"
    output = ok("doctor")
    assert f"takes writes: {file}; in another folder" in output
    assert f'database.url = "sqlite:///{file}"' in output
    assert f"a copy of {file}." in ok("backup", "copy")
    assert f"Restored as {file}." in ok("restore", "copy")


def test_a_restore_makes_no_second_database_beside_the_service_s(
    home: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = home / "copydesk.toml"
    config.write_text(RELATIVE)
    ok("migrate")
    ok("backup", home / "copy")
    monkeypatch.chdir(elsewhere)
    output = refused("--config", config, "restore", home / "copy")
    assert f"such as sqlite:///{elsewhere}/var/copydesk.db" in output
    assert list(elsewhere.iterdir()) == []
    monkeypatch.setenv("COPYDESK_DATABASE__URL", f"sqlite:///{elsewhere}/new/copydesk.db")
    assert "Restored as" in ok("--config", config, "restore", home / "copy")


def test_a_server_that_is_away_is_told_without_a_trace(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("COPYDESK_DATABASE__URL", "postgresql://keeper:geheim@127.0.0.1:9/desk")
    output = refused("migrate")
    assert "the database can't be used" in output
    assert "geheim" not in output


def test_a_missing_driver_is_told_in_a_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ok("init")
    for module in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if not there
    source = f"sqlite:///{home}/var/copydesk.db"
    target = "postgresql://keeper@127.0.0.1:9/desk"
    assert "driver is not installed" in refused("migrate-database", source, target)
    monkeypatch.setenv("COPYDESK_DATABASE__URL", target)
    assert "driver is not installed" in refused("backup", home / "copy")
