"""The present use of each API key, its limits, and its metrics."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.api_keys.key import ApiKey
from a2f_server.engine.slots import SlotHolder
from a2f_server.errors import Busy
from a2f_server.metrics import Metrics
from a2f_server.tts.quota import Quota
from a2f_server.worker_group.counts import Charge, Counts


class KeySlots(SlotHolder):
    """The slots of a key."""

    def __init__(self, name: str, metrics: Metrics, counts: Counts) -> None:
        super().__init__(None, "key", count=counts.of(f"slots of key {name}"))
        self._open = metrics.key_streams.labels(name)
        self._total = metrics.key_utterances.labels(name)

    def take(self) -> None:
        """Counts a slot that was taken."""
        super().take()
        self._total.inc()
        self._open.set(self._count.own)

    def give(self) -> None:
        """Counts a slot that was given back."""
        super().give()
        self._open.set(self._count.own)


class KeyUsage:
    """The sockets, slots and characters of a key, together with all its tokens."""

    def __init__(
        self,
        name: str,
        metrics: Metrics,
        clock: Callable[[], float],
        is_valid: Callable[[str], bool],
        counts: Counts,
    ) -> None:
        """`is_valid` says whether the key of a name is still in the file and has not expired."""
        self.slots = KeySlots(name, metrics, counts)
        self._name, self._metrics, self._is_valid = name, metrics, is_valid
        self._quota = Quota(0, clock, "key", counts.charges("key"))
        self._most_connections: int | None = None
        self._sockets = counts.of(f"sockets of key {name}")

    def limit(self, key: ApiKey) -> None:
        """Adopts the limits of the key as they are now in its file."""
        self.slots.most = key.streams
        self._most_connections = key.connections
        self._quota.limit = key.text_per_minute or 0

    @property
    def valid(self) -> bool:
        """False once the key was removed or has expired."""
        return self._is_valid(self._name)

    @property
    def most_characters(self) -> int | None:
        """Characters per minute; None if the key as a whole has no limit of its own."""
        return self._quota.limit or None

    def join(self) -> None:
        """Counts a socket. Raises Busy if the key has too many open."""
        most = self._most_connections
        if not self._sockets.take(most):
            message = f"this key has {most} open connections already; close one first"
            raise Busy(message, reason="connections", scope="key")
        self._publish()

    def leave(self) -> None:
        """Counts a socket as closed."""
        self._sockets.add(-1)
        self._publish()

    def spend(self, characters: int) -> Charge | None:
        """Counts characters against the key's own limit; returns None if it has none. Raises Busy."""
        charge = self._quota.spend(self._name, characters) if self._quota.limit else None
        self._metrics.key_characters.labels(self._name).inc(characters)
        return charge

    def _publish(self) -> None:
        self._metrics.key_connections.labels(self._name).set(self._sockets.own)


class KeyUsages:
    """The usage of every key, by name. It outlives changes of the file, which may only change limits."""

    def __init__(
        self,
        metrics: Metrics,
        clock: Callable[[], float],
        is_valid: Callable[[str], bool],
        counts: Counts | None = None,
    ) -> None:
        self._metrics, self._clock, self._is_valid = metrics, clock, is_valid
        self._counts = counts or Counts()
        self._usages: dict[str, KeyUsage] = {}

    def of(self, key: ApiKey) -> KeyUsage:
        """Returns the usage of a key, with its present limits."""
        usage = self._usages.get(key.name)
        if usage is None:
            usage = KeyUsage(key.name, self._metrics, self._clock, self._is_valid, self._counts)
            self._usages[key.name] = usage
        usage.limit(key)
        return usage
