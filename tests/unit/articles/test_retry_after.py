from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from copydesk.articles.retry_after import LONGEST, retry_after

DATE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("999999", LONGEST.total_seconds()),
        ("9" * 400, LONGEST.total_seconds()),
        (at(DATE + timedelta(minutes=3)), 180),
        (at(DATE - timedelta(minutes=3)), 0),
        (at(DATE + timedelta(days=400)), LONGEST.total_seconds()),
        ("Monday, 02-Mar-26 09:01:00 GMT", 60),
        ("Mon Mar  2 09:01:00 2026", 60),
    ],
)
def test_seconds_and_dates(value: str, seconds: float) -> None:
    pause = retry_after({"Retry-After": value, "Date": at(DATE)})
    assert pause == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "1.5", "٣٠", "1e3", "Fri, 99 Mar 2026 09:00:00 GMT", "\x00"]
)
def test_what_is_no_time_names_none(value: str) -> None:
    assert retry_after({"Retry-After": value}) is None


def test_a_date_without_the_server_s_own_counts_from_now() -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    pause = retry_after({"Retry-After": at(moment)})
    assert pause is not None
    assert timedelta(minutes=50) < pause <= timedelta(hours=1)
