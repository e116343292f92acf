"""Rate limit for speech: characters of each caller in a sliding window of a minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from a2f_server.errors import Busy, Scope

WINDOW_S = 60.0
MOST_CALLERS = 10_000
"""Tracked callers; above this number, callers without a request in the last minute are dropped."""


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


class Quota:
    """A rate limiter with the same limit for each caller."""

    def __init__(self, limit: int, clock: Callable[[], float], scope: Scope) -> None:
        """`limit`: characters per minute and caller. `clock`: monotonic, in seconds. `scope`: what a caller is."""
        self.limit, self.scope = limit, scope
        self._clock = clock
        self._charges: dict[str, deque[Charge]] = {}

    def spend(self, caller: str, characters: int) -> Charge:
        """Counts the characters. Raises Busy, without counting them, if they exceed the caller's remaining quota."""
        now = self._clock()
        charges = self._recent(caller, now)
        if characters > self._left(charges):
            wait = max(1, round(charges[0].time + WINDOW_S - now)) if charges else WINDOW_S
            message = f"more than {self.limit} characters in a minute for this {self.scope}; try again in {wait:g} s"
            raise Busy(message, reason="quota", scope=self.scope)
        charges.append(charge := Charge(now, characters))
        return charge

    def left(self, caller: str) -> int:
        """Returns the characters that the caller may still have spoken now."""
        return self._left(self._recent(caller, self._clock()))

    def _left(self, charges: deque[Charge]) -> int:
        return self.limit - sum(charge.characters for charge in charges)

    def _recent(self, caller: str, now: float) -> deque[Charge]:
        if len(self._charges) >= MOST_CALLERS and caller not in self._charges:
            self._forget(now)
        charges = self._charges.setdefault(caller, deque())
        while charges and (charges[0].time <= now - WINDOW_S or not charges[0].characters):
            charges.popleft()
        return charges

    def _forget(self, now: float) -> None:
        for caller in [c for c, spent in self._charges.items() if not spent or spent[-1].time <= now - WINDOW_S]:
            del self._charges[caller]
