"""Which network addresses are on the public internet. Pure."""

import ipaddress

# IANA special-purpose registries (RFC 6890 and updates), written out: the standard library's
# ``is_global`` changed its mind between patch releases and lets NAT64 and 6to4 through, by which a
# private IPv4 address travels inside a public-looking IPv6 one.
_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""All that is handed out; NAT64 (64:ff9b::/96), IPv4-mapped, ULA and link-local lie outside."""
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Say whether ``address`` (a literal) is on the public internet; False if it is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _NOT_PUBLIC_V4)
    if parsed.scope_id is not None or parsed not in _PUBLIC_V6:
        return False
    return not any(parsed in network for network in _NOT_PUBLIC_V6)
