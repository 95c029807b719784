"""What an operator can set, with its default, its unit and its reason.

The order, strongest first: environment ``COPYDESK_<SECTION>__<KEY>``, a secret's file
``COPYDESK_<SECTION>__<KEY>_FILE``, the TOML file. ``config/copydesk.toml`` shows every key; a
contract test keeps it equal to this file. An unknown key or a wrong value stops the start with one
list of all mistakes, because an operator at night mends one list faster than five restarts.
"""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from copydesk.settings_checks import check_database_url, check_mail_url, check_sender
from copydesk.settings_sources import (
    CONFIG_VARIABLE,
    ENV_PREFIX,
    Environment,
    read_toml,
    split_list,
    unknown_variables,
)
from copydesk.urls import host_of

MIN_SECRET_CHARACTERS = 32


class SettingsInvalid(Exception):
    """The settings can't be used; ``mistakes`` lists every reason, one line each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(_Section):
    """The web side."""

    base_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr
    secret_key_fallbacks: Annotated[list[SecretStr], NoDecode] = []
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    bind: str = "127.0.0.1:8000"
    threads: int = Field(default=8, ge=1, le=64)
    metrics_token: SecretStr = SecretStr("")

    _split = field_validator("secret_key_fallbacks", mode="before")(split_list)

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an absolute http or https address")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must not have a path: the service lives at the root of its host")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < MIN_SECRET_CHARACTERS:
            raise ValueError(
                f"must have at least {MIN_SECRET_CHARACTERS} characters; `copydesk init` makes one"
            )
        return value

    @property
    def secure(self) -> bool:
        """Whether readers and editors reach the service over https."""
        return self.base_url.startswith("https://")

    @property
    def secret_keys(self) -> list[str]:
        """The signing key first, then those that are only still accepted."""
        return [key.get_secret_value() for key in (self.secret_key, *self.secret_key_fallbacks)]


class DatabaseSettings(_Section):
    """Where everything is kept."""

    url: SecretStr = SecretStr("sqlite:///var/copydesk.db")

    _check_url = field_validator("url")(check_database_url)


class MailSettings(_Section):
    """How mail leaves."""

    url: SecretStr = SecretStr("console:")
    sender: str = "Copydesk <copydesk@localhost>"
    deadline_seconds: int = Field(default=60, ge=1, le=110)

    _check_url = field_validator("url")(check_mail_url)
    _check_sender = field_validator("sender")(check_sender)


class FetchSettings(_Section):
    """How the service reads articles."""

    allow_hosts: Annotated[list[str], NoDecode] = []
    deadline_seconds: float = Field(default=10, gt=0, le=60)
    max_bytes: int = Field(default=2 * 1024 * 1024, ge=10_000, le=20 * 1024 * 1024)
    user_agent: str = ""
    host_gap_seconds: float = Field(default=2, ge=0, le=60)

    _split = field_validator("allow_hosts", mode="before")(split_list)

    @field_validator("allow_hosts")
    @classmethod
    def _hosts(cls, value: list[str]) -> list[str]:
        for entry in value:
            try:
                host_of(f"//{entry.strip()}")
            except ValueError:
                raise ValueError("must be a list of host or host:port") from None
            if "/" in entry:
                raise ValueError("must be a list of host or host:port, without a scheme or path")
        return value


class LimitSettings(_Section):
    """How much of anything one party may cause."""

    reports_per_address_hour: int = Field(default=30, ge=1)
    reports_per_page_hour: int = Field(default=200, ge=1)
    reports_per_site_hour: int = Field(default=2000, ge=1)
    mails_per_recipient_hour: int = Field(default=4, ge=1)
    mails_per_recipient_day: int = Field(default=20, ge=1)
    sign_ins_per_address_quarter: int = Field(default=20, ge=1)
    sign_ins_per_account_quarter: int = Field(default=10, ge=1)


class ProofOfWorkSettings(_Section):
    """Whether a report must be paid for with some computing, and how much (``docs/adr/0018``)."""

    is_on: bool = False
    most_tries: int = Field(default=50_000, ge=1000, le=10_000_000)
    valid_minutes: int = Field(default=10, ge=1, le=60)


class PrivacySettings(_Section):
    """How long anything about a reader is kept."""

    # At most 90: the dialog promises readers so.
    reader_email_days: int = Field(default=90, ge=1, le=90)
    comment_days: int = Field(default=365, ge=1, le=3650)
    closed_days: int = Field(default=1095, ge=30, le=36_500)
    spam_days: int = Field(default=30, ge=1, le=3650)


class WorkerSettings(_Section):
    """The work that follows a report."""

    poll_seconds: float = Field(default=1.0, gt=0, le=60)
    lease_seconds: int = Field(default=120, ge=1)
    # Of a mail that its server puts off (4xx). A server that is away is waited for without an end.
    give_up_hours: int = Field(default=72, ge=1)
    reading_threads: int = Field(default=4, ge=1, le=32)
    # 0: two on PostgreSQL, one on SQLite.
    mail_threads: int = Field(default=0, ge=0, le=32)


class LogSettings(_Section):
    """What the log looks like."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Settings(BaseSettings):
    """Everything an operator can set. Frozen: it is read once, at the start."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    server: ServerSettings
    database: DatabaseSettings = DatabaseSettings()
    mail: MailSettings = MailSettings()
    fetch: FetchSettings = FetchSettings()
    limits: LimitSettings = LimitSettings()
    proof_of_work: ProofOfWorkSettings = ProofOfWorkSettings()
    privacy: PrivacySettings = PrivacySettings()
    worker: WorkerSettings = WorkerSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what was given (the TOML file); no .env magic."""
        del env_settings, dotenv_settings, file_secret_settings
        return (Environment(settings_cls), init_settings)


def load_settings(config: Path | None = None) -> Settings:
    """Read the settings from the TOML file and the environment.

    ``config`` defaults to ``COPYDESK_CONFIG``, then to ``copydesk.toml`` in the working directory
    if there is one. Raises ``SettingsInvalid`` with every mistake found.
    """
    path = config or configured_path()
    values, mistakes = read_toml(path)
    mistakes += unknown_variables(Settings, os.environ)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        mistakes += [_explain(item["loc"], item["msg"]) for item in error.errors()]
    except OSError as error:
        mistakes.append(f"a secret's file can't be read: {error}")
    if mistakes:
        raise SettingsInvalid(mistakes)
    return settings


def configured_path() -> Path | None:
    """Return the settings file that is read when none is named, if there is one."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    local = Path("copydesk.toml")
    return local if local.exists() else None


def _explain(location: tuple[int | str, ...], message: str) -> str:
    path = ".".join(str(part) for part in location)
    if message == "Field required" and path in {"server", "server.secret_key"}:
        return "server.secret_key: is missing; `copydesk init` makes one"
    if message == "Extra inputs are not permitted":
        return f"{path}: no such setting"
    return f"{path}: {message.removeprefix('Value error, ')}"
