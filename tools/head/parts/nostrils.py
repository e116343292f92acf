"""Dark ovals under the nose that follow the skin around them."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, blend, length, rgb, unit
from tools.head.face.skull import skin
from tools.head.geometry.mesh import Mesh, patch
from tools.head.geometry.solid import level, normal

DARK = rgb(0x63281D)
SOFT = rgb(0x8E4A38)
MIDDLE = np.array([[0.066, -0.335, 1.02]])
WIDE, LONG = 0.026, 0.042
NEAREST = 6


def build(face: Mesh) -> Mesh:
    """Builds the left nostril on a face, with the shapes of the face."""
    middle = level(skin(), MIDDLE)
    out = unit(normal(skin(), middle))
    along = unit(np.cross(out, [[1.0, 0.25, -0.35]]))
    across = np.cross(along, out)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)[:, None]
    size = np.array([0.01, 0.7, 1.0])[:, None, None]
    flat = middle + size * (WIDE * np.cos(turn) * across + LONG * np.sin(turn) * along)
    raised = level(skin(), flat.reshape(-1, 3), np.repeat([0.009, 0.008, 0.004], len(turn)))
    color = blend(DARK, SOFT, np.repeat([[0], [0.1], [1]], len(turn), axis=1))
    mesh = patch(raised.reshape(flat.shape), color, ring=True, inside_out=True)
    mesh.morphs = _followed(mesh.at, face)
    return mesh


def _followed(at: Float64Array, face: Mesh) -> dict[str, Float64Array]:
    far = length(at[:, None] - face.at)[..., 0]
    nearest = np.argsort(far, axis=1, kind="stable")[:, :NEAREST]
    weight = 1 / (np.take_along_axis(far, nearest, axis=1) ** 2 + 1e-4)
    weight /= weight.sum(axis=1, keepdims=True)
    moves = {name: np.sum(weight[..., None] * value[nearest], axis=1) for name, value in face.morphs.items()}
    return {name: value for name, value in moves.items() if np.abs(value).max() > 1e-3}
