"""Packets of Live Link Face and VMC are what readers of these protocols expect; missing programs cost nothing."""

from __future__ import annotations

import struct
import sys

import numpy as np
import pytest
import structlog

from a2f_server import arkit
from a2f_server.errors import NotInstalled
from a2f_server.live_targets import live_link, selector, vmc
from a2f_server.live_targets.contract import UdpSender, parse_address
from a2f_server.timecode import NTSC
from tests.live_targets.reading import port_of, read_live_link, read_osc, receiver
from tests.support.processes import free_port

ROW = np.linspace(0, 1, 52, dtype=np.float32)


def test_a_live_link_packet() -> None:
    frame = read_live_link(live_link.packet(ROW, 123456, 60))
    assert (frame.frame, frame.part, frame.rate, frame.subject) == (123456, 0.0, (60, 1), "a2f")
    assert len(frame.device) == 36
    for name, value in zip(arkit.NAMES, ROW.tolist(), strict=True):
        assert frame.values[arkit.pascal(name)] == value, name
    assert {v for name, v in frame.values.items() if name.endswith(("Yaw", "Pitch", "Roll"))} == {0.0}
    assert read_live_link(live_link.packet(ROW, 1, NTSC[30], "日本")).rate == (30000, 1001)


def test_readers_that_expect_36_characters_of_device_find_the_values() -> None:
    """A widespread Python reader takes bytes 4 to 40 for the device, and what follows for the subject."""
    data = live_link.packet(ROW, 7, 30)
    assert struct.unpack("<i", data[:4]) == (6,)
    (length,) = struct.unpack("!i", data[41:45])
    frame, _, rate, _ = struct.unpack("!ifii", data[45 + length : 61 + length])
    count, *values = struct.unpack("!B61f", data[61 + length :])
    assert (frame, rate, count) == (7, 30, 61)
    assert values[:52] == ROW.tolist()


def test_live_link_counts_frames_of_the_day() -> None:
    with receiver() as sock:
        target = live_link.LiveLinkTarget(f"127.0.0.1:{port_of(sock)}", clock=lambda: 3600.5)
        target.send(ROW, 30)
        target.close()
        assert read_live_link(sock.recv(2048)).frame == 108015


def test_vmc_bundles() -> None:
    packets = vmc.bundles(ROW, 12.5)
    assert max(map(len, packets)) <= 1400
    messages = [message for packet in packets for message in read_osc(packet)]
    assert messages[:2] == [("/VMC/Ext/OK", [1]), ("/VMC/Ext/T", [12.5])]
    assert messages[-1] == ("/VMC/Ext/Blend/Apply", [])
    values = dict(arguments for address, arguments in messages if address == "/VMC/Ext/Blend/Val")
    assert values == {arkit.pascal(name): value for name, value in zip(arkit.NAMES, ROW.tolist(), strict=True)}


def test_vmc_goes_to_its_address() -> None:
    with receiver() as sock:
        (target,) = selector.parse([f"vmc=localhost:{port_of(sock)}"])
        target.send(ROW, 30)
        target.close()
        messages = [message for _ in range(3) for message in read_osc(sock.recv(2048))]
        assert messages[-1][0] == "/VMC/Ext/Blend/Apply"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.5:9", ("10.0.0.5", 9)),
        ("unreal", ("unreal", 11111)),
        ("[::1]:9", ("::1", 9)),
        ("[::1]", ("::1", 11111)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text, 11111) == address


@pytest.mark.parametrize("text", ["", ":9", "x:", "x:0", "x:65536", "x:nine", "x:-1"])
def test_addresses_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        parse_address(text, 11111)


@pytest.mark.parametrize(
    ("text", "words"),
    [("osc=x:1", "known are livelink, vmc"), ("livelink=x:y", "host:port"), ("vmc=no.such.host.invalid", "no host")],
)
def test_targets_that_cannot_be(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        selector.parse([text])


def test_a_program_that_is_not_there_is_no_error() -> None:
    (target,) = selector.parse([f"livelink=127.0.0.1:{free_port()}"])
    for _ in range(100):
        target.send(ROW, 30)
    target.close()


def test_a_network_that_fails_is_reported_once() -> None:
    sender = UdpSender("127.0.0.1", 9)
    with structlog.testing.capture_logs() as logs:
        for _ in range(100):
            sender.send(bytes(100_000))  # longer than any packet
        sender.send(b"fits")
        sender.send(bytes(100_000))
    assert len(logs) == 2
    sender.close()


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pythonosc", None)
    with pytest.raises(NotInstalled, match=r"a2f-server\[vmc\]"):
        vmc.require()
    with pytest.raises(ValueError, match=r"a2f-server\[vmc\]"):
        selector.parse(["vmc"])
