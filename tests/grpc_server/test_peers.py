"""Addresses of clients, also behind proxies, and the limit of each."""

from __future__ import annotations

import pytest

from a2f_server.errors import Busy
from a2f_server.grpc_server.peers import Peers
from a2f_server.settings import Settings

PROXIED = Peers(Settings(proxies="10.0.0.0/8", api_key="long-enough", address_connections=2))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("ipv4:127.0.0.1:50000", [], "127.0.0.1"),
        ("ipv6:[::1]:50000", [], "::1"),
        ("ipv6:%5B2001:db8::1%5D:50000", [], "2001:db8::1"),
        ("unix:", [], "unknown"),
        ("ipv4:192.0.2.1:1", ["203.0.113.9"], "192.0.2.1"),
        ("ipv4:10.0.0.1:1", ["203.0.113.9"], "203.0.113.9"),
        ("ipv4:10.0.0.1:1", ["198.51.100.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("ipv4:10.0.0.1:1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("ipv4:10.0.0.1:1", [], "10.0.0.1"),
    ],
)
def test_addresses(peer: str, forwarded: list[str], address: str) -> None:
    assert PROXIED.address(peer, forwarded) == address


def test_an_address_has_a_limited_number_of_calls() -> None:
    PROXIED.join("203.0.113.9")
    PROXIED.join("203.0.113.9")
    with pytest.raises(Busy):
        PROXIED.join("203.0.113.9")
    PROXIED.join("203.0.113.10")
    PROXIED.leave("203.0.113.9")
    PROXIED.join("203.0.113.9")
