"""A budget of event-loop time: prevents one socket from delaying the others."""

from __future__ import annotations


class TimeBudget:
    """A token bucket of seconds: holds up to `burst`, and refills with `share` of the time that passes."""

    def __init__(self, burst: float, share: float, now: float) -> None:
        self._burst, self._share = burst, share
        self._left, self._updated = burst, now

    def spend(self, seconds: float, now: float) -> None:
        """Takes seconds of work from the budget, which may become negative."""
        refilled = self._left + (now - self._updated) * self._share
        self._left, self._updated = min(self._burst, refilled) - seconds, now

    def wait(self, now: float) -> float:
        """Returns the seconds until the budget is positive again; 0 if it is."""
        left = self._left + (now - self._updated) * self._share
        return 0.0 if left > 0 else -left / self._share
