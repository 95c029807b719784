"""Who may sign in: by password, or by a link that an operator or admin made.

The answer and its time are the same for an unknown address and a wrong password. Tries are counted
in the database per network address and per account; a browser that has signed in before holds a
signed mark and counts by itself, so that a stranger's tries never lock the owner out (the device
cookies of OWASP's "Slow Down Online Guessing Attacks").
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from copydesk.networks import network_of
from copydesk.settings import LimitSettings
from copydesk.store.counters import hit
from copydesk.store.daily_salt import salt_of_the_day
from copydesk.store.tables import Editor, SignInLink
from copydesk.tokens import Signer, hash_token, random_token

QUARTER = timedelta(minutes=15)
LINK_LIFE = timedelta(hours=24)
"""Long enough to be read the next morning, short enough not to lie in a mailbox for ever."""

KNOWN_BROWSER = "known-browser"


def find_editor(session: Session, address: str) -> Editor | None:
    """Return the active editor with this address in any case."""
    return session.scalar(
        select(Editor).where(Editor.address == address.strip().lower(), Editor.is_active)
    )


def count_try(
    session: Session,
    *,
    network: str,
    account: str,
    known_browser: int | None,
    limits: LimitSettings,
    now: datetime,
) -> int | None:
    """Count a try before the password is looked at; the seconds to wait when it is one too many.

    ``network`` is a pseudonym, ``known_browser`` the id of the editor whose mark it carries.
    """
    name = account.strip().lower()
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    known = session.scalar(select(Editor.id).where(Editor.address == name))
    if known is not None and known == known_browser:
        return hit(
            session,
            f"sign-in:known:{known}",
            limit=limits.sign_ins_per_account_quarter,
            window=QUARTER,
            now=now,
        )
    for kind, limit in (
        (f"network:{network}", limits.sign_ins_per_address_quarter),
        (f"account:{digest}", limits.sign_ins_per_account_quarter),
    ):
        wait = hit(session, f"sign-in:{kind}", limit=limit, window=QUARTER, now=now)
        if wait is not None:  # what its network may not try counts against no account
            return wait
    return None


def network_key(session: Session, signer: Signer, address: str | None, *, now: datetime) -> str:
    """Return the pseudonym of a network address by the salt of the day, as for reports."""
    return signer.pseudonym("sign-in", network_of(address).narrow, salt_of_the_day(session, now))


def make_link(session: Session, editor: Editor, *, now: datetime) -> str:
    """Return the token of a link that signs ``editor`` in once, within 24 hours."""
    token = random_token(24)
    session.add(
        SignInLink(editor_id=editor.id, token_hash=hash_token(token), expires_at=now + LINK_LIFE)
    )
    session.flush()
    return token


def is_good_link(session: Session, token: str, *, now: datetime) -> bool:
    """Say whether the link would still sign somebody in; changes nothing."""
    row = session.scalar(select(SignInLink).where(SignInLink.token_hash == hash_token(token)))
    return (
        row is not None and row.used_at is None and row.expires_at > now and (row.editor.is_active)
    )


def use_link(session: Session, token: str, *, now: datetime) -> Editor | None:
    """Use the link up and return its editor; None when it is used, too old or unknown.

    The update carries the condition, so that of two clicks at one moment only one gets in.
    """
    row = session.scalar(select(SignInLink).where(SignInLink.token_hash == hash_token(token)))
    if row is None or not row.editor.is_active:
        return None
    taken = session.execute(
        update(SignInLink)
        .where(SignInLink.id == row.id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    return row.editor if taken.rowcount == 1 else None
