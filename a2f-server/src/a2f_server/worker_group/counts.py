"""Counts of slots, sockets and characters. With several workers the counts of all of them are limited
together (ledger.py); the classes here are those of a server of one process."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

CPU_OF_ENDED = "cpu of ended"
"""The name under which the supervisor counts the CPU time, in ms, of processes that have ended: the sum of all never
goes back."""
MOST_CALLERS = 10_000
"""Callers whose charges are kept; above this number, callers without recent ones are dropped."""


class Count:
    """A number of things that are held."""

    def __init__(self) -> None:
        self.own = 0
        """The number that this process holds."""

    @property
    def total(self) -> int:
        """The number that all workers hold."""
        return self.own

    def add(self, change: int) -> None:
        """Adds to what this process holds; a negative number takes away."""
        self.own += change

    def take(self, most: int | None) -> bool:
        """Adds one, and returns True, unless all workers hold `most` already; None is no limit."""
        self.add(1)  # before the check: another worker may take the last one at the same time
        if most is None or self.total <= most:
            return True
        self.add(-1)
        return False


@dataclass(eq=False, slots=True)
class Charge:
    """Characters charged to a caller, and the time of the charge in seconds."""

    time: float
    characters: int
    also: Charge | None = None
    """The charge of the same text to another quota, which is refunded as well."""

    def refund(self) -> None:
        """Takes the charge back: the request was refused or never spoken. Idempotent."""
        self.characters = 0
        if self.also:
            self.also.refund()


class Charges:
    """The recent charges of each caller."""

    def __init__(self) -> None:
        self._charges: dict[str, deque[Charge]] = {}

    def recent(self, caller: str, since: float) -> list[Charge]:
        """Returns the charges after the time `since` that were not refunded, oldest first."""
        charges = self._charges.get(caller, deque())
        while charges and (charges[0].time <= since or not charges[0].characters):
            charges.popleft()
        return list(charges)

    def add(self, caller: str, time: float, characters: int, since: float) -> Charge:
        """Charges a caller. Charges up to the time `since` may be forgotten."""
        if len(self._charges) >= MOST_CALLERS and caller not in self._charges:
            self._forget(since)
        self._charges.setdefault(caller, deque()).append(charge := Charge(time, characters))
        return charge

    def _forget(self, since: float) -> None:
        for caller in [c for c, spent in self._charges.items() if not spent or spent[-1].time <= since]:
            del self._charges[caller]


class Counts:
    """Creates the counts of a server of one process."""

    def of(self, name: str) -> Count:
        """Returns the count with this name, of which there is one per process."""
        return Count()

    def total(self, name: str) -> int | None:
        """Returns what all workers hold under a name; None if there is only this process."""
        return None

    def values(self, name: str) -> list[int]:
        """Returns what each worker holds under a name; [] if there is only this process."""
        return []

    def charges(self, name: str) -> Charges:
        """Returns the charges of a quota with this name."""
        return Charges()
