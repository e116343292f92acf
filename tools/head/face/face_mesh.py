"""The skin at rest: the grid projected on the skull, with lips and lids in its openings, and its colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.rings import upper
from a2f_server.face_shapes.vectors import ACROSS, Float64Array, IntArray, bell, blend, rgb, smooth, unit
from tools.head.face import grid, openings
from tools.head.face.grid import Grid
from tools.head.face.skull import skin
from tools.head.geometry.mesh import Mesh, halved
from tools.head.geometry.solid import hit

SKIN = rgb(0xF0B796)
BLUSH = rgb(0xEB8A74)
LIPS = rgb(0xD0756B)
DARK = rgb(0x2A0A0C)
INNER_LIP = rgb(0x9E3F43)
LID_EDGE = rgb(0x8C4A3A)
LINER = rgb(0x3A2018)
SHADE = rgb(0xD08A6B)


@dataclass
class FaceMesh:
    """The vertices of the skin and their neighbours."""

    grid: Grid
    at: Float64Array
    table: IntArray
    counts: Float64Array

    def mean(self, values: Float64Array) -> Float64Array:
        """Returns the mean of each vertex's neighbours, `[n, k]`."""
        padded = np.concatenate([values, np.zeros((1, values.shape[1]))])
        total = padded[self.table[:, 0]]
        for column in range(1, self.table.shape[1]):
            total = total + padded[self.table[:, column]]
        return np.asarray(total / self.counts)

    def spread(self, values: Float64Array, fixed: IntArray, *, keep: float = 1.0, rounds: int = 80) -> Float64Array:
        """Diffuses values from the `fixed` vertices to the others; with `keep` < 1 they fade with distance."""
        free = np.ones(len(values), dtype=bool)
        free[fixed] = False
        for _ in range(rounds):
            values = np.where(free[:, None], keep * self.mean(values), values)
        return values


def build() -> FaceMesh:
    """Builds the face at rest."""
    net = grid.build()
    _set_lips(net)
    _set_lids(net)
    table, counts = grid.neighbours(net.quads, len(net.at))
    face = FaceMesh(net, net.at, table, counts)
    fixed = _fixed(net)
    _first_guess(net)
    face.at = _relaxed(face, net.at, fixed)
    return face


def lip_rings(net: Grid) -> IntArray:
    """Returns the rings from the border of the lips' red to the throat."""
    return net.mouth[openings.BORDER :]


def _set_lips(net: Grid) -> None:
    red = openings.lips(net.mouth.shape[1])
    net.at[net.mouth[openings.BORDER : openings.CONTACT + 1]] = red
    net.at[net.mouth[openings.CONTACT + 1 :]] = openings.mouth_inside(red[-1])


def _set_lids(net: Grid) -> None:
    left, right = net.eyes
    yaw, pitch = openings.lids(left.shape[1])
    surface = openings.crease(openings.lid_surface(yaw, pitch), upper(left.shape[1]))
    all_rings = np.concatenate([surface, openings.edge_inside(yaw[-1], pitch[-1])])
    net.at[left[openings.LID_START :]] = all_rings
    net.at[right[openings.LID_START :]] = all_rings * ACROSS


def _first_guess(net: Grid) -> None:
    """Interpolates the free rings between the edge of the block and the outermost ring of the opening."""
    for rings, end in ((net.mouth, openings.BORDER), *((eye, openings.LID_START) for eye in net.eyes)):
        for ring in range(1, end):
            net.at[rings[ring]] = net.at[rings[0]] + (net.at[rings[end]] - net.at[rings[0]]) * ring / end


def _fixed(net: Grid) -> IntArray:
    lids = [eye[openings.LID_START :].ravel() for eye in net.eyes]
    return np.concatenate([net.rim, lip_rings(net).ravel(), *lids])


def _relaxed(face: FaceMesh, at: Float64Array, fixed: IntArray) -> Float64Array:
    """Spreads the free vertices evenly as seen from the centre, then projects them on the skin."""
    free = np.ones(len(at), dtype=bool)
    free[fixed] = False
    away = unit(at - grid.CENTER)
    for _ in range(200):
        away = np.where(free[:, None], unit(away + 0.6 * (face.mean(away) - away)), away)
    at = np.where(free[:, None], hit(skin(), grid.CENTER, away, 2.0), at)
    return symmetric(at, face.grid)


def symmetric(at: Float64Array, net: Grid) -> Float64Array:
    """Returns the mean of the points and their mirror image."""
    return np.asarray((at + at[net.mirror] * ACROSS) / 2)


def mesh(face: FaceMesh) -> Mesh:
    """Converts the face to a mesh without shapes."""
    return Mesh(face.at, halved(face.grid.quads), _colors(face))


def _colors(face: FaceMesh) -> Float64Array:
    at, net = face.at, face.grid
    x, y, z = np.abs(at[:, 0]), at[:, 1], at[:, 2]
    color = np.broadcast_to(SKIN, at.shape)
    cheek = bell(np.hypot(x - 0.47, (y + 0.3) * 1.2), 0.24) * smooth(0.1, 0.6, z)
    nose = bell(np.sqrt(x**2 + (y + 0.24) ** 2 + (z - 1.13) ** 2), 0.15)
    color = blend(color, BLUSH, 0.55 * cheek + 0.4 * nose + 0.2 * bell(np.hypot(x, y + 1.0), 0.16))
    color = blend(color, SHADE, 0.75 * smooth(-0.85, -1.1, y) * smooth(0.55, 0.2, z))
    return _lid_colors(_lip_colors(color, net), net, at)


def _lip_colors(color: Float64Array, net: Grid) -> Float64Array:
    color = np.array(color)
    shares = [0.35, 0.8, 1, 1, 1, 1]
    for share, ring in zip(shares, net.mouth[openings.BORDER : openings.CONTACT + 1], strict=True):
        color[ring] = blend(color[ring], LIPS, np.full(len(ring), share))
    color[net.mouth[openings.CONTACT]] = blend(LIPS, INNER_LIP, np.full(net.mouth.shape[1], 0.6))
    color[net.mouth[openings.CONTACT + 1]] = INNER_LIP
    color[net.mouth[openings.CONTACT + 2]] = blend(INNER_LIP, DARK, np.array(0.5))
    color[net.mouth[openings.CONTACT + 3 :]] = DARK
    return color


def _lid_colors(color: Float64Array, net: Grid, at: Float64Array) -> Float64Array:
    for eye in net.eyes:
        side = upper(eye.shape[1])
        for ring, rounds in zip(eye[openings.LID_START :], openings.ROUND, strict=False):
            shade = 0.5 * bell(rounds - 1.34, 0.06) * (side > 0) + 0.25 * bell(rounds - 1.0, 0.1)
            color[ring] = blend(color[ring], SHADE, shade)
        color[eye[openings.EDGE]] = np.where(side[:, None] >= 0, LINER, LID_EDGE)
        color[eye[openings.EDGE + 1 :]] = np.where(side[:, None] >= 0, LINER, LID_EDGE)
    return color
