"""Passes a peer's audio packets on as they arrive."""

from __future__ import annotations

from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

NUMBERS = 1 << 16
"""Sequence numbers wrap at this value."""
MOST_LATE = 100
"""A packet that is further behind the latest one than this begins a new sequence."""


class PacketOrder:
    """Replaces aiortc's audio jitter buffer. Drops packets that arrive twice, or after a later one.

    That buffer holds back four packets (80 ms), and sixteen permanently after a loss. Here nothing waits: `SpeechLine`,
    which knows the time, handles late and lost packets.
    """

    capacity = 1

    def __init__(self) -> None:
        self._latest: int | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Returns whether a key frame is needed (never), and the packet's frame, None if it is dropped."""
        number = packet.sequence_number
        if self._latest is not None and (self._latest - number) % NUMBERS < MOST_LATE:
            return False, None
        self._latest = number
        return False, JitterFrame(packet._data, packet.timestamp)  # type: ignore[attr-defined]
