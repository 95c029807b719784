"""May this report come in? Site, host and origin, each refusal with its own status."""

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from copydesk.errors import CopydeskError, Gone, NotAllowed, NotFound
from copydesk.intake.payload import ReportDraft
from copydesk.store.base import table_of
from copydesk.store.database import insert_into
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
    asked = {"keys": list(keys), "day": _day(now)}
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


def pseudonyms(
    session: Session,
    signer: Signer,
    addresses: Sequence[str | None],
    salt: bytes | None,
    now: datetime,
) -> list[str]:
    """Return for each network address a key that is the same all day and means nothing after it.

    IPv6: the /64, because one household owns that many addresses. The ``salt`` of the day is made
    when there is none yet, lives in the database and is deleted by housekeeping; the address itself
    is never stored.
    """
    salt = salt or _make_salt(session, _day(now))
    return [signer.pseudonym("reader", _network(address), salt) for address in addresses]


def _is_known_origin(site: KnownSite, origin: str) -> bool:
    try:
        return origin_of(origin) in site.origins
    except ValueError:  # "null", or no address at all
        return False


def _network(address: str | None) -> str:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _day(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"


def _make_salt(session: Session, day: str) -> bytes:
    """Return the salt of the day: ours, or that of another process that was first."""
    session.execute(
        insert_into(session, DailySalt)
        .values(day=day, salt=secrets.token_bytes(32))
        .on_conflict_do_nothing(index_elements=["day"])
    )
    return session.scalars(select(DailySalt.salt).where(DailySalt.day == day)).one()
