"""Addresses of clients on the network."""

from __future__ import annotations

import pytest

from a2f_server.addresses import network


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.8", "203.0.113.8"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_one_client_has_a_whole_network_of_ipv6(address: str, expected: str) -> None:
    assert network(address) == expected
