"""Proof of work: a report is taken when its sender's machine has computed for it. Off by default.

Challenges and solutions have the form of ALTCHA (version 1, SHA-256), so that others than our own
widget find a solver: *with which number behind it has the salt this hash?* Nothing is kept of a
challenge that was given out, for it is signed; a solved one is counted in the database when it is
spent, because several processes must agree that it counts once.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from copydesk.errors import Invalid, ProofNeeded
from copydesk.intake.strict_json import parse_strict
from copydesk.intake.submission import Entry, Solved
from copydesk.settings import ProofOfWorkSettings
from copydesk.store.counters import count_all, take_back, window_end
from copydesk.tokens import Signer

ALGORITHM = "SHA-256"
PURPOSE = "proof-of-work"

# Only this one way to write it, with a mark at its end: else digits could be moved from the number
# to the time, and the same hash would prove another time (CVE-2025-68113).
_SALT = re.compile(r"[0-9a-f]{24}\?expires=([0-9]{10,11})&")
_HASH = re.compile(r"[0-9a-f]{64}")
# Counted in the window of the challenge's expiry and not of the moment, so the count outlives it.
_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class ProofOfWork:
    """Makes challenges, and lets those reports pass that come with a solved one."""

    signer: Signer
    settings: ProofOfWorkSettings

    def challenge(self, now: datetime) -> dict[str, str | int]:
        """Return a new challenge, as ALTCHA's clients read it."""
        most = self.settings.most_tries
        expires = int(now.timestamp()) + 60 * self.settings.valid_minutes
        salt = f"{secrets.token_hex(12)}?expires={expires}&"
        hashed = _hash(salt, secrets.randbelow(most + 1))
        return {
            "algorithm": ALGORITHM,
            "challenge": hashed,
            "maxnumber": most,
            "salt": salt,
            "signature": self.signer.seal(PURPOSE, hashed),
        }

    def solved(self, altcha: str, now: datetime) -> Solved | None:
        """Return which of our challenges is solved here; None for whatever else it may be."""
        given = _decoded(altcha)
        salt, number, hashed = given.get("salt"), given.get("number"), given.get("challenge")
        signature = given.get("signature")
        if given.get("algorithm") != ALGORITHM or type(number) is not int:
            return None
        if not (isinstance(salt, str) and isinstance(hashed, str) and isinstance(signature, str)):
            return None
        parts = _SALT.fullmatch(salt)
        if parts is None or not _HASH.fullmatch(hashed):
            return None
        if not hmac.compare_digest(_hash(salt, number), hashed):
            return None
        if not self.signer.is_sealed(PURPOSE, hashed, signature):
            return None
        expires_at = datetime.fromtimestamp(int(parts[1]), UTC)
        return Solved(hashed, expires_at) if now < expires_at else None

    def ask(self, entries: Sequence[Entry], now: datetime) -> None:
        """Settle with ``ProofNeeded`` what comes without a solved challenge."""
        for entry in entries:
            if entry.submission.is_exempt:
                continue
            entry.solved = self.solved(entry.draft.altcha, now)
            if entry.solved is None:
                entry.outcome = ProofNeeded(self.challenge(now))

    def spend(self, session: Session, entries: Sequence[Entry], now: datetime) -> None:
        """Spend the solved challenges of ``entries``; settle those that were spent before."""
        spent: Counter[str] = Counter()
        for window, counted in _by_window(entries).items():
            spent.update(count_all(session, counted, window=_WINDOW, now=window))
        for entry in entries:
            if entry.solved is not None:
                if spent[_key(entry.solved)]:
                    entry.outcome = ProofNeeded(self.challenge(now))
                spent[_key(entry.solved)] += 1

    def give_back(self, session: Session, entries: Sequence[Entry]) -> None:
        """Let the challenges count again that ``entries`` spent in this transaction."""
        for window, counted in _by_window(entries).items():
            take_back(session, counted, window=_WINDOW, now=window)


def _by_window(entries: Sequence[Entry]) -> dict[datetime, Counter[str]]:
    """Return how often each challenge is spent, by the window it is counted in: most often one."""
    found: dict[datetime, Counter[str]] = {}
    solved = [entry.solved for entry in entries if entry.solved is not None]
    # In one order, or two transactions could wait for each other.
    for one in sorted(solved, key=lambda one: one.expires_at):
        start = window_end(_WINDOW, one.expires_at) - _WINDOW
        found.setdefault(start, Counter())[_key(one)] += 1
    return found


def _key(solved: Solved) -> str:
    return f"proof:{solved.challenge}"


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _decoded(altcha: str) -> dict[str, Any]:
    """Return the object that was sent, base64 over JSON; an empty one when it is none."""
    try:
        return parse_strict(base64.b64decode(altcha, validate=True))
    except (binascii.Error, ValueError, Invalid):
        return {}
