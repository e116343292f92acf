"""The whole: parts, materials, rig."""

from __future__ import annotations

from tools.head import body, brows, ears, eyes, face, glb, hair, nostrils, shapes, teeth, tongue
from tools.head.glb import Material, Node
from tools.head.mesh import Mesh, merged, mirrored

SKIN = Material("Skin", 0.55)
EYE = Material("Eye", 0.12)
MOUTH = Material("Mouth", 0.3)
HAIR = Material("Hair", 0.55)
CLOTH = Material("Cloth", 0.9)
FEET = (0.0, -2.35, -0.2)
NECK = (0.0, -1.4, -0.25)
PIVOT = (0.0, -0.8, -0.2)
"""Where the rig's joints are."""


def parts() -> dict[str, Mesh]:
    """The meshes with morphs, and the hair, by name."""
    skin = shapes.Face52(face.build())
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
    """The GLB."""
    materials = {"Face": SKIN, "Eyes": EYE, "Mouth": MOUTH, "Brows": HAIR, "Hair": HAIR}
    head = Node("Head", PIVOT, {name: (mesh, materials[name]) for name, mesh in parts().items()})
    neck = Node("Neck", NECK, {"NeckSkin": (body.neck(), SKIN)}, [head])
    return glb.write(Node("Body", FEET, {"Hoodie": (body.hoodie(), CLOTH)}, [neck]))
