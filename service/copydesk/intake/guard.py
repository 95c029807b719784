"""May this report come in? Site, origin, host, limits; each refusal with its own status."""

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errors import Gone, NotAllowed, NotFound, TooMany
from copydesk.intake.payload import ReportDraft
from copydesk.settings import LimitSettings
from copydesk.store.counters import hit
from copydesk.store.database import insert_into
from copydesk.store.tables import DailySalt, Site
from copydesk.tokens import Signer
from copydesk.urls import host_of, normalise_url, origin_of

HOUR = timedelta(hours=1)
HONEYPOT = "honeypot"


def admit(session: Session, draft: ReportDraft, origin: str | None) -> Site:
    """Return the site of ``draft``.

    Raises ``NotFound`` (no such site), ``Gone`` (switched off), ``NotAllowed`` (the page or the
    Origin is not the site's). A browser always sends Origin across origins (Fetch §3.2); a missing
    one is let through because whoever can leave it out can forge it as well.
    """
    site = session.scalar(select(Site).where(Site.key == draft.site))
    if site is None:
        raise NotFound("There is no site with this key.")
    if not site.is_on:
        raise Gone("This site no longer takes reports.")
    if host_of(draft.url) not in site.hosts:
        raise NotAllowed("The page is not one of this site's.")
    if origin is not None and not _is_known_origin(site, origin):
        raise NotAllowed("This origin is not one of the site's.")
    return site


def check_limits(
    session: Session,
    site: Site,
    draft: ReportDraft,
    reader_key: str,
    limits: LimitSettings,
    now: datetime,
) -> None:
    """Count the report against its sender, page and site; raises ``TooMany``."""
    page = hashlib.sha256(normalise_url(draft.url).encode()).hexdigest()[:32]
    counters = (
        (f"report:address:{reader_key}", limits.reports_per_address_hour),
        (f"report:page:{site.id}:{page}", limits.reports_per_page_hour),
        (f"report:site:{site.id}", limits.reports_per_site_hour),
    )
    for key, limit in counters:
        wait = hit(session, key, limit=limit, window=HOUR, now=now)
        if wait is not None:
            raise TooMany("Too many reports; please try later.", retry_after=wait)


def spam_reason(draft: ReportDraft) -> str:
    """Return why this looks like a machine's work, or nothing.

    Such a report is kept and folded away, never refused: a browser's autofill may fill the trap.
    """
    return HONEYPOT if draft.website.strip() else ""


def pseudonym(session: Session, signer: Signer, address: str | None, now: datetime) -> str:
    """Return a key that is the same for one network address all day and means nothing after it.

    IPv6: the /64, because one household owns that many addresses. The salt of the day lives in the
    database and is deleted by housekeeping; the address itself is never stored.
    """
    return signer.pseudonym("reader", _network(address), _salt_of(session, f"{now:%Y-%m-%d}"))


def _is_known_origin(site: Site, origin: str) -> bool:
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


def _salt_of(session: Session, day: str) -> bytes:
    salt = session.scalar(select(DailySalt.salt).where(DailySalt.day == day))
    if salt is not None:
        return salt
    session.execute(
        insert_into(session, DailySalt)
        .values(day=day, salt=secrets.token_bytes(32))
        .on_conflict_do_nothing(index_elements=["day"])
    )
    return session.scalars(select(DailySalt.salt).where(DailySalt.day == day)).one()
