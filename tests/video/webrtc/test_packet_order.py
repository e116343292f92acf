"""Audio packets are passed on at once, except for late ones and duplicates."""

from __future__ import annotations

import pytest
from aiortc import RTCPeerConnection
from aiortc.rtp import RtpPacket

from a2f_server.video.webrtc.call import _pass_packets_on
from a2f_server.video.webrtc.packet_order import PacketOrder


def packet(number: int) -> RtpPacket:
    made = RtpPacket(sequence_number=number % 65536, timestamp=number * 960)
    made._data = bytes([number % 256])  # type: ignore[attr-defined]
    return made


def passed(numbers: list[int]) -> list[int]:
    order = PacketOrder()
    return [frame.timestamp // 960 for n in numbers if (frame := order.add(packet(n))[1])]


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 2, 3], [1, 2, 3]),
        ([1, 3, 2, 4], [1, 3, 4]),
        ([1, 5, 6], [1, 5, 6]),
        ([65534, 65535, 65536, 65535, 65537], [65534, 65535, 65536, 65537]),
        ([500, 501, 3, 4], [500, 501, 3, 4]),
    ],
    ids=["in order", "twice", "late", "lost", "wraps", "begins anew"],
)
def test_order(arrived: list[int], expected: list[int]) -> None:
    assert passed(arrived) == expected


@pytest.mark.anyio
async def test_it_replaces_the_buffer_of_aiortc() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("audio").receiver
    _pass_packets_on(receiver)
    assert isinstance(receiver._RTCRtpReceiver__jitter_buffer, PacketOrder)  # type: ignore[attr-defined]
    await connection.close()
