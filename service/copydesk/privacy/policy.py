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
    """Return what holds for ``site``: what it says itself, else what the settings say.

    Readers' addresses never longer than the settings: that is what the dialog promises.
    """
    return Policy(
        reader_email_days=min(
            site.reader_email_days or privacy.reader_email_days, privacy.reader_email_days
        ),
        comment_days=site.comment_days or privacy.comment_days,
        closed_days=site.closed_days or privacy.closed_days,
        spam_days=site.spam_days or privacy.spam_days,
    )


def borders(policy: Policy, now: datetime) -> Borders:
    """Return the moments that ``policy`` means ``now``."""
    return Borders(
        reader_email=now - timedelta(days=policy.reader_email_days),
        comment=now - timedelta(days=policy.comment_days),
        closed=now - timedelta(days=policy.closed_days),
        spam=now - timedelta(days=policy.spam_days),
    )
