"""Output of the small networks: a few curves, driven by audio and emotions, that each move all parts of the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.arkit import EMOTIONS, NAMES
from a2f_server.arrays import Float32Array, Float64Array
from tools.fake_bundles.poses import TONGUE_NAMES


@dataclass(frozen=True)
class Curve:
    """A curve's pose at 1: weights of shapes (a name without a side means both), degrees of jaw and eyes."""

    skin: dict[str, float]
    tongue: dict[str, float]
    jaw: float = 0.0
    eyes: tuple[float, float] = (0.0, 0.0)


VOICE_CURVES = (
    Curve({"jawOpen": 0.5, "mouthLowerDown": 0.2}, {"tongueDown": 0.4}, jaw=4.0),
    Curve({"mouthFunnel": 0.5, "mouthPucker": 0.5, "mouthStretch": -0.3}, {"tongueNarrow": 0.5}),
    Curve({"mouthUpperUp": 0.4, "mouthSmile": 0.15}, {"tongueUp": 0.5, "tongueTipUp": 0.4}, eyes=(1.0, 0.0)),
    Curve({"mouthLeft": 0.1, "browInnerUp": 0.3}, {"tongueLeft": 0.1}, eyes=(0.0, 2.0)),
)
"""Curves driven by loudness, low pitches, high pitches, and the lowest band."""
EMOTION_CURVES = {
    "amazement": Curve({"browOuterUp": 0.6, "eyeWide": 0.6}, {}, eyes=(-3.0, 0.0)),
    "anger": Curve({"browDown": 0.8, "noseSneer": 0.4}, {}),
    "cheekiness": Curve({"mouthSmileLeft": 0.6}, {}),
    "disgust": Curve({"noseSneer": 0.8, "mouthUpperUp": 0.3}, {}),
    "fear": Curve({"eyeWide": 0.5, "mouthStretch": 0.5}, {}),
    "grief": Curve({"browInnerUp": 0.7, "mouthFrown": 0.5}, {}),
    "joy": Curve({"mouthSmile": 0.7, "cheekSquint": 0.5}, {}),
    "outofbreath": Curve({"jawOpen": 0.2}, {}, jaw=2.0),
    "pain": Curve({"eyeSquint": 0.8, "browDown": 0.5}, {}),
    "sadness": Curve({"mouthFrown": 0.7, "browInnerUp": 0.5}, {}, eyes=(3.0, 0.0)),
}
ALL = (*VOICE_CURVES, *(EMOTION_CURVES[name] for name in EMOTIONS))


@dataclass(frozen=True)
class Moves:
    """Displacements of each curve at 1, `[curves, …]`: flattened vertices in centimetres, markers, angles."""

    skin: Float32Array
    tongue: Float32Array
    jaw: Float32Array
    eyes: Float32Array


def moves(skin: Float32Array, tongue: Float32Array, markers: Float32Array) -> Moves:
    """Returns the displacements for a head with these shapes, `[52, V, 3]` and `[16, W, 3]`, and markers `[5, 3]`."""
    return Moves(
        _mixed([c.skin for c in ALL], NAMES) @ skin.reshape(len(NAMES), -1),
        _mixed([c.tongue for c in ALL], TONGUE_NAMES) @ tongue.reshape(len(TONGUE_NAMES), -1),
        np.stack([opened(markers, c.jaw).reshape(-1) for c in ALL]).astype(np.float32),
        np.array([[*c.eyes, *c.eyes] for c in ALL], np.float32),
    )


def opened(markers: Float32Array, degrees: float) -> Float64Array:
    """Returns displacements `[5, 3]` of markers that rotate about the hinge of the jaw."""
    hinge, angle = np.array([0.0, 155.0, 2.0]), np.radians(degrees)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    out: Float64Array = (markers - hinge) @ turn.T + hinge - markers
    return out


def _mixed(wanted: list[dict[str, float]], names: tuple[str, ...]) -> Float32Array:
    """Returns the weights of all shapes for each curve, `[curves, names]`."""
    out = np.zeros((len(wanted), len(names)), np.float32)
    for row, weights in zip(out, wanted, strict=True):
        for stem, weight in weights.items():
            for name in {stem, f"{stem}Left", f"{stem}Right"} & set(names):
                row[names.index(name)] = weight
    return out
