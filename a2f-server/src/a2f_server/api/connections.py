"""The clients that are being served over sockets and gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from a2f_server.errors import A2FError, Busy
from a2f_server.worker_group.counts import Count


class ServedClient(Protocol):
    """An open socket, a gRPC call, or a speech over HTTP."""

    def fail(self, error: A2FError) -> None:
        """Reports the error to the client and closes."""


class Connections:
    """The open connections of this process, and the limit for those of all workers."""

    def __init__(self, most: int, count: Count) -> None:
        self._most, self._count = most, count
        self._open: set[ServedClient] = set()

    def __iter__(self) -> Iterator[ServedClient]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    @property
    def total(self) -> int:
        """The connections of all workers."""
        return self._count.total

    def require_room(self) -> None:
        """Raises Busy if no further one may be opened."""
        if self.total >= self._most:
            raise Busy("this server has too many open connections; try again in a moment", reason="connections")

    def add(self, client: ServedClient) -> None:
        """Counts a client."""
        self._open.add(client)
        self._count.add(1)

    def discard(self, client: ServedClient) -> None:
        """Counts a client as gone; a second time changes nothing."""
        if client in self._open:
            self._open.discard(client)
            self._count.add(-1)
