"""Frames of the WebSocket protocol."""

from __future__ import annotations

import os

import pytest
from websockets.frames import Frame, Opcode

from a2f_server.uvicorn_server import websocket_frames as frames

SIZES = (0, 1, 125, 126, 1000, 0xFFFF, 0x10000, 100_000)


def client_frame(payload: bytes, opcode: Opcode = Opcode.BINARY) -> bytes:
    return Frame(opcode, payload).serialize(mask=True)


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_of_a_server_is_what_the_library_writes(size: int) -> None:
    data = os.urandom(size)
    assert frames.make(data) == Frame(Opcode.BINARY, data).serialize(mask=False)
    text = "é" * (size // 2)
    assert frames.make(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_of_a_client_is_found_and_unmasked(size: int) -> None:
    data = os.urandom(size)
    sent = b"before" + client_frame(data)
    assert frames.end(sent + b"\x82", 6, 1 << 20) == len(sent)
    assert frames.payload(sent + b"\x82", 6, len(sent)) == data


@pytest.mark.parametrize("size", SIZES)
def test_a_part_of_a_frame_has_no_end(size: int) -> None:
    sent = client_frame(os.urandom(size))
    for cut in {0, 1, 2, 3, 5, 9, 13, len(sent) - 1}:
        if cut < len(sent):
            assert frames.end(sent[:cut], 0, 1 << 20) is None


def test_a_frame_that_is_not_masked_ends_with_the_data() -> None:
    sent = Frame(Opcode.BINARY, b"abc").serialize(mask=False)
    assert not frames.is_masked(sent, 0)
    assert frames.end(sent + b"more", 0, 1 << 20) == len(sent) + 4


def test_a_frame_may_be_of_the_largest_size() -> None:
    assert frames.end(client_frame(bytes(1000)), 0, 1000) == 1008
    with pytest.raises(frames.FrameTooLong):
        frames.end(client_frame(bytes(1001))[:4], 0, 1000)
