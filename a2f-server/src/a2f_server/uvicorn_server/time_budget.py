"""Budgets of event-loop time, which prevent sockets that flood the server from delaying the others."""

from __future__ import annotations


class FloodShare:
    """Shares of the event loop's time for sockets beyond their bursts: `each` for one, at most `together` for all."""

    def __init__(self, each: float, together: float) -> None:
        self._each, self._together = each, together
        self.in_debt: set[TimeBudget] = set()

    def of(self, budget: TimeBudget) -> float:
        """Returns the present share of a socket. One that does not flood keeps its own, however many others do."""
        return min(self._each, self._together / len(self.in_debt)) if budget in self.in_debt else self._each


class TimeBudget:
    """A token bucket of seconds: holds up to `burst`, and refills with a share of the time that passes."""

    def __init__(self, burst: float, flood: FloodShare, now: float) -> None:
        self._burst, self._flood = burst, flood
        self._left, self._updated = burst, now

    def spend(self, seconds: float, now: float) -> None:
        """Takes seconds of work from the budget, which may become negative."""
        self._refill(now)
        self._left -= seconds
        if self._left < 0:
            self._flood.in_debt.add(self)

    def wait(self, now: float) -> float:
        """Returns the seconds until the budget is positive again; 0 if it is."""
        self._refill(now)
        return 0.0 if self._left > 0 else -self._left / self._flood.of(self)

    def close(self) -> None:
        """Leaves its share to the others."""
        self._flood.in_debt.discard(self)

    def _refill(self, now: float) -> None:
        self._left = min(self._burst, self._left + (now - self._updated) * self._flood.of(self))
        self._updated = now
        if self._left >= 0:
            self._flood.in_debt.discard(self)
