"""Readers of live packets, written from public descriptions alone, and a program that receives them."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# Unreal's order of its ARKit face shapes, then the rotations
_ORDER = """
EyeBlinkLeft EyeLookDownLeft EyeLookInLeft EyeLookOutLeft EyeLookUpLeft EyeSquintLeft EyeWideLeft
EyeBlinkRight EyeLookDownRight EyeLookInRight EyeLookOutRight EyeLookUpRight EyeSquintRight EyeWideRight
JawForward JawLeft JawRight JawOpen MouthClose MouthFunnel MouthPucker MouthLeft MouthRight
MouthSmileLeft MouthSmileRight MouthFrownLeft MouthFrownRight MouthDimpleLeft MouthDimpleRight
MouthStretchLeft MouthStretchRight MouthRollLower MouthRollUpper MouthShrugLower MouthShrugUpper
MouthPressLeft MouthPressRight MouthLowerDownLeft MouthLowerDownRight MouthUpperUpLeft MouthUpperUpRight
BrowDownLeft BrowDownRight BrowInnerUp BrowOuterUpLeft BrowOuterUpRight CheekPuff CheekSquintLeft
CheekSquintRight NoseSneerLeft NoseSneerRight TongueOut HeadYaw HeadPitch HeadRoll LeftEyeYaw
LeftEyePitch LeftEyeRoll RightEyeYaw RightEyePitch RightEyeRoll
"""
LIVE_LINK_ORDER = _ORDER.split()


@dataclass
class LiveLinkFrame:
    """What a packet of Live Link Face says."""

    device: str
    subject: str
    frame: int
    part: float
    rate: tuple[int, int]
    values: dict[str, float]


def read_live_link(data: bytes) -> LiveLinkFrame:
    """Reads as Unreal does: network byte order; strings have their length before them."""
    at = 0

    def take(form: str) -> Any:
        nonlocal at
        (value,) = struct.unpack_from("!" + form, data, at)
        at += struct.calcsize("!" + form)
        return value

    def text() -> str:
        length = take("i")
        return take(f"{length}s").decode("utf-8")

    assert take("B") == 6, "the version since Unreal 4.25"
    device, subject = text(), text()
    frame, part, numerator, denominator = take("i"), take("f"), take("i"), take("i")
    count = take("B")
    values = [take("f") for _ in range(count)]
    assert at == len(data), "nothing may follow"
    return LiveLinkFrame(
        device, subject, frame, part, (numerator, denominator), dict(zip(LIVE_LINK_ORDER, values, strict=True))
    )


def read_osc(data: bytes) -> list[tuple[str, list[Any]]]:
    """Returns the messages of an OSC 1.0 packet, those of bundles in order."""
    if data.startswith(b"#bundle\0"):
        messages, at = [], 16
        while at < len(data):
            (size,) = struct.unpack_from(">i", data, at)
            messages += read_osc(data[at + 4 : at + 4 + size])
            at += 4 + size
        return messages
    address, at = _string(data, 0)
    tags, at = _string(data, at)
    values: list[Any] = []
    for tag in tags.removeprefix(","):
        if tag == "s":
            value, at = _string(data, at)
        else:
            (value,) = struct.unpack_from({"i": ">i", "f": ">f"}[tag], data, at)
            at += 4
        values.append(value)
    assert at == len(data)
    return [(address, values)]


def _string(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode("ascii"), (end // 4 + 1) * 4


@contextmanager
def receiver() -> Iterator[socket.socket]:
    """Yields a UDP socket on a free port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(20)
        yield sock


def port_of(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])
