"""What is examined, and what an examination says."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url

from copydesk.services import Services
from copydesk.settings import Settings


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
        if not self.services.database.is_sqlite:
            return None
        return Path(str(make_url(self.settings.database.url.get_secret_value()).database))


@dataclass(frozen=True)
class Finding:
    """What one check says."""

    level: Literal["ok", "warning", "failure"]
    words: str
    name: str = ""


Examination = Callable[[Patient], Finding]
Named = tuple[tuple[str, Examination], ...]
