"""Budgets of event-loop time: prevent sockets that flood the server from delaying the others."""

from __future__ import annotations

from collections.abc import Callable

LIGHT_S = 0.01
"""Seconds that a socket may have used lately before it counts as heavy. A live stream uses 3 ms a second."""


class FloodShare:
    """Time of the event loop for sockets that use much of it.

    each, together: shares of its time in the long run, for one socket beyond its burst and for all such sockets.
    turn: seconds that all heavy sockets may use in one turn of the loop.
    """

    def __init__(self, each: float, together: float, turn: float) -> None:
        self._each, self._together, self._turn = each, together, turn
        self.in_debt: set[TimeBudget] = set()
        self._used = 0.0

    def of(self, budget: TimeBudget) -> float:
        """Returns the present share of a socket. One that does not flood keeps its own, however many others do."""
        return min(self._each, self._together / len(self.in_debt)) if budget in self.in_debt else self._each

    @property
    def left_in_turn(self) -> float:
        """Seconds that heavy sockets may still use in this turn."""
        return self._turn - self._used

    def use(self, seconds: float, at_next_turn: Callable[[Callable[[], None]], object]) -> None:
        """Counts work of a heavy socket in this turn of the loop."""
        if not self._used:
            at_next_turn(self._begin_turn)
        self._used += seconds

    def _begin_turn(self) -> None:
        self._used = 0.0


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

    def is_heavy(self, now: float) -> bool:
        """Returns whether the socket has used much time lately."""
        self._refill(now)
        return self._left < self._burst - LIGHT_S

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
