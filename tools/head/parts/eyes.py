"""The eyeballs: a white sphere, a concave iris, and a highlight."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, blend, points, polar, rgb, smooth, turned
from tools.head.face.skull import BALL, EYE
from tools.head.geometry.mesh import Mesh, merged, mirrored, patch

WHITE = rgb(0xFBFAF6)
VEIN = rgb(0xE9C9BC)
IRIS = rgb(0x3F7F74)
IRIS_LIGHT = rgb(0x86C2A2)
IRIS_CORE = rgb(0xC79A4B)
LIMBUS = rgb(0x14302F)
PUPIL = rgb(0x0B0909)
COLUMNS = 40
INWARDS = -2.0
"""Degrees by which the eyes at rest converge, as when looking at someone close."""
# Degrees from the centre of the pupil, radius in eyeballs. Two close rings make a sharp colour edge.
RINGS = np.array(
    [
        [0.01, 0.93],
        [12.5, 0.93],
        [13.4, 0.932],
        [18, 0.944],
        [23, 0.962],
        [28, 0.984],
        [30, 0.992],
        [31.5, 0.998],
        [33, 1],
        [45, 1],
        [62, 1],
        [80, 1],
        [100, 1],
    ]
)
REACH = {"In": (1, 30.0), "Out": (1, 30.0), "Up": (0, 22.0), "Down": (0, 26.0)}
"""Range of the gaze by direction: the axis, and degrees."""


def build() -> Mesh:
    """Builds both eyes with their eight shapes."""
    left = _ball()
    return merged([left, mirrored(left), _glint(1), _glint(-1)])


def _ball() -> Mesh:
    turn = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    angle, radius = np.radians(RINGS[:, :1]), RINGS[:, 1:] * BALL
    x, y = np.cos(turn) * np.sin(angle), np.sin(turn) * np.sin(angle)
    local = turned(points(x, y, np.cos(angle)) * radius[..., None], 1, INWARDS)
    ball = patch(local + EYE, _colors(turn), ring=True, inside_out=True)
    for name, (axis, degrees) in REACH.items():
        sign = -1 if name in {"In", "Up"} else 1
        flat = local.reshape(-1, 3)
        ball.morphs[f"eyeLook{name}Left"] = turned(flat, axis, sign * degrees) - flat
    return ball


def _colors(turn: Float64Array) -> Float64Array:
    angle = RINGS[:, :1]
    streak = 0.5 + 0.25 * np.sin(7 * turn) + 0.25 * np.sin(17 * turn + 1)
    below = smooth(0.5, -0.9, np.sin(turn))
    iris = blend(IRIS, IRIS_LIGHT, 0.25 * streak + 0.65 * below * smooth(33, 20, angle))
    iris = blend(iris, IRIS_CORE, 0.55 * smooth(21, 13, angle) * (0.5 + 0.5 * streak))
    iris = blend(iris, LIMBUS, smooth(26, 31, angle) + 0 * turn)
    color = np.where((angle <= 13)[..., None], PUPIL, iris)
    white = blend(WHITE, VEIN, 0.7 * smooth(45, 80, angle) + 0 * turn)
    return np.where((angle > 32)[..., None], white, color)


def _glint(side: int) -> Mesh:
    """Builds the highlight, which does not turn with the eye."""
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    size = np.array([[0.01], [5.2]])
    spot = polar(9 + size * np.cos(turn), 13 + size * 1.1 * np.sin(turn), np.full((2, 12), BALL * 1.012))
    return patch(spot + EYE * np.array([side, 1, 1]), np.array([1.0, 1.0, 1.0]), ring=True, inside_out=True)
