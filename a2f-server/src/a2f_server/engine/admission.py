"""How many live streams the server admits: as many as it serves in time on this machine, at present."""

from __future__ import annotations

from a2f_server.engine.load import LoadMeter

LEAST = 16
"""Streams that are admitted however late the frames are."""
MOST_BUSY = 0.85
"""Share of its time for which the event loop, and the backend, may be busy."""
PRIOR = 8
"""Streams that the estimate weighs as many as, beside those that are measured."""
CAUTION = 0.8
"""Share of the estimate that counts: the machine may have become slower since."""
RAMP, RAMP_SHARE = 24, 1.25
"""Streams that are admitted within a tick, and the factor by which they may grow in it: what new ones cost is not known
before."""


class Admission:
    """The capacity for live streams, never more than `most`, and how many of them are admitted at once."""

    def __init__(self, most: int, load: LoadMeter) -> None:
        self.capacity = self.ceiling = self.most = most
        """capacity: streams that are served in time. ceiling: streams that may be open for now."""
        self._load = load
        self._expected: float | None = None

    def expect(self, streams: int) -> None:
        """Lets the capacity follow the load from now on, and begin at an estimate. Without it, `most` is trusted."""
        self._expected = MOST_BUSY / (CAUTION * streams)
        self.tick(0)

    def tick(self, taken: int) -> None:
        """Adapts to the load, with `taken` streams open. While frames are late, no stream is admitted, and those that
        end are not replaced."""
        if self._expected is not None:
            measured, busy = self._load.streams, self._load.busy
            self.capacity = self._bounded(MOST_BUSY * (measured + PRIOR) / (busy + PRIOR * self._expected))
            self.ceiling = min(self.capacity, max(taken + RAMP, int(RAMP_SHARE * taken)))
        if self._load.is_late:
            self.ceiling = self._bounded(min(taken, self.capacity))
        elif self._expected is None:
            self.ceiling = self.capacity

    def _bounded(self, streams: float) -> int:
        return int(min(max(streams, LEAST), self.most))
