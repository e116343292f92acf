"""Collects the vertices of an avatar in one list, in world space and at rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.drawing.binding import Term
from a2f_server.drawing.joints import Joints, world_matrices
from a2f_server.drawing.normals import normal_change, vertex_normals
from a2f_server.errors import BadAvatar, TooLarge
from a2f_server.glb.model import Int32Array, Material, Mesh, Model, Move, Node, Primitive
from a2f_server.glb.reader import MOST_VERTICES

_FARTHEST = 1e5
"""Metres from the origin beyond which an avatar counts as damaged."""
Rows = list[tuple[Int32Array, Float32Array]]
"""For each morph row the vertices that it changes, and their changes `[k, 3]`."""


@dataclass(frozen=True)
class Pieces:
    """All vertices; see `Scene`."""

    positions: Float32Array
    normals: Float32Array
    colours: Float32Array
    uv: Float32Array
    shares: Float32Array
    vertex_material: Int32Array
    triangles: Int32Array
    position_moves: Rows
    normal_moves: Rows
    colour_moves: Rows


def world_pieces(model: Model, joints: Joints, terms: Sequence[Term]) -> Pieces:
    """Returns the vertices of all meshes of the scene. Raises TooLarge for more than MOST_VERTICES."""
    collector = _Collector(model, joints, terms)
    for index, node in enumerate(model.nodes):
        if node.mesh is not None:
            for primitive in model.meshes[node.mesh].primitives:
                collector.add(index, node, primitive)
    return collector.pieces()


@dataclass
class _Row:
    index: list[Int32Array] = field(default_factory=list)
    change: list[Float32Array] = field(default_factory=list)

    def joined(self) -> tuple[Int32Array, Float32Array]:
        if not self.index:
            return np.zeros(0, np.int32), np.zeros((0, 3), np.float32)
        return np.concatenate(self.index), np.concatenate(self.change)


class _Collector:
    def __init__(self, model: Model, joints: Joints, terms: Sequence[Term]) -> None:
        self._model, self._joints = model, joints
        self._terms: dict[int, list[tuple[int, Term]]] = defaultdict(list)
        for row, term in enumerate(terms):
            self._terms[term.mesh].append((row, term))
        self._world = world_matrices(model)
        self._count = 0
        self._arrays: list[tuple[Float32Array, ...]] = []
        self._materials: list[Int32Array] = []
        self._triangles: list[Int32Array] = [np.zeros((0, 3), np.int32)]
        self._moves = [[_Row() for _ in terms] for _ in range(3)]

    def add(self, index: int, node: Node, primitive: Primitive) -> None:
        """Adds the vertices of a primitive, as one node shows it."""
        count = len(primitive.positions)
        if self._count + count > MOST_VERTICES:
            raise TooLarge(f"this avatar shows more than {MOST_VERTICES} vertices; reduce its meshes")
        if count == 0 or len(primitive.triangles) == 0:
            return
        assert node.mesh is not None
        mesh, material = self._model.meshes[node.mesh], self._model.materials[primitive.material]
        placed = _Placed(self._model, self._world, index, primitive)
        resting = _at_rest(mesh, primitive, {term.target for _, term in self._terms[node.mesh]})
        normals = primitive.normals
        if normals is None or not normals.any():
            normals = vertex_normals(resting, primitive.triangles)
        arrays = (
            placed.points(resting),
            _unit(placed.directions(normals)),
            _colours(primitive, material),
            _uv(primitive, material),
            self._shares(index, node, primitive),
        )
        if not np.isfinite(arrays[0]).all() or np.abs(arrays[0]).max() > _FARTHEST:
            raise BadAvatar("this avatar has vertices too far away; export it again")
        self._arrays.append(arrays)
        self._materials.append(np.full(count, primitive.material, np.int32))
        turned = primitive.triangles[:, ::-1] if placed.mirrored else primitive.triangles
        self._triangles.append(turned + np.int32(self._count))
        self._add_moves(node.mesh, primitive, placed, material)
        self._count += count

    def _add_moves(self, mesh: int, primitive: Primitive, placed: _Placed, material: Material) -> None:
        for row, term in self._terms[mesh]:
            if term.target >= len(primitive.targets):
                continue
            target = primitive.targets[term.target]
            normal = target.normal
            if normal is None and target.position is not None and not material.unlit:
                normal = normal_change(primitive, target.position)
            self._add_move(0, row, placed, target.position)
            self._add_move(1, row, placed, None if material.unlit else normal)
            if target.colour is not None:
                change = target.colour.change[:, :3] * np.array(material.colour[:3], np.float32)
                self._append(2, row, target.colour.index, change)

    def _add_move(self, kind: int, row: int, placed: _Placed, move: Move | None) -> None:
        if move is not None and len(move.index):
            self._append(kind, row, move.index, placed.directions(move.change, move.index))

    def _append(self, kind: int, row: int, index: Int32Array, change: Float32Array) -> None:
        self._moves[kind][row].index.append(index + np.int32(self._count))
        self._moves[kind][row].change.append(change.astype(np.float32))

    def _shares(self, index: int, node: Node, primitive: Primitive) -> Float32Array:
        """Returns how far each vertex follows each joint."""
        count = len(primitive.positions)
        shares = np.zeros((count, len(self._joints.names)), np.float32)
        if node.skin is None or primitive.joints is None or primitive.weights is None:
            shares[:, self._joints.of_node[index]] = 1
            return shares
        bones = self._model.skins[node.skin].joints
        of_bone = np.array([self._joints.of_node[bone] for bone in bones])
        for column in range(primitive.joints.shape[1]):
            joint = of_bone[np.minimum(primitive.joints[:, column], len(bones) - 1)]
            np.add.at(shares, (np.arange(count), joint), primitive.weights[:, column])
        shares[shares < 1e-3] = 0
        normalised: Float32Array = shares / shares.sum(axis=1, keepdims=True)
        return normalised

    def pieces(self) -> Pieces:
        """Returns all vertices that were added."""
        if not self._arrays:
            raise BadAvatar("this avatar has no meshes; export it with its meshes")
        joined = [np.concatenate([arrays[i] for arrays in self._arrays]) for i in range(5)]
        positions, normals, colours, uv, shares = (np.ascontiguousarray(each, np.float32) for each in joined)
        moves = [[row.joined() for row in rows] for rows in self._moves]
        return Pieces(
            positions=positions,
            normals=normals,
            colours=colours,
            uv=uv,
            shares=shares,
            vertex_material=np.concatenate(self._materials),
            triangles=np.concatenate(self._triangles),
            position_moves=moves[0],
            normal_moves=moves[1],
            colour_moves=moves[2],
        )


class _Placed:
    """Transforms vectors of a primitive to world space, by its node or the bones of its skin, at rest."""

    def __init__(self, model: Model, world: Float64Array, index: int, primitive: Primitive) -> None:
        node = model.nodes[index]
        self._matrices: Float64Array = world[index][None]
        if node.skin is not None and primitive.joints is not None and primitive.weights is not None:
            skin = model.skins[node.skin]
            bones = world[list(skin.joints)] @ skin.inverse_bind
            joints = np.minimum(primitive.joints, len(bones) - 1)
            self._matrices = np.zeros((len(primitive.positions), 4, 4))
            for column in range(joints.shape[1]):
                self._matrices += primitive.weights[:, column, None, None] * bones[joints[:, column]]
        self.mirrored = bool(np.linalg.det(self._matrices[0, :3, :3]) < 0)

    def points(self, points: Float32Array) -> Float32Array:
        """Returns points `[n, 3]`, one for each vertex."""
        moved: Float32Array = (self.directions(points) + self._matrices[:, :3, 3]).astype(np.float32)
        return moved

    def directions(self, vectors: Float32Array, vertices: Int32Array | None = None) -> Float32Array:
        """Returns vectors `[k, 3]` at some of the vertices, by default at all."""
        matrices = self._matrices
        if len(matrices) > 1 and vertices is not None:
            matrices = matrices[vertices]
        turns = np.broadcast_to(matrices[:, :3, :3], (len(vectors), 3, 3))
        moved: Float32Array = np.einsum("nij,nj->ni", turns, vectors).astype(np.float32)
        return moved


def _at_rest(mesh: Mesh, primitive: Primitive, driven: set[int]) -> Float32Array:
    """Returns the positions with those morph targets applied that the file sets and nothing drives."""
    positions = primitive.positions
    for index, weight in enumerate(mesh.rest[: len(primitive.targets)]):
        move = primitive.targets[index].position
        if weight and index not in driven and move is not None:
            positions = positions.copy()
            positions[move.index] += np.float32(weight) * move.change
    return positions


def _colours(primitive: Primitive, material: Material) -> Float32Array:
    given = primitive.colours if primitive.colours is not None else np.ones((len(primitive.positions), 4), np.float32)
    return given * np.array(material.colour, np.float32)


def _uv(primitive: Primitive, material: Material) -> Float32Array:
    if primitive.uv is None:
        return np.zeros((len(primitive.positions), 2), np.float32)
    if material.uv_transform is None:
        return primitive.uv
    moved: Float32Array = (primitive.uv @ material.uv_transform[:, :2].T + material.uv_transform[:, 2]).astype(
        np.float32
    )
    return moved


def _unit(vectors: Float32Array) -> Float32Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Float32Array = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
