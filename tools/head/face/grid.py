"""The grid of the face: lines of latitude and longitude, with rings around the mouth and the eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, IntArray, polar
from tools.head.face.skull import skin
from tools.head.geometry.solid import hit

FINE = np.arange(0, 12.1, 2.4)
MEDIUM = FINE[-1] + 3.6 * np.arange(1, 12)
COARSE = MEDIUM[-1] + 7.5 * np.arange(1, 16)
SIDE = np.concatenate([FINE, MEDIUM, COARSE])
YAWS = np.concatenate([-SIDE[:0:-1], SIDE])
PITCHES = np.concatenate([np.arange(-82, -47, 5.0), np.arange(-45, 31, 3.0), np.arange(34, 71, 5.0)])
MIDDLE = len(SIDE) - 1
CENTER = np.array([0.0, -0.1, 0.0])
MOUTH_CELLS = (MIDDLE - 8, MIDDLE + 8, 10, 18)
"""First and last column, first and last row."""
EYE_CELLS = (MIDDLE + 4, MIDDLE + 14, 19, 31)
MOUTH_RINGS = 17
EYE_RINGS = 13


@dataclass
class Grid:
    """Vertices, quads, and the rings of the openings.

    A ring runs from the corner with the larger x over the top (mirrored for the right eye); the outermost is first.
    """

    at: Float64Array
    quads: IntArray
    mirror: IntArray
    mouth: IntArray
    eyes: tuple[IntArray, IntArray]
    rim: IntArray


def build() -> Grid:
    """Builds the grid on the skull. The positions of the rings are set later, by the openings."""
    rows, columns = len(PITCHES), len(YAWS)
    index = np.arange(rows * columns).reshape(rows, columns)
    start = rows * columns
    mouth = _rings(index, MOUTH_CELLS, MOUTH_RINGS, start)
    left = _rings(index, EYE_CELLS, EYE_RINGS, mouth.max() + 1)
    right = np.concatenate([index[:, ::-1].ravel()[left[:1]], left[1:] + left[1:].size])
    count = right.max() + 1
    quads = np.concatenate([_cells(index), _between(mouth), _between(left), _between(right)[:, ::-1]])
    grid = Grid(
        np.zeros((count, 3)), quads, _mirror(index, mouth, left, right, count), mouth, (left, right), _rim(index)
    )
    grid.at = _globe(grid, start)
    return _compact(grid)


def _rings(index: IntArray, cells: tuple[int, int, int, int], count: int, start: int) -> IntArray:
    first, last, low, high = cells
    half = (low + high) // 2
    around = [
        *index[half:high, last],
        *index[high, last:first:-1],
        *index[high:low:-1, first],
        *index[low, first:last],
        *index[low:half, last],
    ]
    inner = start + np.arange((count - 1) * len(around)).reshape(count - 1, -1)
    return np.concatenate([np.array(around)[None], inner])


def _cells(index: IntArray) -> IntArray:
    inside = np.zeros((index.shape[0] - 1, index.shape[1] - 1), dtype=bool)
    mirrored_eye = (index.shape[1] - 1 - EYE_CELLS[1], index.shape[1] - 1 - EYE_CELLS[0], *EYE_CELLS[2:])
    for first, last, low, high in (MOUTH_CELLS, EYE_CELLS, mirrored_eye):
        inside[low:high, first:last] = True
    corners = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1)
    return corners[~inside]


def _between(rings: IntArray) -> IntArray:
    following = np.roll(rings, -1, axis=1)
    return np.stack([rings[:-1], following[:-1], following[1:], rings[1:]], axis=-1).reshape(-1, 4)


def _mirror(index: IntArray, mouth: IntArray, left: IntArray, right: IntArray, count: int) -> IntArray:
    mirror = np.arange(count)
    mirror[index] = index[:, ::-1]
    columns = mouth.shape[1]
    mirror[mouth[1:]] = mouth[1:][:, (columns // 2 - np.arange(columns)) % columns]
    mirror[left[1:]], mirror[right[1:]] = right[1:], left[1:]
    return mirror


def _rim(index: IntArray) -> IntArray:
    return np.unique(np.concatenate([index[0], index[-1], index[:, 0], index[:, -1]]))


def _globe(grid: Grid, start: int) -> Float64Array:
    yaw, pitch = np.meshgrid(YAWS, PITCHES)
    at = grid.at.copy()
    at[:start] = hit(skin(), CENTER, polar(yaw.ravel(), pitch.ravel()), 2.0)
    return at


def _compact(grid: Grid) -> Grid:
    """Removes unused vertices."""
    used = np.unique(grid.quads)
    new = np.full(len(grid.at), -1)
    new[used] = np.arange(len(used))
    left, right = grid.eyes
    return Grid(
        grid.at[used], new[grid.quads], new[grid.mirror[used]], new[grid.mouth], (new[left], new[right]), new[grid.rim]
    )


def neighbours(quads: IntArray, count: int) -> tuple[IntArray, Float64Array]:
    """Returns the neighbours of each vertex, padded with `count`, `[n, most]`, and their number, `[n, 1]`."""
    edges = np.concatenate([quads[:, [a, (a + 1) % 4]] for a in range(4)])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    edges = edges[edges[:, 0] != edges[:, 1]]
    counts = np.bincount(edges[:, 0], minlength=count)
    table = np.full((count, counts.max()), count)
    column = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts)
    table[edges[:, 0], column] = edges[:, 1]
    return table, counts[:, None].astype(float)
