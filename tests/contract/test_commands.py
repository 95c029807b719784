"""The documented commands are the commands there are."""

import re
from pathlib import Path

import click

from copydesk.cli import main

INSTALL = Path(__file__).parents[2] / "docs" / "install.md"


def commands(group: click.Group, prefix: str) -> set[str]:
    found: set[str] = set()
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix} {name}")
        else:
            found.add(f"{prefix} {name}")
    return found


def test_every_command_is_documented_and_no_other() -> None:
    text = INSTALL.read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `(copydesk [a-z -]+)` \|", text, re.MULTILINE))
    assert table == commands(main, "copydesk")


def test_every_command_explains_itself() -> None:
    def check(command: click.Command, path: str) -> None:
        assert command.help, path
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                check(inner, f"{path} {name}")

    check(main, "copydesk")
