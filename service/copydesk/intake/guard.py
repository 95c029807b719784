"""May this report come in? Site, host and origin, each refusal with its own status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from copydesk.errors import CopydeskError, Gone, NotAllowed, NotFound
from copydesk.intake.payload import ReportDraft
from copydesk.networks import network_of
from copydesk.store.base import table_of
from copydesk.store.daily_salt import day_of, salt_of_the_day
from copydesk.store.patience import waits_briefly
from copydesk.store.prepared import Prepared, among
from copydesk.store.tables import DailySalt, Site
from copydesk.tokens import Signer
from copydesk.urls import host_of, origin_of

_SITE, _DAILY = table_of(Site), table_of(DailySalt)
_SALT = select(_DAILY.c.salt).where(_DAILY.c.day == bindparam("day")).scalar_subquery()
_SITES = Prepared(
    lambda dialect: select(
        _SITE.c.key,
        _SITE.c.id,
        _SITE.c.hosts,
        _SITE.c.origins,
        _SITE.c.is_on,
        _SITE.c.widget_seen_at,
        _SALT,
    ).where(among(_SITE.c.key, "keys", dialect), *waits_briefly(dialect))
)


@dataclass(frozen=True)
class KnownSite:
    """What must be known of a site to judge a report."""

    id: int
    hosts: Sequence[str]
    origins: Sequence[str]
    is_on: bool
    widget_seen_at: datetime | None
    salt: bytes | None
    """Of the day, the same for every site: read along, for a statement less. None: none yet."""


def sites_of(session: Session, keys: set[str], now: datetime) -> dict[str, KnownSite]:
    """Return the sites with these keys; the first statement of a group of reports."""
    asked = {"keys": list(keys), "day": day_of(now)}
    return {key: KnownSite(*known) for key, *known in _SITES.rows(session, asked)}


def refusal(site: KnownSite | None, draft: ReportDraft, origin: str | None) -> CopydeskError | None:
    """Return why a report of ``site`` is not taken: ``NotFound``, ``Gone`` or ``NotAllowed``.

    A browser always sends Origin across origins (Fetch §3.2); a missing one is let through because
    whoever can leave it out can forge it as well.
    """
    if site is None:
        return NotFound("There is no site with this key.")
    if not site.is_on:
        return Gone("This site no longer takes reports.")
    if host_of(draft.url) not in site.hosts:
        return NotAllowed("The page is not one of this site's.")
    if origin is not None and not _is_known_origin(site, origin):
        return NotAllowed("This origin is not one of the site's.")
    return None


@dataclass(frozen=True)
class ReaderKeys:
    """Pseudonyms of a reader's network, the same all day; they mean nothing after it."""

    address: str
    network: str
    """Of the wider network; empty where there is none."""


def reader_keys(
    session: Session,
    signer: Signer,
    addresses: Sequence[str | None],
    salt: bytes | None,
    now: datetime,
) -> list[ReaderKeys]:
    """Return for each network address by what it is counted; the address itself is never stored.

    The ``salt`` of the day is made when there is none yet.
    """
    salt = salt or salt_of_the_day(session, now)
    keys = []
    for network in map(network_of, addresses):
        wide = signer.pseudonym("network", network.wide, salt) if network.wide else ""
        keys.append(ReaderKeys(signer.pseudonym("reader", network.narrow, salt), wide))
    return keys


def _is_known_origin(site: KnownSite, origin: str) -> bool:
    try:
        return origin_of(origin) in site.origins
    except ValueError:  # "null", or no address at all
        return False
