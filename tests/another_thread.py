"""What another thread does meanwhile, on PostgreSQL, where it may have to wait for a lock."""

import threading
from collections.abc import Callable

from sqlalchemy import text

from copydesk.store.database import Database

WAIT_SECONDS = 60


def begun(db: Database, step: Callable[[], object]) -> Callable[[], None]:
    """Let another thread begin ``step``; return once it has ended or waits for somebody's lock.

    What is returned waits for its end.
    """
    problems: list[BaseException] = []

    def guarded() -> None:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            problems.append(error)

    def ended() -> None:
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive()
        assert problems == []

    thread = threading.Thread(target=guarded)
    thread.start()
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while thread.is_alive() and not watcher.scalar(waiting):
            pass
    return ended
