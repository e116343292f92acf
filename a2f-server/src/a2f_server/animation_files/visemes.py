"""Approximates the mouth of the 52 shapes by visemes, for avatars that have nothing else, as the client does."""

from __future__ import annotations

from functools import cache

import numpy as np

from a2f_server import arkit
from a2f_server.animation_files.morph_names import table
from a2f_server.arrays import Float32Array, Float64Array, Weights

_IMPORTANCE = np.array([1.4, 1, 1, 1.1, 1.1, 1, 0.3, 1, 1, 1.2, 0.8])
"""Of the features: gap, lower lip, upper lip, funnel, pucker, stretch, smile, tongue, jaw forward, bite, seal."""
_SEALED, _APART = 0.22, 0.16
"""Sum of rolls, press and close at which lips are sealed, and the gap beyond which they are not."""
_L1, _L2 = 0.01, 0.004
"""Penalties: of two equally good mixtures the simpler one wins, and similar templates share."""
_MOST_SWEEPS, _TOLERANCE = 400, 1e-5


def channels(weights: Weights) -> Float32Array:
    """Returns the channels of frames `[n, 52]`: the shapes, the 15 visemes, and a mixture of five vowels `[n, 72]`."""
    names, vowels = table()["visemes"], table()["vowels"]
    out = np.zeros((len(weights), channel_count()), np.float32)
    out[:, : arkit.COUNT] = weights
    known = tuple(table()["visemeFaces"])
    mouth = mouth_features(weights)
    out[:, [arkit.COUNT + names.index(name) for name in known]] = _mixture(mouth, known)
    out[:, arkit.COUNT + len(names) :] = _mixture(mouth, tuple(vowels))
    return out


def channel_count() -> int:
    """Returns the number of channels."""
    return arkit.COUNT + len(table()["visemes"]) + len(table()["vowels"])


def mouth_features(faces: Float32Array) -> Float64Array:
    """Returns numbers that describe mouths, for comparing them, `[n, 11]`."""
    face = faces.astype(np.float64)

    def shape(name: str) -> Float64Array:
        return face[:, arkit.INDEX[name]]

    def pair(name: str) -> Float64Array:
        return (shape(f"{name}Left") + shape(f"{name}Right")) / 2

    gap = np.maximum(0, shape("jawOpen") - shape("mouthClose"))
    lower, upper, press = pair("mouthLowerDown"), pair("mouthUpperUp"), pair("mouthPress")
    roll = shape("mouthRollLower")
    bite = np.maximum(0, roll - shape("mouthRollUpper") - press)
    pressed = shape("mouthClose") + shape("mouthRollUpper") + press + np.minimum(roll, _SEALED / 3)
    sealed = np.minimum(1, pressed / _SEALED) * np.maximum(0, 1 - (gap + lower + upper) / _APART)
    others = [shape("mouthFunnel"), shape("mouthPucker"), pair("mouthStretch"), pair("mouthSmile")]
    parts = [gap, lower, upper, *others, shape("tongueOut"), shape("jawForward"), bite, sealed]
    features: Float64Array = np.stack(parts, axis=1) * _IMPORTANCE
    return features


@cache
def _templates(names: tuple[str, ...]) -> Float64Array:
    return mouth_features(np.array([table()["visemeFaces"][name] for name in names], np.float32))


def _mixture(mouths: Float64Array, names: tuple[str, ...]) -> Float64Array:
    """Returns the shares of each viseme, at most 1 in total: non-negative least squares with an elastic net."""
    templates = _templates(names)
    gram, target = templates @ templates.T, mouths @ templates.T
    own = np.diag(gram)
    raw = np.zeros_like(target)
    for _ in range(_MOST_SWEEPS):
        before = raw.copy()
        for i in range(len(names)):
            residual = target[:, i] - raw @ gram[:, i] + raw[:, i] * own[i]
            raw[:, i] = np.maximum(0, (residual - _L1 * np.sqrt(own[i])) / (own[i] * (1 + _L2)))
        if np.abs(raw - before).max(initial=0) < _TOLERANCE:
            break
    shares: Float64Array = raw / np.maximum(1, raw.sum(axis=1, keepdims=True))
    return shares
