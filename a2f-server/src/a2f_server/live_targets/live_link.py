"""Live Link Face: the packets that Epic's app sends to Unreal's ARKit plugin, over UDP.

A packet is big-endian: u8 version (6), the device's id and the subject's name (each an int32 length and its bytes),
int32 frame and float32 part of a frame since midnight, int32 numerator and denominator of the rate, u8 count (61), and
61 float32: the 52 shapes in Apple's order, then yaw, pitch and roll of the head and of each eye (here 0).
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from fractions import Fraction
from uuid import NAMESPACE_DNS, uuid5

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.live_targets.contract import UdpSender, parse_address
from a2f_server.timecode import DAY_S, FrameRate

PORT = 11111
SUBJECT = "a2f"
"""The name that Unreal lists."""
ANGLES = 9
_VERSION = 6
_DEVICE = str(uuid5(NAMESPACE_DNS, "a2f-server"))
"""36 characters, as the app's; some readers take that for granted."""


def packet(weights: Weights, frame: int, fps: FrameRate, subject: str = SUBJECT) -> bytes:
    """Returns the packet of one frame `[52]`; `frame` counts since midnight."""
    names = b"".join(struct.pack(">i", len(name)) + name for name in (_DEVICE.encode(), subject.encode()))
    rate = Fraction(fps)
    time_code = struct.pack(">ifii", frame, 0.0, rate.numerator, rate.denominator)
    values = np.zeros(arkit.COUNT + ANGLES, ">f4")
    values[: arkit.COUNT] = weights
    return struct.pack(">B", _VERSION) + names + time_code + struct.pack(">B", len(values)) + values.tobytes()


def _seconds_today() -> float:
    now = time.time()
    return (now + time.localtime(now).tm_gmtoff) % DAY_S


class LiveLinkTarget:
    """Unreal, or any other reader of these packets."""

    def __init__(self, address: str, clock: Callable[[], float] = _seconds_today) -> None:
        """`clock` returns seconds since midnight. Raises ValueError for an address that does not exist."""
        self._sender, self._clock = UdpSender(*parse_address(address, PORT)), clock

    def send(self, weights: Weights, fps: FrameRate) -> None:
        """Sends one frame; its time code is the time of day."""
        self._sender.send(packet(weights, int(self._clock() * fps), fps))

    def close(self) -> None:
        """Frees it."""
        self._sender.close()
