"""Places the camera: a portrait states its own frame; any other avatar is shown from head to shoulders."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.drawing.joints import world_matrices
from a2f_server.drawing.scene import Scene
from a2f_server.errors import BadAvatar
from a2f_server.glb.model import Model, Primitive

_FACE = re.compile(r"jaw_?open|blink|brow|viseme_(aa|o$)|mouth_?open|mth_a$|^aa?$", re.IGNORECASE)
"""Morph targets that together move the face from the brows to the chin. These and the following values are those of the
page (web/page/avatar/framing.js and stage.js), so that video and page look the same."""
_MIN_MOVEMENT = 0.05
_CHIN = np.array([0.0, -1.08, 0.6])
_HEAD_HEIGHT = 2.35
_HEAD_PER_FACE = (1.4, 2.6)
_UPPER_PART = 0.13
_CAMERA = np.array([0.0, -0.2, 6.6])
_FIELD = math.radians(28)
_NARROWEST = 0.8
"""For narrower pictures the camera is further away, so that the ears stay visible."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks along −z."""

    at: Float64Array
    """`[3]`: world space."""
    focal: float
    """Pixels on the picture of one unit at distance 1."""
    middle: tuple[float, float]
    """Pixels: where the line of sight meets the picture."""


def camera_for(model: Model, scene: Scene, width: int, height: int) -> Camera:
    """Returns the camera for a picture of this size."""
    for node in model.nodes:
        if isinstance(portrait := node.extras.get("portrait"), dict):
            return _portrait_camera(portrait, width, height)
    return _page_camera(model, scene, width, height)


def _portrait_camera(portrait: dict[str, Any], width: int, height: int) -> Camera:
    """Fills the picture with the portrait's frame (`portrait/export.py`), cropping what does not fit."""
    try:
        across, up, distance = (float(portrait[name]) for name in ("width", "height", "distance"))
    except (KeyError, TypeError, ValueError, OverflowError):
        across = up = distance = 0.0
    if not all(math.isfinite(each) and each > 0 for each in (across, up, distance)):
        raise BadAvatar("this portrait does not say how large it is; make it again from its photo")
    focal = max(width / across, height / up) * distance
    return Camera(np.array([0.0, 0.0, distance]), focal, (width / 2, height / 2))


def _page_camera(model: Model, scene: Scene, width: int, height: int) -> Camera:
    low, high, face = _bounds(model, scene)
    tall = _head_height(scene, low, high) if face else high[1] - low[1]
    scale = _HEAD_HEIGHT / max(1e-6, float(tall))
    chin = np.array([(low[0] + high[0]) / 2, low[1], high[2]])
    visible = 2 * math.tan(_FIELD / 2) * max(1.0, _NARROWEST * height / width)
    return Camera(chin + (_CAMERA - _CHIN) / scale, height / visible, (width / 2, height / 2))


def _bounds(model: Model, scene: Scene) -> tuple[Float64Array, Float64Array, bool]:
    """Returns the corners of the face, else of what follows the head bone, else of the upper part of the avatar."""
    corners = _face_points(model)
    if len(corners):
        return corners.min(axis=0), corners.max(axis=0), True
    points = scene.positions.astype(np.float64)
    if "neck" in scene.joints.names or not scene.shares[:, -1].all():
        of_head = points[scene.shares[:, scene.joints.names.index("head") :].sum(axis=1) > 0.5]
        points = of_head if len(of_head) else points
        return points.min(axis=0), points.max(axis=0), False
    low, high = points.min(axis=0), points.max(axis=0)
    if high[1] - low[1] > 2 * (high[0] - low[0]):
        low[1] = high[1] - (high[1] - low[1]) * _UPPER_PART
    return low, high, False


def _head_height(scene: Scene, low: Float64Array, high: Float64Array) -> float:
    face = float(high[1] - low[1])
    crown = float(scene.positions[:, 1].max() - low[1])
    return min(max(crown, _HEAD_PER_FACE[0] * face), _HEAD_PER_FACE[1] * face)


def _face_points(model: Model) -> Float64Array:
    """Returns the vertices that face targets move, in world space."""
    world = world_matrices(model)
    found = [np.zeros((0, 3))]
    for i, node in enumerate(model.nodes):
        mesh = model.meshes[node.mesh] if node.mesh is not None else None
        for primitive in mesh.primitives if mesh else ():
            matrix = world[i]
            if node.skin is not None:
                skin = model.skins[node.skin]
                matrix = world[skin.joints[0]] @ skin.inverse_bind[0]
            index = _moved(primitive, mesh.target_names if mesh else ())
            found.append(primitive.positions[index] @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(found)


def _moved(primitive: Primitive, names: tuple[str, ...]) -> Any:
    chosen = np.zeros(len(primitive.positions), bool)
    for name, target in zip(names, primitive.targets, strict=False):
        move = target.position
        if move is None or not len(move.index) or not _FACE.search(name):
            continue
        lengths = np.linalg.norm(move.change, axis=1)
        chosen[move.index[lengths > _MIN_MOVEMENT * lengths.max()]] = True
    return np.flatnonzero(chosen)
