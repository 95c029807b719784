"""How many reports may come: counted in the database, because several processes must agree.

Counted for a group of reports at once, and judged one after another: a report that is refused
counts against nobody.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from copydesk.errors import TooMany
from copydesk.settings import LimitSettings
from copydesk.store.counters import count_all, take_back, window_end
from copydesk.urls import normalise_url

HOUR = timedelta(hours=1)
TIMES_A_NETWORK = 10
"""So many times as much as from one address may come from a /48 of IPv6: a firm or a small provider
for one, and somebody with all the addresses of a rented server for another."""


@dataclass(frozen=True)
class Sender:
    """Against whom a report counts."""

    site_id: int
    url: str
    reader_key: str
    network_key: str = ""
    """Of the wider network that the reader's is part of; empty: there is none."""


def check_limits(
    session: Session, senders: Sequence[Sender], limits: LimitSettings, *, now: datetime
) -> list[TooMany | None]:
    """Count each report against its reader, network, page and site; return why it is refused."""
    if not senders:
        return []
    keys = [_keys(sender, limits) for sender in senders]
    asked = Counter(key for one in keys for key in one)
    before = count_all(session, asked, window=HOUR, now=now)
    taken: Counter[str] = Counter()
    refusals: list[TooMany | None] = []
    wait = max(1, int((window_end(HOUR, now) - now).total_seconds()) + 1)
    for one in keys:
        if any(before[key] + taken[key] >= limit for key, limit in one.items()):
            refusals.append(TooMany("Too many reports; please try later.", retry_after=wait))
        else:
            taken.update(one.keys())
            refusals.append(None)
    take_back(session, asked - taken, window=HOUR, now=now)
    return refusals


def _keys(sender: Sender, limits: LimitSettings) -> dict[str, int]:
    page = hashlib.sha256(normalise_url(sender.url).encode()).hexdigest()[:32]
    keys = {
        f"report:address:{sender.reader_key}": limits.reports_per_address_hour,
        f"report:page:{sender.site_id}:{page}": limits.reports_per_page_hour,
        f"report:site:{sender.site_id}": limits.reports_per_site_hour,
    }
    if sender.network_key:
        of_network = f"report:network:{sender.network_key}"
        keys[of_network] = TIMES_A_NETWORK * limits.reports_per_address_hour
    return keys
