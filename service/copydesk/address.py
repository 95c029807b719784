"""E-mail addresses: strict enough that they can stand in a header unharmed."""

import re

# An RFC 5321 mailbox without quoted strings, comments or address literals: every address a reader
# really has, and none that can break a header. The road not taken: the whole grammar of RFC 5322.
_LOCAL = r"[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_LOCAL})@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
# What SMTP can carry, internal hosts without a dot included.
_MAILABLE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")

MAX_LOCAL = 64
MAX_ADDRESS = 254


def check_address(value: str) -> str:
    """Return ``value`` when it is a plain address or empty; raises ``ValueError``."""
    if not value:
        return ""
    match = _ADDRESS.fullmatch(value)
    if len(value) > MAX_ADDRESS or match is None or len(match["local"]) > MAX_LOCAL:
        raise ValueError("must be an e-mail address")
    return value


def in_ascii(address: str) -> str:
    """Return the address with an IDNA host, as SMTP carries it; raises ``ValueError``.

    Local parts beyond ASCII need SMTPUTF8, which too few servers on the way speak.
    """
    local, at, host = address.strip().rpartition("@")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    plain = f"{local}{at}{host}"
    if not _MAILABLE.fullmatch(plain):
        raise ValueError("the address can't be mailed")
    return plain
