"""JSON as it is sent."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from a2f_server.arrays import Weights
from a2f_server.clip import FaceClip, rounded

BLOCK = 8
"""Rows that are encoded at once: about 0.4 ms."""
PAUSE_S = 0.0005
"""Seconds after each block. The encoder holds the interpreter's lock, which every operation of a live stream's model
needs: ten minutes of frames in one call made all live streams a third of a second late."""


def encode_json(message: Any) -> str:
    """Returns compact JSON."""
    return json.dumps(message, separators=(",", ":"))


def encode_clip(clip: FaceClip, **more: object) -> str:
    """Returns what `FaceClip.to_json` returns as JSON, and more fields. Call it on a thread: it pauses."""
    head = encode_json({"fps": clip.fps, "blendshapes": list(clip.names), **more})
    return f'{head[:-1]},"weights":[{encode_rows(clip.weights)}]}}'


def encode_rows(weights: Weights) -> str:
    """Returns rows of weights as JSON, without the brackets around them. Call it on a thread: it pauses."""
    starts = range(0, len(weights), BLOCK)
    return ",".join(with_pauses(encode_json(rounded(weights[i : i + BLOCK]))[1:-1] for i in starts))


def encode_csv(clip: FaceClip) -> str:
    """Returns what `FaceClip.to_csv` returns. Call it on a thread: it pauses."""
    return join_with_pauses("", clip.csv_lines())


def join_with_pauses(separator: str, texts: Iterable[str]) -> str:
    """Joins texts as they are produced, with a pause after every few."""
    rest = iter(texts)
    return separator.join(with_pauses(iter(lambda: separator.join(islice(rest, BLOCK)), "")))


def with_pauses(blocks: Iterable[str]) -> Iterator[str]:
    """Yields the blocks, with a pause after each, so that the event loop and the model get their turns."""
    for block in blocks:
        yield block
        time.sleep(PAUSE_S)
