"""The Retry-After header (RFC 9110, 10.2.3): seconds, or a date. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from copydesk.clock import utc_now

LONGEST = timedelta(days=1)
"""A server that wants longer than this is mistaken, or wants to be forgotten."""
_MOST_DIGITS = 9


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the pause a server asks for, at most ``LONGEST``; None when it names none.

    A date is counted from the server's own ``Date``: its clock may be wrong, but it is one clock.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        seconds = int(value[:_MOST_DIGITS])
        return min(LONGEST, timedelta(seconds=seconds))
    moment = _date(value)
    if moment is None:
        return None
    now = _date(headers.get("Date", "")) or utc_now()
    return min(LONGEST, max(timedelta(0), moment - now))


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    # RFC 9110, 5.6.7: always in GMT, also where the text says nothing of it.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
