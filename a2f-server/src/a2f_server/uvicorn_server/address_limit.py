"""Limits the connections that one client may have open."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from a2f_server.addresses import network, parse


class AddressLimit:
    """A limit of connections for each IPv4 address or IPv6 /64.

    Loopback and proxies are exempt: many clients share their addresses.
    """

    def __init__(self, most: int, proxies: Iterable[str] = ()) -> None:
        """`proxies`: addresses and networks."""
        self.most = most
        self._proxies = [ip_network(proxy) for proxy in proxies]

    def exceeded(self, address: str, addresses: Iterable[str]) -> bool:
        """Returns True if too many of the addresses of all connections belong to the client at `address`."""
        own = network(address)
        return not self._exempt(address) and sum(network(other) == own for other in addresses) > self.most

    def _exempt(self, address: str) -> bool:
        parsed = parse(address)
        return parsed is None or parsed.is_loopback or any(parsed in proxy for proxy in self._proxies)
