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


def hand_over(path: Path, like: Path) -> None:
    """Let a file that root has made belong to whom ``like`` belongs to.

    The service runs as a user of its own, who can't open what root has made for its owner alone.
    Never through a link: that user could have us give away any file of root's.
    """
    if os.geteuid() == 0 and os.path.lexists(path) and path.lstat().st_uid == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
