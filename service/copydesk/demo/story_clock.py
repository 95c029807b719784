"""A clock that can be taken to the past and let run again."""

from datetime import datetime

from copydesk.clock import utc_now


class StoryClock:
    """Stands at a chosen moment while the past is told, and runs with the real time otherwise."""

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def __call__(self) -> datetime:
        """Return the moment it was taken to, else the present one."""
        return self._moment or utc_now()

    def stand_at(self, moment: datetime) -> None:
        """Stop at ``moment``; raises ``ValueError`` when it is naive."""
        if moment.tzinfo is None:
            raise ValueError("naive datetime: every time in Copydesk is aware")
        self._moment = moment

    def run(self) -> None:
        """Run with the real time from now on."""
        self._moment = None
