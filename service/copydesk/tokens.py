"""Random ids and signed links: each signed for one purpose only.

A signed token is ``<subject>.<mac>``: the subject is a row id in base 36, the mac is HMAC-SHA256
over the purpose and the subject, cut to 128 bits (RFC 2104 §5 allows half of the hash). At most 36
characters, because a List-Unsubscribe line over 78 columns is folded into an encoded word by mail
libraries and the link in it dies. The road not taken: itsdangerous tokens, which are twice that
long. The row behind the id says whom it is for, until when it holds and whether it was revoked.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_MAC_BYTES = 16
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def random_token(nbytes: int = 16) -> str:
    """Return a URL-safe random token; 16 bytes are 128 bits in 22 characters."""
    return secrets.token_urlsafe(nbytes)


def ordered_token(now: datetime) -> str:
    """Return a random token, 128 bits, that begins with the millisecond of ``now``: 30 characters.

    For rows: those that are made one after another stand side by side in the index of their tokens,
    as with UUIDs of version 7 (RFC 9562 §6.11). Of a quite random token each row dirties a page of
    its own, which is written, and synced, with the report.
    """
    return f"{_base36(int(now.timestamp() * 1000)):0>8}{random_token()}"


def hash_token(token: str) -> str:
    """Return what the database keeps of a bearer token, so that a stolen backup opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class Signer:
    """Signs and checks row ids and short texts, one key per purpose.

    ``secret_keys``: the first signs, all of them are tried when checking, so that an operator can
    rotate the secret without killing the links in mails already sent.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys:
            raise ValueError("a signer needs at least one secret key")
        self._keys = [key.encode() for key in secret_keys]

    def sign(self, purpose: str, subject: int) -> str:
        """Return a token that names ``subject`` (a row id ≥ 0) and holds for ``purpose`` alone."""
        text = _base36(subject)
        return f"{text}.{_mac(self._keys[0], purpose, text)}"

    def verify(self, purpose: str, token: str) -> int | None:
        """Return the signed row id, or None when the token was not made here for this purpose."""
        text, dot, mac = token.partition(".")
        if not dot or not text.isascii() or not mac.isascii() or len(token) > 64:
            return None
        for key in self._keys:
            if hmac.compare_digest(_mac(key, purpose, text), mac):
                return _from_base36(text)
        return None

    def seal(self, purpose: str, text: str) -> str:
        """Return what proves that ``text`` was made here for ``purpose``: the whole MAC in hex."""
        return _digest(self._keys[0], purpose, text).hex()

    def is_sealed(self, purpose: str, text: str, seal: str) -> bool:
        """Return whether ``seal`` was made here, with any of the keys. It may be hostile text."""
        given = seal.encode(errors="replace")  # compare_digest takes no other letters than ASCII
        return any(
            hmac.compare_digest(_digest(key, purpose, text).hex().encode(), given)
            for key in self._keys
        )

    def pseudonym(self, purpose: str, value: str, salt: bytes) -> str:
        """Return a keyed hash of ``value`` that can't be undone once ``salt`` is destroyed."""
        message = f"{purpose}\x00{value}".encode()
        return hmac.new(self._keys[0] + salt, message, hashlib.sha256).hexdigest()[:32]


def _digest(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.new(key, f"{purpose}\x00{text}".encode(), hashlib.sha256).digest()


def _mac(key: bytes, purpose: str, text: str) -> str:
    digest = _digest(key, purpose, text)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError("row ids are not negative")
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _ALPHABET[rest] + digits
        if not number:
            return digits


def _from_base36(text: str) -> int | None:
    # int() would also take "+1", "1_0" and upper case: one row, one spelling.
    if not text or any(character not in _ALPHABET for character in text):
        return None
    return int(text, 36)
