"""Which network a request comes from: what limits count by.

IPv6: the /64, because one household owns that many addresses; beyond it the /48, because whoever
rents a server gets 65,536 such networks with it.
"""

import ipaddress
from dataclasses import dataclass

_HOUSEHOLD = 64
_SITE = 48


@dataclass(frozen=True)
class Network:
    """Where a request comes from, as closely as it is counted."""

    narrow: str
    """The address itself, of IPv6 its /64; one name for all that are no address."""
    wide: str = ""
    """Of IPv6 the /48; IPv4 has none."""


def network_of(address: str | None) -> Network:
    """Return the networks of a remote address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return Network("unknown")
    if parsed.version == 4:
        return Network(str(parsed))
    if parsed.ipv4_mapped is not None:  # how IPv4 arrives at a socket that takes both
        return Network(str(parsed.ipv4_mapped))
    return Network(_prefix(parsed, _HOUSEHOLD), _prefix(parsed, _SITE))


def _prefix(address: ipaddress.IPv6Address, bits: int) -> str:
    rest = ipaddress.IPV6LENGTH - bits
    return f"{ipaddress.IPv6Address(int(address) >> rest << rest)}/{bits}"
