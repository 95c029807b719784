"""How long PostgreSQL is waited for: a lane that waits for ever takes nobody's reports.

SQLite has one lock, and its own bound (``database.py``).
"""

from sqlalchemy import URL, ColumnElement, case, func, true

_CONNECTING: dict[str, int] = {
    "connect_timeout": 5,
    # A server that went without a word (power, a cut cable) would be waited for by TCP's own
    # patience: a quarter of an hour for an answer, two hours for the next call.
    "tcp_user_timeout": 10_000,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
_LOCK_TIMEOUT = "5s"
"""As long as SQLite's writers wait for their turn."""


def connect_args(url: URL) -> dict[str, int]:
    """Return what the driver is told; what the operator's address says of it stays as it is."""
    return {name: value for name, value in _CONNECTING.items() if name not in url.query}


def waits_briefly(dialect: str) -> list[ColumnElement[bool]]:
    """Return a condition that always holds; by reading with it a transaction bounds its waits.

    For the first statement of a transaction that somebody waits for: from then on a lock that
    another one holds for 5 s is an error. Only there, for a worker that gave up would repeat what
    it has done already, a mail for one. Within a statement that is sent anyway, because a SET LOCAL
    would be a round trip more for each group of reports; and not for the whole connection, because
    migrations and vacuums share it, and PgBouncer takes no such option.

    A ``lock_timeout`` that an operator has set (for the role, the database, in the address) stays.
    What that first statement itself waits for, a table that is locked as a whole, is not bounded.
    """
    if dialect != "postgresql":
        return []
    present = func.current_setting("lock_timeout")
    bounded = func.set_config("lock_timeout", _LOCK_TIMEOUT, true())
    return [case((present == "0", bounded), else_=present).is_not(None)]
