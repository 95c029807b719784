"""Passwords: argon2id with the parameters of the OWASP Password Storage Cheat Sheet.

19 MiB, two passes, one lane: 60 ms on a small machine. At most two hashes are made at once, because
memory is what argon2 costs: twenty sign-ins at the same moment must not take 400 MiB.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_PASSWORD = 10
MAX_PASSWORD = 1000
"""Characters. Longer ones are refused, so that nobody can make us hash megabytes."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_once = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return what the database keeps of a password; the parameters stand in it."""
    with _two_at_once:
        return _hasher.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Say whether the password is right; takes as long when there is no hash to compare with."""
    if len(password) > MAX_PASSWORD:
        return False
    known = bool(password_hash)
    try:
        with _two_at_once:
            _hasher.verify(password_hash or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return known


@cache
def _dummy_hash() -> str:
    # Nobody's password: an unknown address must cost the same time as a known one.
    return _hasher.hash("a password that nobody can have, since no row holds this hash")
