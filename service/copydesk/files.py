"""Files that hold readers' words: for their owner alone from the first byte on."""

import os
from pathlib import Path

OWNER_ONLY = 0o600


def create_private(path: Path) -> int:
    """Make ``path``, open it for writing and return its descriptor; raises FileExistsError."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY)


def write_private(path: Path, text: str) -> None:
    """Write ``text`` into a new file that its owner alone may read; raises FileExistsError."""
    with os.fdopen(create_private(path), "w", encoding="utf-8") as file:
        file.write(text)
