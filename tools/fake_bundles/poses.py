"""The 52 ARKit shapes and 16 of the tongue, as smooth bumps that move points."""

from __future__ import annotations

import numpy as np

from a2f_server.arkit import NAMES
from a2f_server.arrays import Float32Array, Float64Array
from tools.fake_bundles.point_clouds import MIRROR, ROOT, on_surface

Bump = tuple[str, float, float, float, tuple[float, float, float]]
"""Name of a place, offset to the left and upwards, radius of the bump, and displacement."""

PLACES = {
    "eye": (3.2, 160.0),
    "brow": (3.2, 162.5),
    "nose": (1.2, 156.5),
    "cheek": (4.5, 155.5),
    "corner": (2.4, 152.0),
    "mouth": (0.0, 152.0),
    "chin": (0.0, 147.5),
}
BUMPS: dict[str, tuple[Bump, ...]] = {
    "eyeBlinkLeft": (("eye", 0, 0.5, 1.0, (0, -0.9, 0.1)),),
    "eyeLookDownLeft": (("eye", 0, 0.1, 1.1, (0, -0.3, 0.1)),),
    "eyeLookInLeft": (("eye", -0.5, 0, 0.9, (-0.2, 0, 0.15)),),
    "eyeLookOutLeft": (("eye", 0.5, 0, 0.9, (0.2, 0, 0.15)),),
    "eyeLookUpLeft": (("eye", 0, 0.3, 1.1, (0, 0.3, 0.2)),),
    "eyeSquintLeft": (("eye", 0, -0.8, 0.9, (0, 0.35, 0.1)),),
    "eyeWideLeft": (("eye", 0, 0.8, 0.9, (0, 0.4, -0.1)),),
    "jawForward": (("chin", 0, 0, 3.0, (0, 0, 1.2)),),
    "jawLeft": (("chin", 0, 0, 3.0, (1.1, 0, 0)),),
    "jawOpen": (("chin", 0, -0.5, 3.2, (0, -2.4, -0.5)), ("mouth", 0, -0.9, 1.4, (0, -0.8, 0))),
    "mouthClose": (("mouth", 0, -0.8, 1.0, (0, 0.9, 0.1)), ("mouth", 0, 0.8, 0.9, (0, -0.25, 0))),
    "mouthFunnel": (("mouth", 0, 0.8, 1.1, (0, 0.4, 0.9)), ("mouth", 0, -0.9, 1.1, (0, -0.4, 0.9))),
    "mouthPucker": (
        ("corner", 0, 0, 1.1, (-1.0, 0, 0.4)),
        ("corner", -4.8, 0, 1.1, (1.0, 0, 0.4)),
        ("mouth", 0, 0, 1.0, (0, 0, 0.7)),
    ),
    "mouthLeft": (("mouth", 0, 0, 1.9, (0.9, 0, 0)),),
    "mouthSmileLeft": (("corner", 0.2, 0.4, 1.3, (0.7, 0.8, -0.2)),),
    "mouthFrownLeft": (("corner", 0, -0.6, 1.1, (0.1, -0.7, 0)),),
    "mouthDimpleLeft": (("corner", 0.5, 0, 0.8, (0.4, 0.1, -0.5)),),
    "mouthStretchLeft": (("corner", 0.4, -0.6, 1.5, (0.8, -0.2, -0.1)),),
    "mouthRollLower": (("mouth", 0, -0.6, 0.9, (0, 0.2, -0.7)),),
    "mouthRollUpper": (("mouth", 0, 0.6, 0.9, (0, -0.2, -0.7)),),
    "mouthShrugLower": (("mouth", 0, -1.7, 1.3, (0, 0.7, 0.3)),),
    "mouthShrugUpper": (("mouth", 0, 1.2, 1.1, (0, 0.6, 0.3)),),
    "mouthPressLeft": (("mouth", 1.3, 0, 0.8, (0, 0.1, -0.4)),),
    "mouthLowerDownLeft": (("mouth", 1.1, -0.8, 0.8, (0.1, -0.7, 0)),),
    "mouthUpperUpLeft": (("mouth", 1.1, 0.8, 0.8, (0.1, 0.7, 0)),),
    "browDownLeft": (("brow", 0, 0, 1.5, (-0.2, -0.7, 0.1)),),
    "browInnerUp": (("brow", -2.0, 0, 1.1, (0, 0.9, 0)), ("brow", -4.4, 0, 1.1, (0, 0.9, 0))),
    "browOuterUpLeft": (("brow", 1.2, 0, 1.2, (0, 0.9, 0)),),
    "cheekPuff": (("cheek", 0, -1.5, 1.8, (0.6, 0, 0.9)), ("cheek", -9.0, -1.5, 1.8, (-0.6, 0, 0.9))),
    "cheekSquintLeft": (("cheek", 0, 1.0, 1.3, (0, 0.6, 0.2)),),
    "noseSneerLeft": (("nose", 0, 0, 0.9, (0.1, 0.6, 0.2)),),
    "tongueOut": (("mouth", 0, -0.6, 0.7, (0, -0.2, 0.2)),),
}
TONGUE_BUMPS: dict[str, tuple[float, float, tuple[float, float, float]]] = {
    # distance in front of the centre, radius, displacement
    "tongueTipUp": (3.0, 1.2, (0, 0.9, 0)),
    "tongueTipDown": (3.0, 1.2, (0, -0.9, 0.2)),
    "tongueTipLeft": (3.0, 1.3, (0.9, 0, 0)),
    "tongueTipRight": (3.0, 1.3, (-0.9, 0, 0)),
    "tongueRollUp": (2.0, 1.0, (0, 0.6, -0.6)),
    "tongueRollDown": (2.0, 1.0, (0, -0.6, -0.6)),
    "tongueRollLeft": (1.0, 1.0, (0.4, 0.5, 0)),
    "tongueRollRight": (1.0, 1.0, (-0.4, 0.5, 0)),
    "tongueUp": (0.0, 3.0, (0, 0.8, 0)),
    "tongueDown": (-0.5, 3.0, (0, -0.8, -0.2)),
    "tongueLeft": (0.5, 3.0, (0.8, 0, 0)),
    "tongueRight": (0.5, 3.0, (-0.8, 0, 0)),
    "tongueIn": (-1.0, 3.0, (0, 0, -0.9)),
    "tongueStretch": (1.5, 1.8, (0, 0, 0.9)),
    "tongueWide": (0.0, 2.0, (0, 0, 0)),
    "tongueNarrow": (2.0, 1.6, (0, 0, 0)),
}
TONGUE_NAMES = tuple(TONGUE_BUMPS)
SIDEWAYS = {"tongueWide": 0.25, "tongueNarrow": -0.3}
"""Relative growth of a point's distance from the middle."""


def skin(points: Float64Array, *, tongue_out: bool) -> Float32Array:
    """Returns deltas `[52, V, 3]`; in v3.0 `tongueOut` moves nothing."""
    deltas = np.stack([_shape(name, points) for name in NAMES])
    if not tongue_out:
        deltas[NAMES.index("tongueOut")] = 0.0
    return deltas.astype(np.float32)


def tongue(points: Float64Array) -> Float32Array:
    """Returns deltas `[16, W, 3]`."""
    return np.stack([_tongue_shape(name, points) for name in TONGUE_NAMES]).astype(np.float32)


def bump(points: Float64Array, centre: Float64Array, radius: float) -> Float64Array:
    """Returns a Gaussian, `[V]`, that is 1 at the centre."""
    out: Float64Array = np.exp(-((points - centre) ** 2).sum(1) / (2 * radius**2))
    return out


def _shape(name: str, points: Float64Array) -> Float64Array:
    if name in BUMPS:
        return sum((_moved(points, one) for one in BUMPS[name]), np.zeros_like(points))
    mirrored: Float64Array = _shape(name.replace("Right", "Left"), points * MIRROR) * MIRROR
    return mirrored


def _moved(points: Float64Array, one: Bump) -> Float64Array:
    place, left, up, radius, move = one
    centre = on_surface(np.array([PLACES[place]]) + np.array([left, up]))[0]
    out: Float64Array = bump(points, centre, radius)[:, None] * np.array(move)
    return out


def _tongue_shape(name: str, points: Float64Array) -> Float64Array:
    forward, radius, move = TONGUE_BUMPS[name]
    away = (points - ROOT) * (SIDEWAYS.get(name, 0.0), 0.0, 0.0)
    out: Float64Array = bump(points, ROOT + np.array([0.0, 0.0, forward]), radius)[:, None] * (away + np.array(move))
    return out
