"""A PostgreSQL database as the text that its own pg_dump makes of it."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from copydesk.errors import UsageError

PG_DUMP = "pg_dump"


def dump(url: URL, path: Path, *, ending: str) -> None:
    """Write all tables into ``path``, and ``ending`` after them. Raises ``UsageError``."""
    tool = shutil.which(PG_DUMP)
    if tool is None:
        raise UsageError(
            "pg_dump is not installed here: install PostgreSQL's client tools, or run pg_dump "
            "where they are"
        )
    address, environment = without_password(url)
    with path.open("wb") as file:
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell
            [tool, "--no-owner", "--no-privileges", address],
            stdout=file,
            stderr=subprocess.PIPE,
            env=os.environ | environment,
            check=False,
        )
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip().splitlines() or [""]
            raise UsageError(f"pg_dump failed: {words[-1]}")
        file.write(ending.encode())


def without_password(url: URL) -> tuple[str, dict[str, str]]:
    """Return the address for PostgreSQL's own tools, and the environment that holds its password.

    On the command line, every user of the machine could read it.
    """
    # Not url.set(password=None), which leaves the password as it is: it would be written as ***,
    # and libpq would take that for the password and never look at the environment.
    plain = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query={name: value for name, value in url.query.items() if name != "password"},
    )
    password = url.password or url.query.get("password")
    environment = {"PGPASSWORD": str(password)} if password else {}
    return plain.render_as_string(hide_password=False), environment
