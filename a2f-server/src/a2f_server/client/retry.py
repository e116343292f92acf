"""Decides when to try again: after `busy`, and when the server cannot be reached."""

from __future__ import annotations

import random
import time

from a2f_server.client.errors import RetryableBusy, Unreachable
from a2f_server.errors import A2FError

FIRST_S, LONGEST_S = 0.2, 5.0


class BackOff:
    """Decides on each failure of one request how long to wait, or that it is final.

    busy_wait, reconnect: seconds for which it tries again after `busy`, and without a server.
    """

    def __init__(self, busy_wait: float, reconnect: float) -> None:
        self._patience = {RetryableBusy: busy_wait, Unreachable: reconnect}
        self._begun: dict[type[A2FError], float] = {}
        self._pause = FIRST_S

    def pause(self, error: A2FError) -> float:
        """Returns the seconds to wait before the next attempt. Raises the error if it is final."""
        kind = next((kind for kind in self._patience if isinstance(error, kind)), None)
        if kind is None:
            raise error
        now = time.monotonic()
        left = self._begun.setdefault(kind, now) + self._patience[kind] - now
        if left <= 0:
            raise error
        asked = error.retry_after if isinstance(error, RetryableBusy) else None
        pause = asked if asked is not None else self._pause * random.uniform(0.5, 1)  # noqa: S311 - no secret
        self._pause = min(LONGEST_S, 2 * self._pause)
        return min(pause, left)

    def succeeded(self) -> None:
        """Starts anew after progress."""
        self._begun.clear()
        self._pause = FIRST_S
