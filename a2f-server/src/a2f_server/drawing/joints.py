"""The joints that a renderer rotates: neck, head, eyes and jaw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.drawing.binding import Term
from a2f_server.drawing.bones import Bones
from a2f_server.drawing.contract import HeadPose
from a2f_server.glb.model import Model

_NECK = 0.4
"""Share of the head's rotation that the neck takes, as on the page (web/src/idle/posture.js)."""
_EYE_YAW, _EYE_PITCH, _JAW_OPEN = 0.52, 0.42, 0.3
"""Radians at weight 1, as on the page (web/src/avatar/gaze.js and skeleton.js)."""
_GAZE = [i for name, i in arkit.INDEX.items() if name.startswith("eyeLook")]


@dataclass(frozen=True)
class Joints:
    """Joint 0 never moves. Every other joint rotates about its pivot, together with its descendants."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    pivots: Float64Array
    """`[joints, 3]`: world space."""
    of_node: tuple[int, ...]
    """The joint that each node of the model follows."""

    def matrices(self, weights: Float32Array, pose: HeadPose) -> Float32Array:
        """Returns `[joints, 3, 4]`: how each joint moves world space from its rest pose."""
        turns = self._turns(weights, pose)
        found = np.tile(np.eye(4), (len(self.names), 1, 1))
        for i in range(1, len(self.names)):
            turn = turns.get(self.names[i])
            local = np.eye(4)
            if turn is not None:
                local[:3, :3] = turn
                local[:3, 3] = self.pivots[i] - turn @ self.pivots[i]
            found[i] = found[self.parents[i]] @ local
        return found[:, :3].astype(np.float32)

    def _turns(self, weights: Float32Array, pose: HeadPose) -> dict[str, Float64Array]:
        share = 1 - _NECK if "neck" in self.names else 1.0
        eye = _gaze(weights)
        opening = max(0.0, min(1.0, weight(weights, "jawOpen") - weight(weights, "mouthClose")))
        return {
            "neck": head_turn(pose, _NECK),
            "head": head_turn(pose, share),
            "left eye": eye,
            "right eye": eye,
            "jaw": turn(_JAW_OPEN * opening, 0.0, 0.0),
        }


def weight(weights: Float32Array, name: str) -> float:
    """Returns the weight of a shape."""
    return float(weights[arkit.INDEX[name]])


def head_turn(pose: HeadPose, share: float) -> Float64Array:
    """Returns the rotation for a share of a pose."""
    return turn(*(math.radians(share * angle) for angle in (-pose.pitch, pose.yaw, -pose.roll)))


def turn(pitch: float, yaw: float, roll: float) -> Float64Array:
    """Returns a rotation in radians: down about x, then to the left about y, then to the right about z."""
    (a, b, c), (p, q, r) = map(math.cos, (pitch, yaw, roll)), map(math.sin, (pitch, yaw, roll))
    about_x = np.array([[1, 0, 0], [0, a, -p], [0, p, a]])
    about_y = np.array([[b, 0, q], [0, 1, 0], [-q, 0, b]])
    about_z = np.array([[c, -r, 0], [r, c, 0], [0, 0, 1]])
    product: Float64Array = about_z @ about_y @ about_x
    return product


def joints_of(model: Model, bones: Bones, terms: Sequence[Term]) -> Joints:
    """Returns the joints of an avatar. Without a head bone the whole avatar is the head.

    Eye and jaw bones are used only where no morph target does the same.
    """
    shown = {shape for term in terms for shape in term.gains}
    wanted = {"neck": bones.neck, "head": bones.head}
    if not shown & set(_GAZE) and bones.left_eye is not None and bones.right_eye is not None:
        wanted |= {"left eye": bones.left_eye, "right eye": bones.right_eye}
    if arkit.INDEX["jawOpen"] not in shown:
        wanted["jaw"] = bones.jaw
    nodes = {node: name for name, node in wanted.items() if node is not None}
    if bones.head is None:
        return _whole(model)
    if bones.neck is not None and bones.neck not in _ancestors(model, bones.head):
        del nodes[bones.neck]
    return _chain(model, nodes)


def world_matrices(model: Model) -> Float64Array:
    """Returns `[nodes, 4, 4]`: from each node's frame to world space."""
    found = np.empty((len(model.nodes), 4, 4))
    for i, node in enumerate(model.nodes):
        found[i] = node.matrix if node.parent < 0 else found[node.parent] @ node.matrix
    return found


def _ancestors(model: Model, node: int) -> list[int]:
    found = []
    while (node := model.nodes[node].parent) >= 0:
        found.append(node)
    return found


def _chain(model: Model, nodes: dict[int, str]) -> Joints:
    world = world_matrices(model)
    names, parents, pivots = [""], [0], [np.zeros(3)]
    of_node: list[int] = []
    for i, node in enumerate(model.nodes):
        above = of_node[node.parent] if node.parent >= 0 else 0
        if i in nodes:
            names.append(nodes[i])
            parents.append(above)
            pivots.append(world[i, :3, 3])
            above = len(names) - 1
        of_node.append(above)
    return Joints(tuple(names), tuple(parents), np.array(pivots), tuple(of_node))


def _whole(model: Model) -> Joints:
    """Returns one joint below the middle of the avatar, roughly where the neck would be."""
    world = world_matrices(model)
    corners = [
        world[i, :3, :3] @ at + world[i, :3, 3]
        for i, node in enumerate(model.nodes)
        if node.mesh is not None
        for each in model.meshes[node.mesh].primitives
        if len(each.positions)
        for at in (each.positions.min(axis=0), each.positions.max(axis=0))
    ]
    low, high = (np.min(corners, axis=0), np.max(corners, axis=0)) if corners else (np.zeros(3), np.zeros(3))
    pivot = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    return Joints(("", "head"), (0, 0), np.array([np.zeros(3), pivot]), (1,) * len(model.nodes))


def _gaze(weights: Float32Array) -> Float64Array:
    def way(left: str, right: str) -> float:
        return (weight(weights, f"eyeLook{left}Left") + weight(weights, f"eyeLook{right}Right")) / 2

    yaw = (way("Out", "In") - way("In", "Out")) * _EYE_YAW
    pitch = (way("Down", "Down") - way("Up", "Up")) * _EYE_PITCH
    return turn(pitch, yaw, 0.0)
