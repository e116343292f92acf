"""Passes a peer's packets of sound on as they arrive."""

from __future__ import annotations

from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

NUMBERS = 1 << 16
"""Sequence numbers are counted modulo this."""
MOST_LATE = 100
"""A packet that is further behind the latest one than this begins a new sequence."""


class PacketOrder:
    """Stands in for aiortc's jitter buffer of sound. Drops packets that arrive twice, or after a later one.

    That buffer holds four packets back, 80 ms, and after a lost one sixteen for good. Here nothing waits: what arrives
    late or not at all is `SpeechLine`'s business, which knows the time.
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
