"""How many streams the server admits: as many as it serves in time on this machine, at present.

What a stream costs depends on the machine, on its other tenants and on the client, so no estimate holds. The lateness
of the open streams tells: it grows before frames are late, because batches grow first.
"""

from __future__ import annotations

STRAINED_S, LATE_S = 0.018, 0.025
"""Lateness from which no stream is admitted in addition, and from which those that end are not replaced. Half a frame
at 30 FPS, and three quarters."""
AT_ONCE = 0.5
"""Share of the capacity that may be open however fast they came: their lateness is not known yet."""
RAMP = 8
"""Streams that are admitted within a tick beyond that."""
RECOVERY = 0.01
"""Share of the capacity by which `AT_ONCE` grows again in each tick, after frames were late."""


class Admission:
    """Adapts the number of streams that may be open, never more than `most`, to their lateness.

    `trusted`: `most` is what the operator wants, and may be opened at once.
    """

    def __init__(self, most: int, *, trusted: bool) -> None:
        self.most = most
        self._least = most if trusted else max(1, int(AT_ONCE * most))
        self._at_once: float = self._least
        self.ceiling = self._least
        """Streams that may be open for now."""

    def tick(self, taken: int, lateness: float) -> None:
        """Adapts, with `taken` streams open whose frames were late by `lateness` seconds."""
        if lateness > STRAINED_S:
            self._at_once = max(1, min(self._at_once, taken - RAMP))
            self.ceiling = min(taken if lateness <= LATE_S else taken - 1, self.most)
            return
        self._at_once = min(self._at_once + RECOVERY * self.most, self._least)
        self.ceiling = int(min(max(self._at_once, taken + RAMP), self.most))
