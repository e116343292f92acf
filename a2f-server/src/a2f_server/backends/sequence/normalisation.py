"""Normalises audio as wav2vec2 networks expect it."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Samples

EPSILON = 1e-7


def normalise(samples: Samples) -> Samples:
    """Returns (x − mean) / sqrt(variance + 1e-7), `[n]`.

    Zeros at both ends are excluded: they pad the utterance, and would make speech louder.
    """
    sounding = np.flatnonzero(samples)
    if not len(sounding):
        return samples
    inside = samples[sounding[0] : sounding[-1] + 1].astype(np.float64)
    out: Samples = ((samples - inside.mean()) / np.sqrt(inside.var() + EPSILON)).astype(np.float32)
    out[: sounding[0]] = out[sounding[-1] + 1 :] = 0
    return out
