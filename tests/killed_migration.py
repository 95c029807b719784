"""Runs ``copydesk migrate`` and dies at its n-th statement, for ``test_migration_kills.py``.

Reads lines "<n> <config>" and answers with how each ended. One process for all of them, which
forks: a Python that starts anew for each of some hundred deaths would take minutes.
"""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from copydesk.cli.setup import make_tables
from copydesk.services import build_services
from copydesk.settings import load_settings


def migrate_and_die(number: int, config: Path) -> None:
    """Kill this process right before statement ``number``; 0: live."""
    services = build_services(load_settings(config))
    count = 0

    def watch(*arguments: object) -> None:
        nonlocal count
        del arguments
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", watch)
    make_tables(services)
    services.database.close()


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        number, _space, config = line.strip().partition(" ")
        child = os.fork()
        if child == 0:
            migrate_and_die(int(number), Path(config))
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
