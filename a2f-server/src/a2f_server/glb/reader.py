"""Reads GLB and VRM files for rendering: meshes with morph targets, skins, nodes and materials.

Animations, cameras, lights, and all maps but the base colour are ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from a2f_server.arrays import Float32Array, UInt16Array
from a2f_server.errors import A2FError, BadAvatar, TooLarge
from a2f_server.glb.accessors import MOST_VALUES, Accessors, natural
from a2f_server.glb.container import read_container
from a2f_server.glb.materials import Materials
from a2f_server.glb.model import Int32Array, Material, Mesh, Model, Primitive, Skin, Target
from a2f_server.glb.nodes import read_nodes

MOST_VERTICES = 400_000
"""Vertices, and corners of triangles, of one primitive and of all."""
MOST_SHOWN = 2000
"""Primitives that the scene shows: many nodes may show the same mesh."""
MOST_TARGETS = 20_000
"""Morph targets of all primitives. A detailed face has 800 on each of a few."""
MOST_JOINTS = 4096
"""Joints of all skins."""
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


def read_glb(data: bytes) -> Model:
    """Returns the contents of a file.

    Raises BadAvatar for anything but a valid, self-contained file, TooLarge beyond the limits of this package, and
    NotInstalled if it has textures and Pillow is missing.
    """
    document, binary = read_container(data)
    try:
        return _Reader(document, binary).model()
    except A2FError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, ArithmeticError):
        raise BadAvatar("this GLB is damaged: its description does not follow glTF 2.0; export it again") from None


class _Reader:
    def __init__(self, document: dict[str, Any], binary: memoryview) -> None:
        self._document = document
        self._accessors = Accessors(document, binary)
        self._left = MOST_VERTICES
        self._targets_left, self._joints_left = MOST_TARGETS, MOST_JOINTS

    def model(self) -> Model:
        nodes, order = read_nodes(self._document)
        surfaces = Materials(self._document, self._accessors)
        materials = [surfaces.read(i) for i in range(len(self._document.get("materials", [])))]
        meshes = [self._mesh(mesh, materials) for mesh in self._document.get("meshes", [])]
        skins = [self._skin(skin, order) for skin in self._document.get("skins", [])]
        for node in nodes:
            if node.mesh is not None and not (0 <= node.mesh < len(meshes) and (node.skin or 0) < max(1, len(skins))):
                raise BadAvatar("this GLB has a node with a mesh or skin that does not exist")
        _check_shown([meshes[node.mesh] for node in nodes if node.mesh is not None])
        asset = self._document.get("asset", {})
        return Model(
            nodes=nodes,
            meshes=tuple(meshes),
            skins=tuple(skins),
            materials=(*materials, Material("default", metallic=0.0)),
            extras=dict(asset.get("extras") or {}),
            extensions=dict(self._document.get("extensions") or {}),
            generator=str(asset.get("generator", "")),
        )

    def _mesh(self, mesh: dict[str, Any], materials: list[Material]) -> Mesh:
        primitives = [self._primitive(each, materials) for each in mesh["primitives"] if _draws_triangles(each)]
        names = _target_names(mesh, max((len(each.targets) for each in primitives), default=0))
        rest = [float(weight) for weight in mesh.get("weights", [])]
        rest += [0.0] * (len(names) - len(rest))
        if not np.isfinite(rest).all():
            raise BadAvatar("this GLB has weights that are not numbers")
        return Mesh(str(mesh.get("name", "")), names, tuple(primitives), tuple(rest[: len(names)]))

    def _primitive(self, primitive: dict[str, Any], materials: list[Material]) -> Primitive:
        if "KHR_draco_mesh_compression" in primitive.get("extensions", {}):
            raise BadAvatar("this avatar is compressed with Draco; export it without compression")
        given, material = primitive["attributes"], primitive.get("material", len(materials))
        if not 0 <= natural(material) <= len(materials):
            raise BadAvatar("this GLB has a mesh with a material that does not exist")
        count = self._accessors.count(given["POSITION"])
        self._spend(count)
        self._targets_left -= len(primitive.get("targets", []))
        if self._targets_left < 0:
            raise TooLarge(f"this avatar has more than {MOST_TARGETS} morph targets")
        uv_set = materials[material].uv_set if material < len(materials) else 0
        joints, weights = self._bones(given, count)
        return Primitive(
            positions=self._vertices(given["POSITION"], count, 3),
            triangles=self._triangles(primitive, count),
            normals=self._optional(given, "NORMAL", count, 3),
            uv=self._optional(given, f"TEXCOORD_{uv_set}", count, 2),
            colours=self._colours(given, count),
            joints=joints,
            weights=weights,
            targets=tuple(self._target(target, count) for target in primitive.get("targets", [])),
            material=material,
        )

    def _vertices(self, index: object, count: int, *widths: int) -> Float32Array:
        if self._accessors.count(index) != count:
            raise BadAvatar("this GLB has attributes with different numbers of vertices")
        return self._accessors.floats(index, *widths)

    def _optional(self, given: dict[str, Any], name: str, count: int, *widths: int) -> Float32Array | None:
        return self._vertices(given[name], count, *widths) if name in given else None

    def _colours(self, given: dict[str, Any], count: int) -> Float32Array | None:
        colours = self._optional(given, "COLOR_0", count, 3, 4)
        if colours is None or colours.shape[1] == 4:
            return colours
        return np.column_stack([colours, np.ones(count, np.float32)])

    def _bones(self, given: dict[str, Any], count: int) -> tuple[UInt16Array | None, Float32Array | None]:
        """Reads up to eight joints per vertex."""
        sets = [i for i in range(2) if f"JOINTS_{i}" in given and f"WEIGHTS_{i}" in given]
        if not sets or count == 0:
            return None, None
        joints = np.concatenate([self._accessors.integers(given[f"JOINTS_{i}"], 4) for i in sets], axis=1)
        weights = np.concatenate([self._vertices(given[f"WEIGHTS_{i}"], count, 4) for i in sets], axis=1)
        if len(joints) != count or joints.max() > 65535:
            raise BadAvatar("this GLB has vertices with joints that do not exist")
        total = weights.sum(axis=1, keepdims=True)
        weights[:, :1] += total == 0
        return joints.astype(np.uint16), (weights / np.where(total == 0, 1, total)).astype(np.float32)

    def _triangles(self, primitive: dict[str, Any], count: int) -> Int32Array:
        if "indices" in primitive:
            self._spend(self._accessors.count(primitive["indices"]))
            corners = self._accessors.integers(primitive["indices"]).ravel()
        else:
            corners = np.arange(count)
        if corners.size and corners.max() >= count:
            raise BadAvatar("this GLB has triangles of vertices that do not exist")
        triangles: Int32Array = _as_triangles(corners, primitive.get("mode", _TRIANGLES)).astype(np.int32)
        return triangles

    def _target(self, target: dict[str, Any], count: int) -> Target:
        read = self._accessors.moves
        return Target(
            position=read(target["POSITION"], count, 3) if "POSITION" in target else None,
            normal=read(target["NORMAL"], count, 3) if "NORMAL" in target else None,
            colour=read(target["COLOR_0"], count, 3, 4) if "COLOR_0" in target else None,
        )

    def _skin(self, skin: dict[str, Any], order: dict[int, int]) -> Skin:
        joints = skin["joints"]
        self._joints_left -= len(joints)
        if self._joints_left < 0:
            raise TooLarge(f"this avatar has skins with more than {MOST_JOINTS} bones")
        if not all(joint in order for joint in joints):
            raise BadAvatar("this GLB has a skin with bones outside the scene")
        bind = np.tile(np.eye(4), (len(joints), 1, 1))
        if "inverseBindMatrices" in skin:
            given = self._accessors.floats(skin["inverseBindMatrices"], 16)
            bind = given[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1).astype(np.float64)
        if len(bind) < len(joints) or not joints:
            raise BadAvatar("this GLB has a skin with too few matrices")
        return Skin(tuple(order[joint] for joint in joints), bind)

    def _spend(self, vertices: int) -> None:
        self._left -= vertices
        if self._left < 0:
            raise TooLarge(f"this avatar has more than {MOST_VERTICES} vertices; reduce its meshes")


def _check_shown(shown: Sequence[Mesh]) -> None:
    """Raises TooLarge if nodes show meshes so often that drawing them takes much more memory than the file."""
    primitives = triangles = moves = 0
    for mesh in shown:
        for each in mesh.primitives:
            primitives += 1
            triangles += len(each.triangles)
            moves += sum(map(_moved, each.targets))
            if primitives > MOST_SHOWN or triangles > MOST_VERTICES or moves > MOST_VALUES // 3:
                raise TooLarge("this avatar shows too many meshes, triangles and morph targets; reduce them")


def _moved(target: Target) -> int:
    return sum(len(move.index) for move in (target.position, target.normal, target.colour) if move)


def _draws_triangles(primitive: dict[str, Any]) -> bool:
    return primitive.get("mode", _TRIANGLES) in (_TRIANGLES, _STRIP, _FAN) and "POSITION" in primitive["attributes"]


def _target_names(mesh: dict[str, Any], count: int) -> tuple[str, ...]:
    """Returns the names of the morph targets. Some exporters write them into the first primitive."""
    for holder in (mesh, *mesh["primitives"]):
        names = (holder.get("extras") or {}).get("targetNames")
        if isinstance(names, list):
            known = [str(name) for name in names[:count]]
            return tuple(known + [str(i) for i in range(len(known), count)])
    return tuple(str(i) for i in range(count))


def _as_triangles(corners: Any, mode: int) -> Any:
    if mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    at = np.arange(max(0, len(corners) - 2))
    if mode == _FAN:
        return np.stack([corners[at + 1], corners[at + 2], np.broadcast_to(corners[:1], at.shape)], axis=1)
    odd = at % 2
    return np.stack([corners[at], corners[at + 1 + odd], corners[at + 2 - odd]], axis=1)
