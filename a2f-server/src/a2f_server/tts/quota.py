"""How much each caller may have spoken: characters in a sliding minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from a2f_server.errors import Busy

WINDOW_S = 60.0
MOST_CALLERS = 10_000
"""Callers that are remembered; beyond, those who said nothing for a minute are forgotten."""


class Quota:
    """One for a server."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        """`limit`: characters a minute and caller. `clock`: seconds."""
        self._limit, self._clock = limit, clock
        self._spent: dict[str, deque[tuple[float, int]]] = {}

    def spend(self, caller: str, characters: int) -> None:
        """Notes the characters. Raises Busy, and notes nothing, where they are more than is left of the minute."""
        now = self._clock()
        spent = self._recent(caller, now)
        if sum(count for _, count in spent) + characters > self._limit:
            wait = max(1, round(spent[0][0] + WINDOW_S - now)) if spent else WINDOW_S
            raise Busy(f"more than {self._limit} characters in a minute; try again in {wait:g} s", reason="quota")
        spent.append((now, characters))

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
