"""The units do what docs/install.md relies on."""

import configparser
import re
from pathlib import Path

import pytest

CONFIG = Path(__file__).parents[2] / "config"
UNITS = sorted(CONFIG.glob("*.service"))
OURS = [path for path in UNITS if "User=copydesk" in path.read_text(encoding="utf-8")]


def service(path: Path) -> dict[str, str]:
    # Of a key that stands there twice, the last one.
    unit = configparser.RawConfigParser(strict=False, delimiters=("=",))
    unit.optionxform = str  # type: ignore[method-assign,assignment]  # the documented way
    unit.read_string(path.read_text(encoding="utf-8"))
    return dict(unit["Service"])


def test_there_are_units() -> None:
    assert {path.name for path in OURS} >= {"copydesk.service", "copydesk-backup.service"}


@pytest.mark.parametrize("unit", OURS, ids=lambda path: path.name)
def test_readers_words_are_for_the_service_alone(unit: Path) -> None:
    """Without the mode, systemd opens the folder to everybody at each start."""
    found = service(unit)
    assert found["StateDirectory"].split()[0] == "copydesk"
    assert found["StateDirectoryMode"] == "0700"
    assert found["UMask"] == "0077"


def test_a_long_migration_is_not_killed() -> None:
    found = service(CONFIG / "copydesk.service")
    assert found["ExecStartPre"].endswith(" migrate")
    assert found["TimeoutStartSec"] == "infinity"


def test_a_failed_backup_is_told() -> None:
    text = (CONFIG / "copydesk-backup.service").read_text(encoding="utf-8")
    (alarm,) = re.findall(r"^OnFailure=(.+)@%N\.service$", text, re.MULTILINE)
    assert (CONFIG / f"{alarm}@.service").is_file()
