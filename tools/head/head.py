"""The whole head: its parts, materials and joints."""

from __future__ import annotations

from tools.head.face import brows, face_mesh, shapes
from tools.head.geometry import glb
from tools.head.geometry.glb import GlbMaterial, GlbNode
from tools.head.geometry.mesh import Mesh, merged, mirrored
from tools.head.parts import body, ears, eyes, hair, nostrils, teeth, tongue

SKIN = GlbMaterial("Skin", 0.55)
EYE = GlbMaterial("Eye", 0.12)
MOUTH = GlbMaterial("Mouth", 0.3)
HAIR = GlbMaterial("Hair", 0.55)
CLOTH = GlbMaterial("Cloth", 0.9)
FEET = (0.0, -2.35, -0.2)
NECK = (0.0, -1.4, -0.25)
PIVOT = (0.0, -0.8, -0.2)
"""Position of the head joint."""


def parts() -> dict[str, Mesh]:
    """Returns the meshes on the head joint by name."""
    skin = shapes.FaceShapes(face_mesh.build())
    bare = skin.mesh()
    return {
        "Face": merged([bare, *_both(ears.build()), *_both(nostrils.build(bare))]),
        "Eyes": eyes.build(),
        "Mouth": skin.mouth(teeth.upper(skin.line), teeth.lower(skin.line), tongue.build(skin.line)),
        "Brows": merged([*_both(brows.brow()), *_both(skin.lashes())]),
        "Hair": hair.build(),
    }


def _both(left: Mesh) -> tuple[Mesh, Mesh]:
    return left, mirrored(left)


def build() -> bytes:
    """Returns the GLB file."""
    materials = {"Face": SKIN, "Eyes": EYE, "Mouth": MOUTH, "Brows": HAIR, "Hair": HAIR}
    head = GlbNode("Head", PIVOT, {name: (mesh, materials[name]) for name, mesh in parts().items()})
    neck = GlbNode("Neck", NECK, {"NeckSkin": (body.neck(), SKIN)}, [head])
    return glb.write(GlbNode("Body", FEET, {"Hoodie": (body.hoodie(), CLOTH)}, [neck]))
