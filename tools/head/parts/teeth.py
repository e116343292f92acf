"""The two arches of teeth with their gums."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, blend, points, rgb, smooth
from tools.head.geometry.mesh import Mesh, patch

ENAMEL = rgb(0xF3ECDF)
GUM = rgb(0xC0606A)
SHADOW = rgb(0x9A7F70)
DARK = rgb(0x2A0A0C)
"""The colour of the oral cavity, into which the lower arch fades at its sides."""
TEETH = 12
STEPS = 5
"""Columns per tooth."""
WIDE, DEEP = 0.28, 0.34
"""Half-axes of the arch."""
BOW = 0.045
"""Rise of the upper arch towards the sides, like that of the lips' line of contact."""
SINK = -0.05
"""Fall of the lower arch towards the sides. The jaw turns about the ears, so it lowers them less than the front:
if they were as high, an open mouth with drooping corners would show the last teeth like fangs."""


def upper(line: Float64Array) -> Mesh:
    """Builds the upper teeth behind `line`, the middle of the lips' line of contact, `[3]`."""
    return _arch(
        line + np.array([0, 0, -0.12]), edge=-0.022, root=0.13, gum=0.195, bow=BOW, shade=0.0, inside_out=False
    )


def lower(line: Float64Array) -> Mesh:
    """Builds the lower teeth, a little further back than the upper ones."""
    return _arch(
        line + np.array([0, 0, -0.155]), edge=-0.074, root=-0.16, gum=-0.2, bow=SINK, shade=0.45, inside_out=True
    )


def _arch(
    front: Float64Array, *, edge: float, root: float, gum: float, bow: float, shade: float, inside_out: bool
) -> Mesh:
    columns = TEETH * STEPS + 1
    where = np.linspace(-TEETH / 2, TEETH / 2, columns)
    angle = where / (TEETH / 2) * np.radians(84)
    within = np.abs((where % 1) - 0.5) * 2
    gap, corner = 0.018 * within**6, 0.012 * within**4 * np.sign(root - edge)
    size = 1 - 0.28 * np.abs(where) / (TEETH / 2)
    # Rows: behind, edge, above the edge, belly, neck, gum's edge, gum.
    tall = np.array([0.4, 0.0, 0.06, 0.4, 1.0, 1.0])[:, None]
    out = np.array([-0.06, -0.014, -0.003, 0.0, -0.006, 0.006])[:, None]
    y = edge + (root - edge) * tall * size + corner * (1 - tall)
    y = np.concatenate([y, np.full((1, columns), gum)]) + bow * np.sin(angle) ** 2
    out = np.concatenate([out - gap * (tall < 0.9), np.full((1, columns), -0.06)])
    at = points((WIDE + out) * np.sin(angle), y, (DEEP + out) * np.cos(angle) - DEEP) + front
    color = np.concatenate([np.tile(ENAMEL, (5, columns, 1)), np.tile(GUM, (2, columns, 1))])
    back = 0.75 * smooth(0.35, 1.0, np.abs(angle) / np.radians(84))
    color = blend(color, SHADOW, np.maximum(np.maximum(back, 0.4 * within**6), shade) + 0 * y)
    color[0] = SHADOW
    if inside_out:
        color = blend(color, DARK, smooth(0.3, 0.75, np.abs(angle) / np.radians(84)) + 0 * y)
    return patch(at, color, inside_out=inside_out)
