"""Telephone audio: the µ-law and A-law encodings of ITU-T G.711, one byte per sample."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Int16Array

_BIAS = 0x84


def _mu_law() -> Int16Array:
    """Returns the sample of each code. Codes are inverted; 0x80 is the sign of negative samples."""
    code = 255 - np.arange(256)
    size = (((code & 15) << 3) + _BIAS << (code >> 4 & 7)) - _BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _a_law() -> Int16Array:
    """Returns the sample of each code. Every other bit is inverted; 0x80 is the sign of positive samples."""
    code = np.arange(256) ^ 0x55
    segment, step = code >> 4 & 7, (code & 15) << 4
    size = np.where(segment == 0, step + 8, step + 0x108 << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


MU_LAW, A_LAW = _mu_law(), _a_law()
"""`[256]`: the sample of each code."""
