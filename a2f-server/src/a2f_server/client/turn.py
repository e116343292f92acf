"""Reads the server's messages of one live utterance."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.client.errors import NotAServer, from_fields
from a2f_server.clip import FaceClip

_HEADER = struct.Struct("<BBHIII")
_FRAMES = (1, 1)
"""Kind and version of a message of frames."""


class ClientTurn:
    """The state of one utterance, over all connections that it takes."""

    def __init__(self) -> None:
        self.done = False
        self.lookahead = 0.0
        """Seconds of audio that the server needs after a frame's instant."""
        self.warning: str | None = None
        """A warning about the audio, at the end."""
        self._next = 0

    def receive(self, message: str | bytes) -> FaceClip | None:
        """Returns the frames of a message that are new. Raises the error that it is."""
        if isinstance(message, bytes):
            return self._frames(message)
        fields = _parsed(message)
        kind = fields.get("type")
        if kind == "error" and (fields.get("fatal") or fields.get("utterance") == 1 or "request" in fields):
            raise from_fields(fields)
        if kind == "started":
            self.lookahead = fields["lookahead"]
        if kind == "end":
            self.done, self.warning = True, fields.get("warning")
        return None

    def _frames(self, message: bytes) -> FaceClip | None:
        kind, version, count, _, first, fps = _HEADER.unpack_from(message)
        if (kind, version) != _FRAMES or first + count <= self._next:
            return None
        values = np.frombuffer(message, "<u2", count * arkit.COUNT, _HEADER.size).reshape(count, arkit.COUNT)
        known, self._next = max(0, self._next - first), first + count
        return FaceClip.from_u16(values[known:], fps, first + known)


def _parsed(message: str) -> dict[str, Any]:
    try:
        fields = json.loads(message)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise NotAServer("the server sent a message that is not JSON")
    return fields
