"""What is behind the lips: the oral cavity."""

from __future__ import annotations

import numpy as np
from PIL import Image

from a2f_server.face_shapes.vectors import points
from a2f_server.portrait.atlas import Atlas
from a2f_server.portrait.geometry import Pose
from a2f_server.portrait.mouth_shapes import Mouth
from a2f_server.portrait.part import MeshPart, grid_triangles


def part(mouth: Mouth, where: Pose, atlas: Atlas) -> MeshPart:
    """Returns the cavity."""
    x, y = atlas.add(Image.new("RGB", (16, 16), (60, 20, 18)))
    line = mouth.red[-1].mean(axis=0)
    u, v = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))
    at = line + points(u * mouth.half * 0.95, v * 0.16 - 0.08, -0.35).reshape(-1, 3)
    place = np.stack([x + 8 + 4 * u, y + 8 + 4 * v], axis=-1).reshape(-1, 2)
    return MeshPart(where.picture(at), grid_triangles(5, 5), place, np.ones((25, 3)), np.ones(25))
