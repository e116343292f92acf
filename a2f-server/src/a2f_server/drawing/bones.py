"""Finds the bones of a face by their names, as the browser client does (web/src/idle/anatomy.js)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from a2f_server.glb.model import Model

_PREFIX = re.compile(
    r"(?:normalized_)?(?:.*[:|]|mixamorig\d*_?|cc_base_|j_bip_[clr]_|j_bip_|j_adj_[clr]_|j_adj_|bip\d+[_ ]?|"
    r"def[-_]|org[-_]|bone_)*",
    re.IGNORECASE,
)
_HEAD = ("head", "頭")
_NECK = ("neck", "necktwist01", "neck1", "neck01", "首")
_LEFT_EYE = ("lefteye", "eyeleft", "eyel", "leye", "左目", "faceeyel")
_RIGHT_EYE = ("righteye", "eyeright", "eyer", "reye", "右目", "faceeyer")
_JAW = ("jaw", "jawbone", "jawroot", "jawjoint", "jawjnt", "jawmaster", "lowerjaw", "あご", "顎")


@dataclass(frozen=True)
class Bones:
    """Indices into `Model.nodes`; None for bones that the avatar lacks."""

    head: int | None = None
    neck: int | None = None
    left_eye: int | None = None
    right_eye: int | None = None
    jaw: int | None = None


def find_bones(model: Model) -> Bones:
    """Returns the bones, from a VRM's humanoid or by name. Bones of skins are preferred to other nodes."""
    humanoid = _humanoid(model)
    joints = {joint for skin in model.skins for joint in skin.joints}
    # a mesh often has its origin at the feet, about which a head would swing like a pendulum
    nodes = [i for i, node in enumerate(model.nodes) if i in joints or node.mesh is None]
    nodes.sort(key=lambda i: i not in joints)

    def find(part: str, names: Sequence[str]) -> int | None:
        return humanoid.get(part, _named(model, nodes, names))

    return Bones(
        find("head", _HEAD),
        find("neck", _NECK),
        find("leftEye", _LEFT_EYE),
        find("rightEye", _RIGHT_EYE),
        find("jaw", _JAW),
    )


def _named(model: Model, nodes: Sequence[int], names: Sequence[str]) -> int | None:
    found = [(names.index(bare), order, i) for order, i in enumerate(nodes) if (bare := _bare(model, i)) in names]
    return min(found)[2] if found else None


def _bare(model: Model, node: int) -> str:
    name = _PREFIX.sub("", model.nodes[node].name, count=1)
    return "".join(character for character in name.lower() if character.isalnum())


def _humanoid(model: Model) -> dict[str, int]:
    """Returns the bones that a VRM names, as nodes of the model."""
    order = {node.source: i for i, node in enumerate(model.nodes)}
    one = _mapping(_mapping(model.extensions.get("VRMC_vrm")).get("humanoid"))
    zero = _mapping(_mapping(model.extensions.get("VRM")).get("humanoid"))
    found = {name: _mapping(bone).get("node") for name, bone in _mapping(one.get("humanBones")).items()}
    bones = zero.get("humanBones")
    for bone in bones if isinstance(bones, list) else []:
        found[str(_mapping(bone).get("bone"))] = _mapping(bone).get("node")
    return {name: order[node] for name, node in found.items() if isinstance(node, int) and node in order}


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
