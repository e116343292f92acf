"""Computes normals of meshes, and their changes by morph targets, where a file lacks them."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.glb.model import Int32Array, Move, Primitive


def vertex_normals(positions: Float32Array, triangles: Int32Array) -> Float32Array:
    """Returns `[n, 3]`: the sum of the normals of each vertex's triangles, weighted by area, as unit vectors."""
    a, b, c = (positions[triangles[:, i]].astype(np.float64) for i in range(3))
    faces = np.cross(b - a, c - a)
    sums = np.zeros(positions.shape)
    for corner in range(3):
        for axis in range(3):
            sums[:, axis] += np.bincount(triangles[:, corner], faces[:, axis], len(positions))
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def normal_change(primitive: Primitive, move: Move) -> Move:
    """Returns how the normals change when a morph target moves vertices."""
    touched = np.zeros(len(primitive.positions), bool)
    touched[move.index] = True
    triangles = primitive.triangles[touched[primitive.triangles].any(axis=1)]
    around = primitive.triangles[np.isin(primitive.triangles, triangles).any(axis=1)]
    moved = primitive.positions.copy()
    moved[move.index] += move.change
    change = vertex_normals(moved, around) - vertex_normals(primitive.positions, around)
    change[~np.isin(np.arange(len(change)), triangles)] = 0
    index = np.flatnonzero(np.abs(change).max(axis=1) > 0.01).astype(np.int32)
    return Move(index, change[index])
