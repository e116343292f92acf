"""A peer's sound on the clock of a call: what is late is dropped, what is missing is silence, and clocks that drift
apart are followed, so that sound and mouth stay as far behind the peer after an hour as in the first second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from a2f_server.arrays import Int16Array

RATE = 48000
"""Hz. Opus has no other."""
PACKET = RATE // 50

MOST_GAP = RATE // 10
"""Samples that can be missing between two packets. After a longer gap the peer had paused."""
EARLY = RATE // 10
"""Samples that the line may be ahead of the clock; what comes earlier waits."""
MOST_AHEAD = RATE // 5
"""Samples that may be there early, on the line or waiting. Beyond that, the oldest that wait are dropped: they arrived
in a burst after the network had stalled."""

WINDOW = 100
"""Packets over which the least lead over the clock is measured: two seconds."""
MOST_LEAD, KEPT_LEAD = 30 * RATE // 1000, 10 * RATE // 1000
"""If the least lead exceeds MOST_LEAD, sound is left out until it is KEPT_LEAD: the peer's clock is faster than ours,
or the network was slow and has recovered."""
MOST_CUT = PACKET // 2
"""Samples that are left out of one packet at most."""
LOUD = 330
"""Peak of a packet in which a cut would be heard; −40 dB."""
URGENT = RATE // 10
"""A lead above which loud packets are cut, too."""


class SpeechLine:
    """Puts packets one after another. All positions are samples since the beginning of the call.

    The caller passes `now`, the position of the call's clock. `fill` keeps the end of the line at or behind it.
    """

    def __init__(self, write: Callable[[Int16Array], None]) -> None:
        """`write` is called with the samples of the line, in order and without gaps."""
        self.end = 0
        """The samples on the line."""
        self.dropped = 0
        """Samples left out because they were late or the peer's clock is fast."""
        self._write = write
        self._waiting = np.zeros(0, np.int16)
        self._expected: int | None = None
        self._filled = 0
        self._leads: list[int] = []
        self._surplus = 0

    def add(self, at: int, samples: Int16Array, now: int) -> None:
        """Adds a packet, which begins at sample `at` of the peer's own count."""
        lead = self.end + len(self._waiting) - now
        lost = self._lost(at)
        self._expected, self._filled = at + len(samples), 0
        self._waiting = np.concatenate([self._waiting, np.zeros(lost, np.int16), self._cut(samples, lead)])
        self._measure(lead)
        self._drop_late(now)
        self._put(self._waiting[: max(0, now + EARLY - self.end)])

    def fill(self, now: int) -> None:
        """Continues the line up to the clock: with what waits, else with silence."""
        missing = now - self.end
        if missing > 0:
            self._put(self._waiting[:missing])
        if (silent := now - self.end) > 0:
            self._filled += silent
            self.end += silent
            self._write(np.zeros(silent, np.int16))

    def _put(self, samples: Int16Array) -> None:
        if len(samples):
            self._waiting = self._waiting[len(samples) :]
            self.end += len(samples)
            self._write(samples)

    def _lost(self, at: int) -> int:
        """Returns the samples of lost packets before this one that `fill` has not replaced by silence already."""
        gap = 0 if self._expected is None else at - self._expected
        return max(0, gap - self._filled) if gap <= MOST_GAP else 0

    def _measure(self, lead: int) -> None:
        self._leads.append(lead)
        if len(self._leads) == WINDOW:
            least = min(self._leads)
            self._surplus = least - KEPT_LEAD if least > MOST_LEAD else 0
            self._leads.clear()

    def _cut(self, samples: Int16Array, lead: int) -> Int16Array:
        """Leaves samples out while the line is too far ahead, where nobody hears it."""
        quiet = not len(samples) or int(np.abs(samples.astype(np.int32)).max()) < LOUD
        cut = min(self._surplus, MOST_CUT, len(samples)) if quiet or lead > URGENT else 0
        self._surplus -= cut
        self.dropped += cut
        return samples[: len(samples) - cut]

    def _drop_late(self, now: int) -> None:
        late = min(self.end + len(self._waiting) - now - MOST_AHEAD, len(self._waiting))
        if late > 0:
            self._waiting = self._waiting[late:]
            self.dropped += late
