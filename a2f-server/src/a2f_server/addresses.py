"""Addresses of clients on the network."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address


@lru_cache(4096)
def parse(address: str) -> IPv4Address | IPv6Address | None:
    """Returns an IP address, or None if it is none. An IPv4 address that is written as IPv6 becomes IPv4."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed if isinstance(parsed, IPv4Address) else parsed.ipv4_mapped or parsed


@lru_cache(4096)
def network(address: str) -> str:
    """Returns what one client has of the network: an IPv4 address, or the /64 of an IPv6 address.

    One subscriber has a /64 at least. What is no IP address is returned as it is.
    """
    parsed = parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), 64), strict=False))
    return str(parsed) if parsed else address
