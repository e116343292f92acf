"""Puts a peer's audio on the clock of a call: drops late packets, replaces missing ones with silence, and compensates
clock drift, so that the delay is the same after an hour as in the first second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from a2f_server.arrays import Int16Array

RATE = 48000
"""Sample rate in Hz, the only one of Opus."""
PACKET = RATE // 50

MOST_GAP = RATE // 10
"""Maximum gap between two packets, in samples. A longer one is a pause of the peer."""
EARLY = RATE // 10
"""Maximum samples that the line may be ahead of the clock; earlier packets wait."""
MOST_AHEAD = RATE // 5
"""Maximum early samples, on the line or waiting. Beyond that, the oldest waiting packets are dropped: they arrived in a
burst after a network stall."""

WINDOW = 100
"""Packets (two seconds) over which the minimum lead over the clock is measured."""
MOST_LEAD, KEPT_LEAD = 30 * RATE // 1000, 10 * RATE // 1000
"""If the minimum lead exceeds MOST_LEAD, audio is dropped until it is KEPT_LEAD: the peer's clock is faster than ours,
or a slow network has recovered."""
MOST_CUT = PACKET // 2
"""Maximum samples dropped from one packet."""
LOUD = 330
"""Peak above which a cut would be audible; −40 dB."""
URGENT = RATE // 10
"""Lead above which loud packets are cut, too."""


class SpeechLine:
    """Concatenates packets. All positions are samples since the beginning of the call.

    The caller passes `now`, the position of the call's clock. `fill` keeps the end of the line at or behind it.
    """

    def __init__(self, write: Callable[[Int16Array], None]) -> None:
        """`write` is called with the samples of the line, in order and without gaps."""
        self.end = 0
        """The samples on the line."""
        self.dropped = 0
        """Samples dropped because they were late or the peer's clock is fast."""
        self._write = write
        self._waiting = np.zeros(0, np.int16)
        self._expected: int | None = None
        self._filled = 0
        self._leads: list[int] = []
        self._surplus = 0

    def add(self, at: int, samples: Int16Array, now: int) -> None:
        """Adds a packet that begins at sample `at` of the peer's own count."""
        lead = self.end + len(self._waiting) - now
        lost = self._lost(at)
        self._expected, self._filled = at + len(samples), 0
        self._waiting = np.concatenate([self._waiting, np.zeros(lost, np.int16), self._cut(samples, lead)])
        self._measure(lead)
        self._drop_late(now)
        self._put(self._waiting[: max(0, now + EARLY - self.end)])

    def fill(self, now: int) -> None:
        """Extends the line up to the clock with waiting packets, or with silence."""
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
        """Returns the number of lost samples before this packet that `fill` has not yet replaced with silence."""
        gap = 0 if self._expected is None else at - self._expected
        return max(0, gap - self._filled) if gap <= MOST_GAP else 0

    def _measure(self, lead: int) -> None:
        self._leads.append(lead)
        if len(self._leads) == WINDOW:
            least = min(self._leads)
            self._surplus = least - KEPT_LEAD if least > MOST_LEAD else 0
            self._leads.clear()

    def _cut(self, samples: Int16Array, lead: int) -> Int16Array:
        """Drops samples while the line is too far ahead, where it is inaudible."""
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
