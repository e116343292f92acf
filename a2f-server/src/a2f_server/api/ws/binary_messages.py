"""Binary messages of protocol version 1: little-endian, a header of 16 bytes, then values (docs/protocol.md)."""

from __future__ import annotations

import struct

import numpy as np

from a2f_server import arkit
from a2f_server.clip import FaceClip, rounded
from a2f_server.engine.frames import Frames

VERSION = 1
FRAMES, AUDIO = 1, 2
_HEADER, _VALUE = struct.Struct("<BBHIII"), np.dtype("<u2")


def encode_frames(utterance: int, fps: int, frames: Frames) -> bytes:
    """Packs frames: kind=1 u8 · version u8 · count u16 · utterance u32 · first u32 · fps u32, then count × 52 × u16."""
    values = frames.values
    header = _HEADER.pack(FRAMES, VERSION, len(values), utterance, frames.first, fps)
    return header + (values if values.dtype == _VALUE else values.astype(_VALUE)).tobytes()


def decode_frames(data: bytes) -> tuple[int, int, Frames]:
    """Does the inverse, for clients in Python: (utterance, fps, frames). Raises ValueError for other messages."""
    kind, version, count, utterance, first, fps = _HEADER.unpack_from(data)
    if (kind, version) != (FRAMES, VERSION):
        raise ValueError(f"a message of kind {kind}, version {version}, holds no frames of version {VERSION}")
    values = np.frombuffer(data, "<u2", count * arkit.COUNT, _HEADER.size)
    return utterance, fps, Frames(first, values.reshape(count, arkit.COUNT).astype(np.uint16))


def encode_audio(utterance: int, first_sample: int, sample_rate: int, pcm: bytes) -> bytes:
    """Packs audio: kind=2 u8 · version u8 · 0 u16 · utterance u32 · first_sample u32 · sample_rate u32, mono s16le."""
    return _HEADER.pack(AUDIO, VERSION, 0, utterance, first_sample, sample_rate) + pcm


def decode_audio(data: bytes) -> tuple[int, int, int, bytes]:
    """Does the inverse, for clients in Python: (utterance, first_sample, sample_rate, pcm)."""
    kind, version, _, utterance, first_sample, sample_rate = _HEADER.unpack_from(data)
    if (kind, version) != (AUDIO, VERSION):
        raise ValueError(f"a message of kind {kind}, version {version}, holds no audio of version {VERSION}")
    return utterance, first_sample, sample_rate, data[_HEADER.size :]


def frames_json(utterance: int, fps: int, frames: Frames) -> dict[str, object]:
    """Returns the same as a JSON message with four decimals."""
    weights = rounded(FaceClip.from_u16(frames.values, fps).weights)
    return {"type": "frames", "utterance": utterance, "first": frames.first, "fps": fps, "weights": weights}
