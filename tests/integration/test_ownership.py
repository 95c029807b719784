"""What root makes belongs to the service's user, or the service could not open it."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from copydesk.cli import main

COPYDESK = (12345, 23456)
"""The user and the group that the service runs as."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "copydesk"
    made.mkdir(mode=0o700)
    os.chown(made, *COPYDESK)
    return made


def ok(folder: Path, *arguments: str | Path) -> None:
    config = str(folder / "copydesk.toml")
    result = CliRunner().invoke(main, ["--config", config, *map(str, arguments)])
    assert result.exit_code == 0, result.output


def owners(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_uid, path.stat().st_gid) for path in folder.iterdir()}


def test_what_root_makes_belongs_to_the_owner_of_its_folder(folder: Path, tmp_path: Path) -> None:
    ok(folder, "init", "--database", folder / "copydesk.db")
    assert {"copydesk.toml", "copydesk.db", "copydesk.db.lock"} <= set(owners(folder))
    assert set(owners(folder).values()) == {COPYDESK}
    ok(folder, "backup", tmp_path / "copy")

    (folder / "copydesk.db.lock").unlink()
    (folder / "copydesk.db").unlink()
    ok(folder, "restore", tmp_path / "copy")
    ok(folder, "outbox", "resume")
    assert "copydesk.db.lock" in owners(folder)
    assert set(owners(folder).values()) == {COPYDESK}


def test_a_restored_file_belongs_to_the_owner_of_the_one_before(
    folder: Path, tmp_path: Path
) -> None:
    ok(folder, "init", "--database", folder / "copydesk.db")
    ok(folder, "backup", tmp_path / "copy")
    os.chown(folder, 0, 0)
    ok(folder, "restore", tmp_path / "copy")
    assert owners(folder)["copydesk.db"] == COPYDESK


def test_root_gives_no_file_away_through_a_link(folder: Path, tmp_path: Path) -> None:
    ok(folder, "init", "--database", folder / "copydesk.db")
    of_root = tmp_path / "of root"
    of_root.touch(mode=0o600)
    (folder / "copydesk.db.serve").symlink_to(of_root)
    ok(folder, "outbox", "freeze")
    assert of_root.stat().st_uid == 0
