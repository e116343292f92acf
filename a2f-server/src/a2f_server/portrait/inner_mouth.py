"""The inside of the mouth: teeth with gums, the tongue and the mouth cavity."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import ACROSS, Float64Array, points, smooth, turned
from a2f_server.portrait import mouth_texture
from a2f_server.portrait.atlas import Atlas
from a2f_server.portrait.geometry import Pose
from a2f_server.portrait.light import Light
from a2f_server.portrait.mouth_shapes import FORWARD, OPEN, SIDEWAYS, Mouth
from a2f_server.portrait.part import MeshPart, grid_triangles, merged

COLUMNS = 25
ARCH, DEPTH, TURN = 0.27, 0.32, 76.0
"""Half the width and the depth of the rows of teeth, in units, and the angle of half a row."""
UPPER_EDGE, LOWER_EDGE = -0.044, -0.075
"""Height of the biting edges below the line of contact."""
UPPER_BEHIND, LOWER_BEHIND = 0.10, 0.125
TALL = 0.2
"""Height of a row with its gum."""
WARM = np.array([1.0, 1.2, 1.32])
"""In the shade of the lips, colours get redder: exponents of red, green and blue."""
SHADED = {"mouthPucker": 0.75, "mouthFunnel": 0.4}
"""Share by which it is darker behind lips that are pushed forward."""
REDDENED = np.array([0.92, 1.0, 1.06])
"""Factors for red, green and blue: in this shade, colours get redder."""
BENT = 0.7
"""Share of the line of contact's bend that the rows follow."""


class InnerMouth:
    """Builds the parts, in the head's coordinates, behind a closed mouth."""

    def __init__(self, mouth: Mouth, where: Pose, atlas: Atlas, light: Light, own: MeshPart | None) -> None:
        """`own` are the upper teeth that the picture shows."""
        self._own = own
        if own is not None:
            own.shades |= _in_shade(own.color)
        self._mouth, self._where, self._atlas = mouth, where, atlas
        self._patches = mouth_texture.patches(light)
        self._warm = light.tinted(WARM)
        line = mouth.red[-1]
        self._line = line[[16, 48]].mean(axis=0)
        self._line[0] = mouth.middle[0]
        x = (line[:, 0] - self._line[0]) / mouth.half
        self._bend = float(np.clip(BENT * (x**2 @ (line[:, 1] - self._line[1])) / (x**4).sum(), -0.02, 0.08))
        self._size = float(np.clip(mouth.half / 0.25, 0.85, 1.1))

    def part(self) -> MeshPart:
        """Returns all parts as one."""
        return merged([self._cavity(), self._lower(), self._tongue(), self._own or self._upper()])

    def _upper(self) -> MeshPart:
        return self._row("upper", UPPER_EDGE, 1, UPPER_BEHIND, 0.0)

    def _lower(self) -> MeshPart:
        return self._row("lower", LOWER_EDGE, -1, LOWER_BEHIND, 1.0)

    def _row(self, name: str, edge: float, up: int, behind: float, jaw: float) -> MeshPart:
        u, v = np.meshgrid(np.linspace(-1, 1, COLUMNS), np.linspace(0, 1, 4))
        angle = np.radians(TURN) * u
        size = self._size * (1 if up > 0 else 0.93)
        y = edge + up * TALL * v * self._size + self._bend * np.sin(angle) ** 2
        z = -behind - DEPTH * size * (1 - np.cos(angle)) - 0.03 * v**2
        at = self._line + points(ARCH * size * np.sin(angle), y, z)
        light = (1 - 0.75 * np.abs(u) ** 1.7) * (0.88 - 0.4 * v if up > 0 else 0.78 - 0.3 * v)
        at, light, u, v = (each if up > 0 else each[::-1] for each in (at, light, u, v))
        return self._made(name, at, u, v, light, np.full(u.shape, jaw))

    def _tongue(self) -> MeshPart:
        u, v = np.meshgrid(np.linspace(-1, 1, 13), np.linspace(0, 1, 11))
        ends = [0, 0.12, 0.24, 0.36, 0.6, 1]
        y = np.interp(v, ends, [-0.17, -0.125, -0.1, -0.078, -0.05, -0.04])
        z = np.interp(v, ends, [-0.24, -0.19, -0.165, -0.18, -0.27, -0.5]) - 0.09 * u**2 * smooth(0.5, 0.2, v)
        wide = min(0.215 * self._size, 0.8 * self._mouth.half) * np.interp(v, ends, [0.6, 0.75, 0.85, 0.95, 1.05, 1.05])
        at = self._line + points(wide * np.sin(u * 1.45), y - 0.075 * u**2 + 0.012 * np.abs(u), z - 0.03 * u**2)
        light = (0.7 - 0.5 * u**2) * np.interp(v, ends, [0.2, 0.6, 0.95, 1, 0.65, 0.25])
        part = self._made("tongue", at, u, v, light, np.interp(v, [0, 0.5, 1], [0.95, 0.8, 0.5]))
        out = self._line + points(
            wide * np.sin(u * 1.45) * np.interp(v, ends, [0.3, 0.42, 0.56, 0.7, 0.72, 1]),
            np.interp(v, ends, [-0.11, -0.1, -0.06, -0.005, 0.01, -0.04])
            + u**2 * np.interp(v, ends, [0.05, 0.05, 0.03, -0.01, -0.03, -0.03]),
            np.interp(v, ends, [-0.06, 0.06, 0.12, 0.1, -0.12, -0.5]) - 0.1 * u**2 * smooth(0.6, 0.2, v),
        )
        part.moves["tongueOut"] = self._where.picture((out - at).reshape(-1, 3))
        tip = smooth(0.8, 0.2, v)
        part.shades["tongueOut"] = np.repeat((0.4 * tip * (1 - 0.3 * u**2)).reshape(-1, 1), 3, axis=1)
        return part

    def _cavity(self) -> MeshPart:
        u, v = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(0, 1, 7))
        y = -0.22 + 0.44 * v
        at = self._line + points(u * self._mouth.half * 1.5, y, -0.4 - 0.22 * (1 - u**2) * (1 - (2 * v - 1) ** 2))
        light = (1 - 0.25 * u**2) * np.interp(v, [0, 0.4, 1], [0.9, 0.6, 0.45])
        return self._made("dark", at, u * 0.5, 0.25 + 0.5 * v, light, 1 - v)

    def _made(
        self, name: str, at: Float64Array, u: Float64Array, v: Float64Array, light: Float64Array, jaw: Float64Array
    ) -> MeshPart:
        """Makes a part of a grid.

        u, v: position in the patch, −1 … 1 and 0 at the bottom … 1. light: sRGB factor. jaw: share of the jaw's moves.
        """
        patch = self._patches[name]
        left, top = self._atlas.add(patch)
        inset = 1.0
        x = left + inset + (u + 1) / 2 * (patch.width - 2 * inset)
        y = top + patch.height - inset - v * (patch.height - 2 * inset)
        flat, share = at.reshape(-1, 3), jaw.ravel()
        local = flat - self._mouth.hinge
        moves = {
            "jawOpen": turned(local, 0, OPEN * share) - local,
            "jawForward": share[:, None] * FORWARD,
            "jawLeft": share[:, None] * SIDEWAYS,
            "jawRight": share[:, None] * SIDEWAYS * ACROSS,
        }
        color = np.clip(light, 0.02, 1).reshape(-1, 1) ** (2.2 * self._warm)
        return MeshPart(
            self._where.picture(flat),
            grid_triangles(*at.shape[:2]),
            np.stack([x, y], axis=-1).reshape(-1, 2),
            color,
            np.ones(len(flat)),
            {shape: self._where.picture(move) for shape, move in moves.items()} if share.any() else {},
            {"jawOpen": 0.55 * color} | _in_shade(color),
        )


def _in_shade(color: Float64Array) -> dict[str, Float64Array]:
    return {name: -share * REDDENED * color for name, share in SHADED.items()}
