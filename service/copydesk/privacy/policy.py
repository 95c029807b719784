"""How long a site keeps what readers sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.settings import PrivacySettings
from copydesk.store.tables import Site


@dataclass(frozen=True)
class Policy:
    """Days for which each kind of thing is kept; see ``[privacy]`` in ``config/copydesk.toml``."""

    reader_email_days: int
    comment_days: int
    closed_days: int
    spam_days: int


@dataclass(frozen=True)
class Borders:
    """What is older than these moments goes."""

    reader_email: datetime
    comment: datetime
    closed: datetime
    spam: datetime


def policy_of(site: Site, privacy: PrivacySettings) -> Policy:
    """Return what holds for ``site``."""
    del site
    return Policy(
        privacy.reader_email_days, privacy.comment_days, privacy.closed_days, privacy.spam_days
    )


def borders(policy: Policy, now: datetime) -> Borders:
    """Return the moments that ``policy`` means ``now``."""
    return Borders(
        reader_email=now - timedelta(days=policy.reader_email_days),
        comment=now - timedelta(days=policy.comment_days),
        closed=now - timedelta(days=policy.closed_days),
        spam=now - timedelta(days=policy.spam_days),
    )
