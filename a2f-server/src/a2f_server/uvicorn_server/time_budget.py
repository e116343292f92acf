"""Budgets of event-loop time: prevent sockets that flood the server from delaying the others."""

from __future__ import annotations

LIGHT_S = 0.01
"""Seconds that a socket may have used lately before it counts as heavy. A live stream uses 3 ms a second."""


class FloodShare:
    """Time of the event loop for heavy sockets: those that are new, or have used much lately.

    each: share of its time in the long run for one socket that has used up its burst.
    together: share for all heavy sockets.
    burst: seconds that they may use at once.
    """

    def __init__(self, each: float, together: float, burst: float) -> None:
        self.each, self._together, self._burst = each, together, burst
        self.in_debt: set[TimeBudget] = set()
        self._left, self._updated = burst, 0.0

    def of(self, budget: TimeBudget) -> float:
        """Returns the present share of a socket. One that does not flood keeps its own, however many others do."""
        return min(self.each, self._together / len(self.in_debt)) if budget in self.in_debt else self.each

    def left(self, now: float) -> float:
        """Returns the seconds that heavy sockets may use now."""
        self._left = min(self._burst, self._left + (now - self._updated) * self._together)
        self._updated = now
        return self._left

    def use(self, seconds: float) -> None:
        """Counts work of a heavy socket."""
        self._left -= seconds


FLOOD = FloodShare(each=0.05, together=0.2, burst=0.004)
"""The limits of this server's sockets and gRPC calls. A live stream needs 0.3 % of the event loop."""


class TimeBudget:
    """A token bucket of seconds: holds up to `burst`, and refills with a share of the time that passes.

    A new socket is heavy at first: a client cannot escape from its debt by connecting again.
    """

    def __init__(self, burst: float, flood: FloodShare, now: float) -> None:
        self._burst, self._flood = burst, flood
        self._left, self._updated = burst - LIGHT_S, now
        self._closed = False

    def spend(self, seconds: float, now: float) -> None:
        """Takes seconds of work from the budget, which may become negative."""
        self._refill(now)
        self._left -= seconds
        if self._left < 0 and not self._closed:
            self._flood.in_debt.add(self)

    def work(self, seconds: float, now: float) -> float:
        """Takes seconds of work, from what heavy sockets share as well if this is one; returns what `wait` does."""
        if self.is_heavy(now):
            self._flood.use(seconds)
        self.spend(seconds, now)
        return 0.0 if self._left > 0 else self.wait(now)

    @property
    def spent(self) -> bool:
        """True if there was nothing left when it was last used."""
        return self._left <= 0

    def is_heavy(self, now: float) -> bool:
        """Returns whether the socket has used much time lately."""
        if self._left > self._burst - LIGHT_S:
            return False
        self._refill(now)
        return self._left <= self._burst - LIGHT_S

    def wait(self, now: float) -> float:
        """Returns the seconds until the budget is positive again; 0 if it is."""
        self._refill(now)
        return 0.0 if self._left > 0 else -self._left / self._flood.of(self)

    def close(self) -> None:
        """Leaves its share to the others for good."""
        self._closed = True
        self._flood.in_debt.discard(self)

    def _refill(self, now: float) -> None:
        if now == self._updated:
            return
        flood = self._flood
        left = self._left + (now - self._updated) * (flood.of(self) if flood.in_debt else flood.each)
        self._left, self._updated = min(self._burst, left), now
        if flood.in_debt and left >= 0:
            flood.in_debt.discard(self)
