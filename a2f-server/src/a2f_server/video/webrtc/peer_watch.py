"""Detects that a peer has gone without closing the call."""

from __future__ import annotations

from a2f_server.errors import TimedOut, TooLarge

CONNECT_S = 15.0
"""Seconds from the answer until the peer must be connected."""
SILENT_S = 5.0
"""Seconds without a packet after which the peer counts as gone: browsers send 50 a second, and reports when muted."""
MOST_PACKETS = 1000
"""Packets a second, on average since the last check, that a peer may send. Sound needs 50."""


class PeerWatch:
    """Watches one call's packets. `check` is called about once a second."""

    def __init__(self, now: float) -> None:
        """`now`: any clock, in seconds."""
        self._begun = self._heard_at = self._checked_at = now
        self._packets = 0

    def check(self, now: float, packets: int, *, connected: bool) -> None:
        """Raises TimedOut or TooLarge if the call must end. `packets`: number that the peer has sent so far."""
        elapsed, self._checked_at = now - self._checked_at, now
        sent, self._packets = packets - self._packets, packets
        if sent > MOST_PACKETS * max(elapsed, 1.0):
            raise TooLarge(f"the peer sends more than {MOST_PACKETS} packets a second")
        if sent:
            self._heard_at = now
        if not connected and now - self._begun > CONNECT_S:
            raise TimedOut(f"the peer did not connect within {CONNECT_S:g} s; is UDP open between it and the server?")
        if connected and now - self._heard_at > SILENT_S:
            raise TimedOut(f"the peer has sent nothing for {SILENT_S:g} s")
