"""Makes small GLB and VRM files: a quad as a face, animated in each way that avatars support."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CORNERS = [(-1, 0, 0), (1, 0, 0), (1, 2, 0), (-1, 2, 0)]
TEXTURE_COORDINATES = [(0, 1), (1, 1), (1, 0), (0, 0)]
TRIANGLES = [0, 1, 2, 0, 2, 3]
FLOAT, SHORT = 5126, 5123
# Encoded data: 8 x 8 orange pixels (UASTC), one orange pixel, and a triangle (see `draco`).
KTX2 = (
    "q0tUWCAyMLsNChoKAAAAAAEAAAAIAAAACAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAaAAAACwAAACUAAAALAAAAAAAAAAAAAAAAAAA"
    "AAAAAADAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAAAsAAAAAAAAAAIAKACmAQIAAwMAABAAAAAAAAAAAAB/AAAAAAAAAAAA/////x8A"
    "AABLVFh3cml0ZXIAQmFzaXMgVW5pdmVyc2FsIDIuNTAAAAQAAAB/fwAA1xyP53/c7gAAAAAAAAAAANccj+d/3O4AAAAAAAAAAADX"
    "HI/nf9zuAAAAAAAAAAAA1xyP53/c7gAAAAAAAAAAAA=="
)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP438AAAAQBAYDFKhhdAAAAAElFTkSuQmCC"
DRACO = "RFJBQ08CAgEAAAABAwEAAQIBAQAJAwAAAgABAQAMA60qI1UVA6B6gUj/mwkAAAAAAP8HAAAAAAC/ZmZmP5qZmT4AAIA/Cw=="
# Bones that every VRM requires.
LIMBS = [f"{side}{part}" for side in ("left", "right") for part in ("UpperLeg", "LowerLeg", "Foot")]
LIMBS += [f"{side}{part}" for side in ("left", "right") for part in ("UpperArm", "LowerArm", "Hand")]


@dataclass
class Document:
    """Builds a glTF. Its methods return the index of what they add."""

    json: dict[str, Any] = field(
        default_factory=lambda: {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
    )
    binary: bytes = b""

    def add(self, where: str, **what: Any) -> int:
        self.json.setdefault(where, []).append(what)
        return len(self.json[where]) - 1

    def view(self, blob: bytes) -> int:
        start = len(self.binary)
        self.binary += blob + b"\0" * (-len(blob) % 4)
        return self.add("bufferViews", buffer=0, byteOffset=start, byteLength=len(blob))

    def vectors(self, rows: Sequence[Sequence[float]]) -> int:
        columns = list(zip(*rows, strict=True))
        bounds = {"min": [min(c) for c in columns], "max": [max(c) for c in columns]}
        view = self.view(b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows))
        kind = f"VEC{len(columns)}"
        return self.add("accessors", bufferView=view, componentType=FLOAT, count=len(rows), type=kind, **bounds)

    def indices(self) -> int:
        view = self.view(struct.pack("<6H", *TRIANGLES))
        return self.add("accessors", bufferView=view, componentType=SHORT, count=6, type="SCALAR")

    def face(self, targets: Sequence[str] = (), **primitive: Any) -> int:
        """Adds a square mesh. Each morph target pulls its lower edge down."""
        primitive["attributes"] = {"POSITION": self.vectors(CORNERS), **primitive.get("attributes", {})}
        primitive["indices"] = self.indices()
        if not targets:
            return self.add("meshes", primitives=[primitive])
        pulled = self.vectors([(0, -0.5, 0), (0, -0.5, 0), (0, 0, 0), (0, 0, 0)])
        primitive["targets"] = [{"POSITION": pulled}] * len(targets)
        weights = [0] * len(targets)
        return self.add("meshes", primitives=[primitive], weights=weights, extras={"targetNames": list(targets)})

    def texture_coordinates(self) -> dict[str, int]:
        """Adds the attribute that a face with a texture needs."""
        return {"TEXCOORD_0": self.vectors(TEXTURE_COORDINATES)}

    def orange(self, **material: Any) -> int:
        """Adds a material with a texture of one pixel."""
        image = self.add("images", bufferView=self.view(base64.b64decode(PNG)), mimeType="image/png")
        colour = {"baseColorTexture": {"index": self.add("textures", source=image)}}
        return self.add("materials", pbrMetallicRoughness=colour, **material)

    def toon(self) -> int:
        """Adds the same material as MToon, the material of VRMs."""
        self.json.setdefault("extensionsUsed", []).append("VRMC_materials_mtoon")
        return self.orange(extensions={"VRMC_materials_mtoon": {"specVersion": "1.0"}})

    def node(self, name: str, parent: int | None = None, **what: Any) -> int:
        node = self.add("nodes", name=name, **what)
        siblings = (
            self.json["scenes"][0]["nodes"] if parent is None else self.json["nodes"][parent].setdefault("children", [])
        )
        siblings.append(node)
        return node

    def extend(self, name: str, **what: Any) -> None:
        self.json.setdefault("extensionsUsed", []).append(name)
        self.json.setdefault("extensions", {})[name] = what

    def write(self) -> bytes:
        if self.binary:
            self.json["buffers"] = [{"byteLength": len(self.binary)}]
        return glb(self.json, self.binary)


def glb(document: dict[str, Any], binary: bytes = b"") -> bytes:
    """Returns a GLB with a JSON chunk and a binary chunk."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def quad(targets: Sequence[str]) -> bytes:
    """Returns a GLB with nothing but a face."""
    document = Document()
    document.node("Face", mesh=document.face(targets))
    return document.write()


def jaw() -> bytes:
    """Returns a head of two plates without morph targets. The lower plate hangs on a jaw bone."""
    document = Document()
    head = document.node("Head")
    document.node("Skull", head, mesh=document.face())
    for side, x in (("Left", 0.5), ("Right", -0.5)):
        document.node(f"{side}Eye", head, translation=[x, 1.5, 0])
    bone = document.node("CC_Base_JawRoot", head, translation=[0, 0.5, -1], rotation=[0, 0.7071068, 0, 0.7071068])
    # The bone is rotated, as in some exports. The chin in front of it is rotated back.
    document.node(
        "Chin", bone, mesh=0, translation=[-1.2, -0.6, 0], rotation=[0, -0.7071068, 0, 0.7071068], scale=[0.6, 0.2, 1]
    )
    return document.write()


def vrm(expressions: Sequence[str], *, version: int = 1, binary: Sequence[str] = (), toon: bool = False) -> bytes:
    """Returns a VRM whose expressions each pull the face down. Names other than presets become custom expressions."""
    document = Document()
    look = {} if not toon else {"material": document.toon(), "attributes": document.texture_coordinates()}
    hips = document.node("hips")
    head = document.node("head", document.node("spine", hips))
    bones = {"hips": hips, "spine": hips + 1, "head": head}
    bones |= {limb: document.node(limb, hips) for limb in LIMBS}
    # Version 0 faces -z.
    face = document.node("Face", head, mesh=document.face([f"morph {name}" for name in expressions], **look))
    if version == 0:
        document.json["nodes"][face]["rotation"] = [0, 1, 0, 0]
        groups = [
            {
                "presetName": name,
                "name": name,
                "isBinary": name in binary,
                "binds": [{"mesh": 0, "index": i, "weight": 100}],
            }
            for i, name in enumerate(expressions)
        ]
        human = [{"bone": bone, "node": node} for bone, node in bones.items()]
        document.extend("VRM", humanoid={"humanBones": human}, blendShapeMaster={"blendShapeGroups": groups}, meta={})
        return document.write()
    kinds: dict[str, dict[str, Any]] = {"preset": {}, "custom": {}}
    for i, name in enumerate(expressions):
        binds = [{"node": face, "index": i, "weight": 1}]
        kind = "preset" if name.islower() or name.startswith("blink") else "custom"
        kinds[kind][name] = {"morphTargetBinds": binds, "isBinary": name in binary}
    meta = {"name": "test", "authors": ["test"], "licenseUrl": "https://vrm.dev/licenses/1.0/"}
    human1 = {"humanBones": {bone: {"node": node} for bone, node in bones.items()}}
    document.extend("VRMC_vrm", specVersion="1.0", meta=meta, humanoid=human1, expressions=kinds)
    return document.write()


def ktx2(targets: Sequence[str], *, damaged: bool = False) -> bytes:
    """Returns a face with an orange KTX2 texture."""
    document = Document()
    texture = base64.b64decode(KTX2)
    if damaged:
        texture = texture[:40] + b"\xff" * 40 + texture[80:]
    image = document.add("images", bufferView=document.view(texture), mimeType="image/ktx2")
    document.add("textures", extensions={"KHR_texture_basisu": {"source": image}})
    colour = {"baseColorTexture": {"index": 0}, "metallicFactor": 0}
    material = document.add("materials", pbrMetallicRoughness=colour)
    coordinates = {"TEXCOORD_0": document.vectors(TEXTURE_COORDINATES)}
    document.node("Face", mesh=document.face(targets, attributes=coordinates, material=material))
    document.json |= {"extensionsUsed": ["KHR_texture_basisu"], "extensionsRequired": ["KHR_texture_basisu"]}
    return document.write()


def skinned(targets: Sequence[str]) -> bytes:
    """Returns a face skinned to a bone, with a PNG texture."""
    document = Document()
    head = document.node("Head")
    joints = document.view(struct.pack("<16H", *[0] * 16))
    weights = document.vectors([(1, 0, 0, 0)] * 4)
    attributes = {
        **document.texture_coordinates(),
        "JOINTS_0": document.add("accessors", bufferView=joints, componentType=SHORT, count=4, type="VEC4"),
        "WEIGHTS_0": weights,
    }
    material = document.orange()
    skin = document.add("skins", joints=[head])
    document.node("Face", mesh=document.face(targets, attributes=attributes, material=material), skin=skin)
    return document.write()


def draco(targets: Sequence[str], *, damaged: bool = False) -> bytes:
    """Returns a face with a nose: one triangle that is compressed with Draco."""
    document = Document()
    document.node("Face", mesh=document.face(targets))
    bounds = {"min": [-0.5, 0.9, 0.3], "max": [0.5, 1.6, 0.3]}
    position = document.add("accessors", componentType=FLOAT, count=3, type="VEC3", **bounds)
    order = document.add("accessors", componentType=SHORT, count=3, type="SCALAR")
    blob = b"\xff" * 60 if damaged else base64.b64decode(DRACO)
    packed = {"bufferView": document.view(blob), "attributes": {"POSITION": 0}}
    extensions = {"KHR_draco_mesh_compression": packed}
    nose = {"attributes": {"POSITION": position}, "indices": order, "extensions": extensions}
    document.node("Nose", mesh=document.add("meshes", primitives=[nose]))
    used = ["KHR_draco_mesh_compression"]
    document.json |= {"extensionsUsed": used, "extensionsRequired": used}
    return document.write()
