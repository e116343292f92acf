"""The addresses of a gRPC server's clients, and how many calls each may have open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from ipaddress import ip_network
from urllib.parse import unquote

from a2f_server.addresses import parse
from a2f_server.errors import Busy
from a2f_server.settings import Settings
from a2f_server.uvicorn_server.address_limit import AddressLimit

STRANGERS = 2
"""Calls without credentials whose messages are read and dropped at the same time."""


class Peers:
    """Counts the open calls of each address."""

    def __init__(self, settings: Settings) -> None:
        self._proxies = [ip_network(proxy) for proxy in settings.trusted_proxies]
        most = settings.address_connections or max(1, settings.max_connections // 2)
        self._limit = AddressLimit(most, settings.trusted_proxies)
        self._open: list[str] = []
        self.strangers = asyncio.Semaphore(STRANGERS)

    def address(self, peer: str, forwarded: Iterable[str]) -> str:
        """Returns the client's address. For a trusted proxy, that is the last forwarded one that is not a proxy."""
        kind, _, rest = unquote(peer).partition(":")
        address = rest.rpartition(":")[0].strip("[]") if kind in ("ipv4", "ipv6") else "unknown"
        hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
        while self._is_proxy(address) and hops:
            address = hops.pop()
        return address

    def join(self, address: str) -> None:
        """Counts a call. Raises Busy if the address has too many open."""
        if self._limit.exceeded(address, [*self._open, address]):
            message = f"this address has {self._limit.most} open calls already; wait until one ends"
            raise Busy(message, reason="connections", scope="address")
        self._open.append(address)

    def leave(self, address: str) -> None:
        """Counts a call as ended."""
        self._open.remove(address)

    def _is_proxy(self, address: str) -> bool:
        parsed = parse(address)
        return parsed is not None and any(parsed in proxy for proxy in self._proxies)
