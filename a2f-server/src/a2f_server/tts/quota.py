"""Rate limit for speech: characters of each caller in a sliding window of a minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from a2f_server.errors import Busy

WINDOW_S = 60.0
MOST_CALLERS = 10_000
"""Tracked callers; above this number, callers without a request in the last minute are dropped."""


class Quota:
    """The rate limiter of a server."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        """`limit`: characters per minute and caller. `clock`: a monotonic clock, in seconds."""
        self._limit, self._clock = limit, clock
        self._spent: dict[str, deque[tuple[float, int]]] = {}

    def spend(self, caller: str, characters: int) -> None:
        """Counts the characters. Raises Busy, without counting them, if they exceed the caller's remaining quota."""
        now = self._clock()
        spent = self._recent(caller, now)
        if characters > self.left(caller):
            wait = max(1, round(spent[0][0] + WINDOW_S - now)) if spent else WINDOW_S
            raise Busy(f"more than {self._limit} characters in a minute; try again in {wait:g} s", reason="quota")
        spent.append((now, characters))

    def left(self, caller: str) -> int:
        """Returns the characters that the caller may still have spoken now."""
        return self._limit - sum(count for _, count in self._recent(caller, self._clock()))

    def refund(self, caller: str, characters: int) -> None:
        """Uncounts the newest entry of this size: the request was refused or never spoken."""
        spent = self._spent.get(caller, deque())
        for i in reversed(range(len(spent))):
            if spent[i][1] == characters:
                del spent[i]
                return

    def _recent(self, caller: str, now: float) -> deque[tuple[float, int]]:
        if len(self._spent) >= MOST_CALLERS and caller not in self._spent:
            self._forget(now)
        spent = self._spent.setdefault(caller, deque())
        while spent and spent[0][0] <= now - WINDOW_S:
            spent.popleft()
        return spent

    def _forget(self, now: float) -> None:
        for caller in [c for c, spent in self._spent.items() if not spent or spent[-1][0] <= now - WINDOW_S]:
            del self._spent[caller]
