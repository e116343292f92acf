"""Limits open connections: all of them together, and those of one address."""

from __future__ import annotations

from collections.abc import Collection
from time import monotonic

import structlog

from a2f_server.uvicorn_server.address_limit import AddressLimit

log = structlog.get_logger(__name__)

WARN_S = 10.0
"""Seconds between warnings about too many connections."""


class ConnectionLimit:
    """Checks the limits, and logs a warning at most every WARN_S seconds."""

    def __init__(self, most: int, of_address: AddressLimit) -> None:
        """most: open connections, sockets included. of_address: those of one client."""
        self.most, self.of_address = most, of_address
        self._warned = -WARN_S

    def exceeded(self, address: str | None, connections: Collection[object]) -> str | None:
        """Returns why a new connection, already one of `connections`, must be refused, or None if it need not be."""
        if len(connections) > self.most:
            self._warn()
            return "this server has too many open connections; try again in a moment"
        addresses = (client[0] for other in connections if (client := getattr(other, "client", None)))
        if address and self.of_address.exceeded(address, addresses):
            return "your address has too many open connections; close one first"
        return None

    def _warn(self) -> None:
        now = monotonic()
        if now - self._warned >= WARN_S:
            self._warned = now
            log.warning("too many connections; new ones are refused", most=self.most)
