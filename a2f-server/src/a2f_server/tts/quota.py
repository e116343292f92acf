"""Rate limit for speech: characters of each caller in a sliding window of a minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from a2f_server.errors import Busy, Scope
from a2f_server.worker_group.counts import Charge, Charges

WINDOW_S = 60.0


class Quota:
    """A rate limiter with the same limit for each caller."""

    def __init__(self, limit: int, clock: Callable[[], float], scope: Scope, charges: Charges | None = None) -> None:
        """`limit`: characters per minute and caller. `clock`: monotonic, in seconds. `scope`: what a caller is."""
        self.limit, self.scope = limit, scope
        self._clock, self._charges = clock, charges or Charges()

    def spend(self, caller: str, characters: int) -> Charge:
        """Counts the characters. Raises Busy, without counting them, if they exceed the caller's remaining quota."""
        now = self._clock()
        charges = self._charges.recent(caller, now - WINDOW_S)
        if characters > self._left(charges):
            raise self._exceeded(charges, now)
        charge = self._charges.add(caller, now, characters, now - WINDOW_S)
        charges = self._charges.recent(caller, now - WINDOW_S)
        if self._left(charges) < 0:  # another worker charged the same caller at the same time
            charge.refund()
            raise self._exceeded(charges, now)
        return charge

    def left(self, caller: str) -> int:
        """Returns the characters that the caller may still have spoken now."""
        return self._left(self._charges.recent(caller, self._clock() - WINDOW_S))

    def _exceeded(self, charges: Sequence[Charge], now: float) -> Busy:
        wait = max(1, round(charges[0].time + WINDOW_S - now)) if charges else WINDOW_S
        message = f"more than {self.limit} characters in a minute for this {self.scope}; try again in {wait:g} s"
        return Busy(message, reason="quota", scope=self.scope)

    def _left(self, charges: Sequence[Charge]) -> int:
        return self.limit - sum(charge.characters for charge in charges)
