"""The messages that a live utterance sends. They are kept, so that they can be sent again if the connection breaks.

Frames do not depend on how the audio is split, so those that follow are the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from a2f_server.arrays import AnyArray
from a2f_server.client.requests import RequestOptions, StereoChannel, check_names

PCM = bytes | bytearray | memoryview | AnyArray
"""Samples: 16-bit little-endian, or an array of int16, or of floats in [−1, 1]; channels are interleaved."""
MOST_BYTES = 1 << 18
"""Bytes of a message; the server takes a megabyte."""
_BYTES = 2


class Script:
    """The messages of one utterance, in order."""

    def __init__(self, sample_rate: int, channels: int, channel: StereoChannel, options: RequestOptions) -> None:
        check_names(options)
        self._rate = sample_rate * channels * _BYTES
        audio = {"encoding": "pcm_s16le", "sample_rate": sample_rate, "channels": channels, "channel": channel}
        start = {"type": "start", "utterance": 1, "audio": audio, **options}
        self.messages: list[str | bytes] = [_text(start)]
        self._sent = 0
        self.ended = False

    def add_audio(self, pcm: PCM) -> None:
        """Adds samples."""
        data = s16(pcm)
        self._sent += len(data)
        self.messages += _pieces(data)

    def add_emotions(self, emotions: Mapping[str, float], at: float | None) -> None:
        """Changes the emotions from `at` seconds on, by default from the end of the audio so far."""
        when = self._sent / self._rate if at is None else at
        self.messages.append(_text({"type": "emotions", "emotions": dict(emotions), "at": when}))

    def end(self) -> None:
        """Marks the end of the audio."""
        self.ended = True
        self.messages.append(_text({"type": "end"}))


def s16(pcm: PCM) -> bytes:
    """Returns 16-bit little-endian samples; what is not a number is silence. Raises TypeError for other types."""
    if isinstance(pcm, bytes | bytearray | memoryview):
        return bytes(pcm)
    if not isinstance(pcm, np.ndarray):
        raise TypeError(f"audio: give bytes or numpy arrays, not {type(pcm).__name__}")
    samples: AnyArray = np.rint(np.clip(np.nan_to_num(pcm), -1, 1) * 32767) if pcm.dtype.kind == "f" else pcm
    if samples is pcm and pcm.dtype != np.int16:
        raise TypeError(f"audio: give arrays of int16, or of floats in [−1, 1], not {pcm.dtype}")
    return bytes(samples.astype("<i2").tobytes())


def _pieces(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), MOST_BYTES):
        yield data[at : at + MOST_BYTES]


def _text(message: Mapping[str, Any]) -> str:
    fields = {name: dict(value) if isinstance(value, Mapping) else value for name, value in message.items()}
    return json.dumps({name: value for name, value in fields.items() if value is not None})
