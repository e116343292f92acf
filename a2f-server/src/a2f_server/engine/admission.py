"""Decides how many streams the server admits: as many as it serves in time on this machine, at present.

What a stream costs depends on the machine, on its other tenants and on the client, and changes within seconds. So no
figure from the start holds: a part of the measured capacity may be opened at once, and the rest as the load allows that
the open streams show. Lateness ends it, whatever the load: it grows before frames are late, because batches grow first.
"""

from __future__ import annotations

from collections import deque

from a2f_server.engine.load import STRAINED_S, Reading

LATE_S = 0.025
"""Lateness from which streams that end are not replaced: three quarters of a frame at 30 FPS."""
VOUCHED_S = 0.1
"""Both, if the operator vouches for the number of streams: three frames."""
FULL, OVERFULL = 0.7, 0.9
"""Load up to which streams are added by what they cost; and up to which a few are added at a time, as long as frames
are well in time: larger batches cost less, so that twice as many streams are not twice the load."""
AT_ONCE, LEAST, MOST = 0.25, 8, 32
"""Share of the capacity that may be opened at once, since the machine may be slower by now than at the start, and its
limits. An event loop serves LEAST streams on any machine, and MOST on one that others have slowed down to a third."""
UNPROVEN = 0.75
"""Share of FULL up to which the load says little about what a stream costs."""
GROWTH, SLOW_GROWTH = 1.5, 1.04
"""Factors by which the streams in time may grow: at most, and while their cost does not say."""
CALM_S = 0.75 * STRAINED_S
"""Lateness of frames that are well in time."""
MEMORY, SIMILAR = 30, 0.7
"""Ticks whose load counts, since other tenants make a machine slower and faster again within seconds, and the share of
the present streams that must have been open then: few streams cost more each."""
CALM_TICKS = 10
"""Ticks in time after which streams are added again, once frames were late."""
RECOVERY = 0.01
"""Share of the capacity by which that part grows again in each tick, after frames were late."""


class AdmissionControl:
    """Adapts the number of streams that may be open, never more than `most`. LEAST of them always may, if a quarter of
    the capacity is that much: with so few, lateness has other causes.

    `trusted`: the operator knows that this machine serves `most`, so that only much lateness ends the admission.
    """

    def __init__(self, most: int, *, trusted: bool) -> None:
        self.most = most
        self._trusted = trusted
        self._strained, self._late = (VOUCHED_S, VOUCHED_S) if trusted else (STRAINED_S, LATE_S)
        self._floor = max(1, min(LEAST, most if trusted else int(AT_ONCE * most)))
        self._first = most if trusted else min(most, max(LEAST, min(int(AT_ONCE * most), MOST)))
        self._at_once: float = self._first
        self._calm = CALM_TICKS
        self._seen: deque[Reading] = deque(maxlen=MEMORY)
        self.ceiling = self._first
        """Streams that may be open for now."""

    def tick(self, taken: int, seen: Reading) -> None:
        """Adapts to what the last ticks showed; `taken` streams are open."""
        self._seen.append(seen)
        if seen.lateness > self._strained:
            self._calm = 0
            self._at_once = max(self._floor, min(self._at_once, taken - LEAST))
            self.ceiling = max(self._floor, min(taken - (seen.lateness > self._late), self.most))
            return
        self._at_once = min(self._at_once + RECOVERY * self.most, self._first)
        allowed = int(min(max(self._unproven(), self._proven(taken, seen)), self.most))
        self.ceiling = allowed if self._calm >= CALM_TICKS else min(allowed, self.ceiling)
        self._calm += 1

    def rest(self) -> None:
        """Forgets what was: no stream is open."""
        self._at_once = self.ceiling = self._first
        self._calm = CALM_TICKS
        self._seen.clear()

    def _unproven(self) -> float:
        """Returns how many streams may be open whatever they cost, as long as the load is not known to be high."""
        low = all(seen.load is None or seen.load < UNPROVEN * FULL for seen in self._seen)
        return self._at_once if self._trusted or low else self._floor

    def _proven(self, taken: int, now: Reading) -> float:
        """Returns how many streams may be open by what was seen of about as many as there are."""
        similar = [seen for seen in self._seen if seen.load is not None and seen.streams >= SIMILAR * taken]
        room = min((_room(seen, now.lateness) for seen in similar), default=0.0)
        return max(room, SLOW_GROWTH * (now.streams or taken) + 1) if self._well_in_time() else room

    def _well_in_time(self) -> bool:
        recent = list(self._seen)[-CALM_TICKS:]
        return all(seen.lateness < CALM_S and (seen.load or 0.0) < OVERFULL for seen in recent)


def _room(seen: Reading, lateness: float) -> float:
    """Returns how many streams may be open after these, by what they cost: the fewer, the later frames are now."""
    assert seen.load is not None
    in_time = max(1.0, 2 - lateness / STRAINED_S)
    return seen.streams * min(GROWTH, in_time, FULL / max(seen.load, 1e-9))
