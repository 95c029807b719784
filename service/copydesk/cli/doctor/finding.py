"""What is examined, and what an examination says."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from copydesk.services import Services
from copydesk.settings import Settings
from copydesk.store.whereabouts import file_of


@dataclass(frozen=True)
class Patient:
    """One installation, and the settings file that it was read from."""

    services: Services
    config: Path | None

    @property
    def settings(self) -> Settings:
        """What the operator has set."""
        return self.services.settings

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database."""
        return file_of(self.database_url)

    @property
    def database_url(self) -> str:
        """The address of the database; it may hold a password."""
        return self.settings.database.url.get_secret_value()


@dataclass(frozen=True)
class Finding:
    """What one check says."""

    level: Literal["ok", "warning", "failure"]
    words: str
    name: str = ""


Examination = Callable[[Patient], Finding]
Named = tuple[tuple[str, Examination], ...]
