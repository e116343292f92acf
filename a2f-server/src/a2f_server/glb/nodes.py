"""Reads the nodes of a GLB file's scene."""

from __future__ import annotations

from typing import Any

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.errors import BadAvatar, TooLarge
from a2f_server.glb.accessors import item, natural
from a2f_server.glb.model import Node

MOST_NODES = 20_000
"""Maximum nodes of a scene; a detailed figure has about 300."""


def read_nodes(document: dict[str, Any]) -> tuple[tuple[Node, ...], dict[int, int]]:
    """Returns the nodes of the scene, parents first, and the position of each by its index in the file.

    Raises BadAvatar if a node has several parents or is its own ancestor, TooLarge for more than MOST_NODES.
    """
    nodes: list[Node] = []
    order: dict[int, int] = {}
    waiting = [(root, -1) for root in reversed(_roots(document))]
    while waiting:
        source, parent = waiting.pop()
        if source in order:
            raise BadAvatar("this GLB has a node with two parents, or one that contains itself")
        if len(nodes) >= MOST_NODES:
            raise TooLarge(f"this avatar has more than {MOST_NODES} nodes")
        description = item(document, "nodes", source)
        order[source] = len(nodes)
        waiting += [(natural(child), order[source]) for child in reversed(description.get("children", []))]
        nodes.append(_node(description, source, parent))
    return tuple(nodes), order


def _roots(document: dict[str, Any]) -> list[int]:
    """Returns the roots of the scene to show; without scenes, all nodes without a parent."""
    if document.get("scenes"):
        scene = item(document, "scenes", document.get("scene", 0))
        return [natural(root) for root in scene.get("nodes", [])]
    nodes = document.get("nodes", [])
    children = {child for node in nodes for child in node.get("children", [])}
    return [index for index in range(len(nodes)) if index not in children]


def _node(description: dict[str, Any], source: int, parent: int) -> Node:
    mesh, skin, extras = description.get("mesh"), description.get("skin"), description.get("extras")
    return Node(
        name=str(description.get("name", "")),
        parent=parent,
        matrix=matrix_of(description),
        mesh=None if mesh is None else natural(mesh),
        skin=None if skin is None else natural(skin),
        source=source,
        extras=extras if isinstance(extras, dict) else {},
    )


def matrix_of(description: dict[str, Any]) -> Float64Array:
    """Returns the `[4, 4]` matrix of a node, from its matrix or from translation, rotation and scale."""
    if "matrix" in description:
        matrix = np.array(description["matrix"], np.float64).reshape(4, 4).T
    else:
        matrix = np.eye(4)
        matrix[:3, :3] = _rotation(description.get("rotation", (0, 0, 0, 1)))
        matrix[:3, :3] *= np.array(description.get("scale", (1, 1, 1)), np.float64).reshape(3)
        matrix[:3, 3] = np.array(description.get("translation", (0, 0, 0)), np.float64).reshape(3)
    if not np.isfinite(matrix).all():
        raise BadAvatar("this GLB has a node whose position is not a finite number")
    return matrix


def _rotation(quaternion: Any) -> Float64Array:
    given = np.array(quaternion, np.float64).reshape(4)
    length = float(np.linalg.norm(given))
    x, y, z, w = given / length if length > 0 else (0.0, 0.0, 0.0, 1.0)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
