"""The contents of a GLB file as arrays. Colours are linear, matrices act on column vectors, units are metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Float32Array, Float64Array, UInt16Array

Int32Array = NDArray[np.int32]
UInt8Array = NDArray[np.uint8]
Wrap = Literal["repeat", "clamp", "mirror"]


@dataclass(frozen=True)
class Move:
    """Changes of one attribute by a morph target, for the vertices that it changes."""

    index: Int32Array
    """`[k]`: vertices, ascending."""
    change: Float32Array
    """`[k, 3]`, or `[k, 4]` for colours."""


@dataclass(frozen=True)
class Target:
    """A morph target of one primitive."""

    position: Move | None = None
    normal: Move | None = None
    colour: Move | None = None


@dataclass(frozen=True)
class Primitive:
    """Triangles of one material. Vertex arrays are `[n, …]`; None if the file lacks the attribute."""

    positions: Float32Array
    triangles: Int32Array
    """`[t, 3]`, counter-clockwise seen from the front."""
    normals: Float32Array | None
    uv: Float32Array | None
    """`[n, 2]`, from the set that the material's texture uses; v grows downwards."""
    colours: Float32Array | None
    """`[n, 4]`: red, green, blue, alpha."""
    joints: UInt16Array | None
    """`[n, 4]` or `[n, 8]`: indices into the joints of the skin."""
    weights: Float32Array | None
    """Like `joints`; each row adds up to 1."""
    targets: tuple[Target, ...]
    material: int


@dataclass(frozen=True)
class Mesh:
    """A mesh; all its primitives have the same morph targets."""

    name: str
    target_names: tuple[str, ...]
    primitives: tuple[Primitive, ...]
    rest: tuple[float, ...]
    """Weights of the morph targets in the file."""


@dataclass(frozen=True)
class Node:
    """A node of the scene. Parents come before their children."""

    name: str
    parent: int
    """Index into `Model.nodes`, or −1."""
    matrix: Float64Array
    """`[4, 4]`: from the node's frame to its parent's."""
    mesh: int | None
    skin: int | None
    source: int
    """The index of the node in the file."""
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Skin:
    """Bones that move a mesh."""

    joints: tuple[int, ...]
    """Indices into `Model.nodes`."""
    inverse_bind: Float64Array
    """`[joints, 4, 4]`"""


@dataclass(frozen=True)
class Texture:
    """A base colour texture."""

    texels: UInt8Array
    """`[height, width, 4]`: sRGB and alpha."""
    wrap: tuple[Wrap, Wrap]
    """Beyond the left and right edges, and beyond the top and bottom edges."""


@dataclass(frozen=True)
class Material:
    """The look of a surface."""

    name: str = ""
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Factor of texture and vertex colours."""
    texture: Texture | None = None
    uv_transform: Float64Array | None = None
    """`[2, 3]`: from the file's texture coordinates to those of the texture, or None."""
    uv_set: int = 0
    alpha: Literal["opaque", "mask", "blend"] = "opaque"
    cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    roughness: float = 1.0
    metallic: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Model:
    """A GLB file."""

    nodes: tuple[Node, ...]
    meshes: tuple[Mesh, ...]
    skins: tuple[Skin, ...]
    materials: tuple[Material, ...]
    """The last one is the default material."""
    extras: dict[str, Any]
    """The extras of the asset."""
    extensions: dict[str, Any]
    """The top-level extensions of the file, such as a VRM's."""
    generator: str = ""
