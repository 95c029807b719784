"""Where settings come from: a TOML file, the environment, and files that hold one secret each."""

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, EnvSettingsSource

ENV_PREFIX = "COPYDESK_"
CONFIG_VARIABLE = "COPYDESK_CONFIG"


def split_list(value: object) -> object:
    """Let the environment write lists with commas, ``a.example:80,b.example``, or as JSON."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            return json.loads(value)
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


class Environment(EnvSettingsSource):
    """The environment, with ``…_FILE`` replaced by what stands in that file."""

    def __call__(self) -> dict[str, Any]:
        """Return what the environment sets; raises ``OSError`` when a secret can't be read."""
        values = super().__call__()
        for variable, (section, key) in file_variables(self.settings_cls).items():
            if variable in os.environ:
                found = values[section]
                del found[f"{key}_file"]
                text = Path(os.environ[variable]).read_text(encoding="utf-8").strip()
                found.setdefault(key, text)
        return values


def read_toml(path: Path | None) -> tuple[dict[str, Any], list[str]]:
    """Return what the file sets, and what is wrong with it."""
    if path is None:
        return {}, []
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [f"{path}: {error}"]


def file_variables(settings: type[BaseSettings]) -> dict[str, tuple[str, str]]:
    """Map ``COPYDESK_SERVER__SECRET_KEY_FILE`` to its section and key, for every secret."""
    found = {}
    for section, info in settings.model_fields.items():
        model = info.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        for key, field in model.model_fields.items():
            if field.annotation is SecretStr:
                found[f"{ENV_PREFIX}{section}__{key}_FILE".upper()] = (section, key)
    return found


def known_variables(settings: type[BaseSettings]) -> list[str]:
    """Return every environment variable that has a meaning, in the order of the file."""
    names = [CONFIG_VARIABLE]
    for section, info in settings.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names += [f"{ENV_PREFIX}{section}__{key}".upper() for key in model.model_fields]
    return names + list(file_variables(settings))


def unknown_variables(settings: type[BaseSettings], environ: Mapping[str, str]) -> list[str]:
    """Name mistyped variables: pydantic-settings passes an unknown COPYDESK_TYPO in silence."""
    known = known_variables(settings)
    mistakes = []
    for name in sorted(environ):
        if name.startswith(ENV_PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            mistakes.append(f"{name}: no such setting{hint}")
    return mistakes
