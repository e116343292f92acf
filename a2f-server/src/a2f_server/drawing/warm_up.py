"""Compiles the rendering functions in advance; `python -m a2f_server.drawing.warm_up` does."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.drawing.camera import camera_for
from a2f_server.drawing.contract import HeadPose
from a2f_server.drawing.renderer import Renderer
from a2f_server.drawing.scene import build_scene
from a2f_server.glb.model import Material, Mesh, Model, Move, Node, Primitive, Target

_SIDE = 16


def warm_up() -> None:
    """Renders a tiny avatar that uses every feature of the renderer; call it once, on a thread.

    Takes about 5 s on one core, or 0.3 s with cached code. Raises NotInstalled without numba.
    """
    materials = Material(unlit=True), Material(colour=(1.0, 1.0, 1.0, 0.5), alpha="blend")
    primitives = tuple(_square(material) for material in range(len(materials)))
    mesh = Mesh("face", ("jawOpen",), primitives, (0.0,))
    node = Node("face", -1, np.eye(4), mesh=0, skin=None, source=0)
    model = Model((node,), (mesh,), (), materials, extras={}, extensions={})
    scene = build_scene(model)
    renderer = Renderer(scene, camera_for(model, scene, _SIDE, _SIDE), _SIDE, _SIDE)
    renderer.draw(np.ones(arkit.COUNT, np.float32), HeadPose(1, 1, 1))


def _square(material: int) -> Primitive:
    corners = np.array([[-1, 1, 0], [-1, -1, 0], [1, -1, 0], [1, 1, 0]], np.float32)
    lower = np.array([1, 2], np.int32)
    down = Move(lower, np.full((2, 3), -0.2, np.float32))
    return Primitive(
        positions=corners,
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        normals=None,
        uv=None,
        colours=None,
        joints=None,
        weights=None,
        targets=(Target(position=down, colour=down),),
        material=material,
    )


if __name__ == "__main__":
    warm_up()
