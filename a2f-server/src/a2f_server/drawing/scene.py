"""The arrays of an avatar, ready for rendering: all vertices in world space, with what moves them.

Vertices and triangles that can move come first; the others are drawn once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server import arkit
from a2f_server.animation_files.morph_names import JAW
from a2f_server.arrays import BoolArray, Float32Array
from a2f_server.drawing.binding import Term, bind, gains_of
from a2f_server.drawing.bones import find_bones
from a2f_server.drawing.joints import Joints, joints_of
from a2f_server.drawing.vertices import Pieces, world_pieces
from a2f_server.errors import BadAvatar
from a2f_server.glb.model import Int32Array, Material, Model


@dataclass(frozen=True)
class Moves:
    """Changes of vertices by morph targets: those of row r are at `start[r]` … `start[r + 1]`."""

    start: Int32Array
    index: Int32Array
    change: Float32Array
    """`[k, 3]`"""


@dataclass(frozen=True)
class Scene:
    """An avatar. `n` vertices, `t` triangles, `r` morph rows."""

    positions: Float32Array
    """`[n, 3]`: world space, at rest."""
    normals: Float32Array
    """`[n, 3]`"""
    colours: Float32Array
    """`[n, 4]`: linear, with the factor of the material, and alpha."""
    uv: Float32Array
    """`[n, 2]`"""
    shares: Float32Array
    """`[n, joints]`: how far each vertex follows each joint."""
    materials: tuple[Material, ...]
    vertex_material: Int32Array
    """`[n]`"""
    triangles: Int32Array
    """`[t, 3]`"""
    triangle_material: Int32Array
    """`[t]`"""
    live_vertices: int
    """The first vertices may move, the others never do."""
    live_triangles: int
    """The first triangles have a vertex that may move."""
    gains: Float32Array
    """Gain of each channel for each row (`gains_of`)."""
    position_moves: Moves
    normal_moves: Moves
    colour_moves: Moves
    joints: Joints


def build_scene(model: Model) -> Scene:
    """Returns the scene of an avatar. Raises BadAvatar if it has no face, TooLarge for too many vertices."""
    terms = bind(model)
    bones = find_bones(model)
    joints = joints_of(model, bones, terms)
    if "jaw" not in joints.names and not any(_opens(term) for term in terms):
        raise BadAvatar(
            "this avatar has no recognised face shapes; export it with ARKit blendshapes (jawOpen, eyeBlinkLeft …)"
        )
    pieces = world_pieces(model, joints, terms)
    live = _live_vertices(pieces)
    order = np.argsort(~live, kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    triangles = place[pieces.triangles]
    count = int(live.sum())
    material = pieces.vertex_material[pieces.triangles[:, 0]]
    blended = np.array([each.alpha == "blend" for each in model.materials])[material]
    moving = (triangles < count).any(axis=1) | blended
    first = np.argsort(~moving, kind="stable")
    return Scene(
        positions=pieces.positions[order],
        normals=pieces.normals[order],
        colours=pieces.colours[order],
        uv=pieces.uv[order],
        shares=pieces.shares[order],
        materials=model.materials,
        vertex_material=pieces.vertex_material[order],
        triangles=np.ascontiguousarray(triangles[first]),
        triangle_material=material[first],
        live_vertices=count,
        live_triangles=int(moving.sum()),
        gains=gains_of(terms),
        position_moves=_ordered(pieces.position_moves, place),
        normal_moves=_ordered(pieces.normal_moves, place),
        colour_moves=_ordered(pieces.colour_moves, place),
        joints=joints,
    )


def _live_vertices(pieces: Pieces) -> BoolArray:
    live: BoolArray = np.any(pieces.shares[:, 1:] > 0, axis=1)
    for rows in (pieces.position_moves, pieces.normal_moves, pieces.colour_moves):
        for index, _ in rows:
            live[index] = True
    return live


def _opens(term: Term) -> bool:
    """Returns whether the target opens the mouth: the jaw, or a viseme."""
    return JAW in term.gains or max(term.gains) >= arkit.COUNT


def _ordered(rows: list[tuple[Int32Array, Float32Array]], place: Int32Array) -> Moves:
    sizes = [len(index) for index, _ in rows]
    nothing = np.zeros((0, 3), np.float32)
    return Moves(
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        index=np.concatenate([np.zeros(0, np.int32), *(place[index] for index, _ in rows)]),
        change=np.concatenate([nothing, *(change for _, change in rows)]),
    )
