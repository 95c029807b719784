"""By which network a request is counted."""

import pytest

from copydesk.networks import Network, network_of


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", Network("203.0.113.7")),
        ("::ffff:203.0.113.7", Network("203.0.113.7")),
        ("2001:db8:77:1234::77", Network("2001:db8:77:1234::/64", "2001:db8:77::/48")),
        ("2001:DB8:77:1234:ffff::", Network("2001:db8:77:1234::/64", "2001:db8:77::/48")),
        ("fe80::1%eth0", Network("fe80::/64", "fe80::/48")),
        ("::1", Network("::/64", "::/48")),
        ("", Network("unknown")),
        (None, Network("unknown")),
        ("a.example", Network("unknown")),
    ],
)
def test_a_household_is_one_and_so_is_a_rented_server(
    address: str | None, expected: Network
) -> None:
    assert network_of(address) == expected
