"""What becomes of connections to PostgreSQL that are no good any more."""

from select import POLLIN, poll
from typing import Any

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import DisconnectionError, OperationalError

_READ_ONLY = "25006"


def watch_connections(engine: Engine) -> None:
    """Have the pool of ``engine`` find out by itself which of its connections to replace."""
    event.listen(engine, "checkout", _refuse_dropped)
    event.listen(engine, "handle_error", _give_up_read_only)


def _refuse_dropped(connection: Any, record: Any, proxy: object) -> None:
    """Have the pool open another connection instead of one that the server has closed meanwhile.

    An idle connection has nothing to read but its end. SQLAlchemy's own check, a statement each
    time, costs a round trip, and sees no more than this of a server that went without a word.
    """
    del proxy
    if "was_in_use" not in record.info:
        # Opened this moment. If it has ended already, the first statement says so by an error of
        # the database; a second refusal would be raised as if the caller had made a mistake.
        record.info["was_in_use"] = True
        return
    if connection.closed or _is_readable(connection.fileno()):
        raise DisconnectionError("the server closed this connection")


def _is_readable(file: int) -> bool:
    waiting = poll()  # select() knows no file above 1,023
    waiting.register(file, POLLIN)
    return bool(waiting.poll(0))


def only_lets_us_read(refusal: BaseException) -> bool:
    """Say whether the server refused a write because it takes none."""
    return getattr(refusal, "sqlstate", None) == _READ_ONLY


def _give_up_read_only(context: ExceptionContext) -> BaseException | None:
    """Take a server that only lets us read for one that is away.

    It is a standby by now, or a host has locked it because its disk is full. A connection stays
    what the server was when it was opened: the pool opens new ones.
    """
    refusal = context.original_exception
    if not only_lets_us_read(refusal):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, refusal)
