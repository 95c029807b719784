"""The sample configuration is the manual: it must say what the code does."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, SecretStr

from copydesk.settings import Settings

FILE = Path(__file__).parents[2] / "config" / "copydesk.toml"
TEXT = FILE.read_text(encoding="utf-8")
WRITTEN = tomllib.loads(TEXT)


def declared() -> dict[str, dict[str, object]]:
    sections: dict[str, dict[str, object]] = {}
    for name, info in Settings.model_fields.items():
        model = info.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        sections[name] = {key: field.default for key, field in model.model_fields.items()}
    return sections


def test_the_file_has_every_key_and_no_other() -> None:
    for section, keys in declared().items():
        written = set(WRITTEN[section])
        if section == "server":
            written.add("secret_key")  # stands there as a comment: it has no default
        assert written == set(keys), section
    assert set(WRITTEN) == set(declared())


def test_the_file_shows_the_defaults() -> None:
    for section, keys in WRITTEN.items():
        for key, value in keys.items():
            default = declared()[section][key]
            if isinstance(default, SecretStr):
                default = default.get_secret_value()
            assert value == default, f"{section}.{key}"


def test_every_key_has_its_reason() -> None:
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            above = number - 1
            while lines[above] and not lines[above].startswith(("#", "[")):
                above -= 1
            assert lines[above].startswith("#"), f"{line}: say why"
