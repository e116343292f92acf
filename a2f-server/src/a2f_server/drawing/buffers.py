"""Scratch that all renderers of a thread share."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.drawing.columns import TILE
from a2f_server.glb.model import Int32Array, UInt8Array

_known = threading.local()


class Buffers(NamedTuple):
    """For pictures of up to `height` × `width` pixels. What is in them does not matter before."""

    depth: Float32Array
    ids: Int32Array
    """`[height, width]`: 1 / distance, and the number of the nearest triangle."""
    fine_depth: Float32Array
    fine_ids: Int32Array
    """The same for 2 × 2 samples a pixel."""
    tiles: UInt8Array
    """`[height / TILE, width / TILE]`: 1 where the fine ones are valid."""
    rows: Int32Array
    """`[8, width]`: of the pixels of one row."""


def buffers(width: int, height: int) -> Buffers:
    """Returns the buffers of this thread, large enough for pictures of this size."""
    known: Buffers | None = getattr(_known, "buffers", None)
    if known is None or known.ids.shape[0] < height or known.ids.shape[1] < width:
        old = known.ids.shape if known else (0, 0)
        known = _known.buffers = _new(max(width, old[1]), max(height, old[0]))
    return known


def _new(width: int, height: int) -> Buffers:
    wide, tall = -(-width // TILE) * TILE, -(-height // TILE) * TILE
    return Buffers(
        np.zeros((tall, wide), np.float32),
        np.zeros((tall, wide), np.int32),
        np.zeros((2 * tall, 2 * wide), np.float32),
        np.zeros((2 * tall, 2 * wide), np.int32),
        np.zeros((tall // TILE, wide // TILE), np.uint8),
        np.zeros((8, wide), np.int32),
    )
