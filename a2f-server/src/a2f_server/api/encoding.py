"""JSON as it is sent."""

from __future__ import annotations

import json
import time
from typing import Any

from a2f_server.arrays import Weights
from a2f_server.clip import FaceClip, rounded

BLOCK = 64
"""Rows that are encoded at once: about 3 ms."""
PAUSE_S = 0.0005


def encode_json(message: Any) -> str:
    """Returns compact JSON."""
    return json.dumps(message, separators=(",", ":"))


def encode_clip(clip: FaceClip, **more: object) -> str:
    """Returns what `FaceClip.to_json` returns as JSON, and more fields. Call it on a thread: it pauses."""
    head = encode_json({"fps": clip.fps, "blendshapes": list(clip.names), **more})
    return f'{head[:-1]},"weights":[{encode_rows(clip.weights)}]}}'


def encode_rows(weights: Weights) -> str:
    """Returns rows of weights as JSON, without the brackets around them.

    The encoder holds the interpreter's lock: for ten minutes of frames in one call, that made all live streams a third
    of a second late.
    """
    blocks = []
    for i in range(0, len(weights), BLOCK):
        blocks.append(encode_json(rounded(weights[i : i + BLOCK]))[1:-1])
        time.sleep(PAUSE_S)
    return ",".join(blocks)
