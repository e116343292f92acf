"""Draws an avatar with morph targets on the CPU."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.drawing import columns
from a2f_server.drawing.binding import driving
from a2f_server.drawing.buffers import Buffers, buffers
from a2f_server.drawing.camera import Camera, camera_for
from a2f_server.drawing.contract import HeadPose, Picture
from a2f_server.drawing.edges import find_edges
from a2f_server.drawing.label import Label
from a2f_server.drawing.scene import Moves, Scene, build_scene
from a2f_server.drawing.textures import pack, places
from a2f_server.errors import NotInstalled, TooLarge
from a2f_server.glb.model import Int32Array
from a2f_server.glb.reader import read_glb

_LEAST_SIDE, _MOST_SIDE = 16, 2048
_MOST_LAYERS = 100
"""Times that the triangles may cover the picture, so that no file takes a thread for minutes."""
_BACKGROUND = (222, 232, 230)
"""Colour behind an avatar: about that of the page."""
_GROUND = _BACKGROUND[0] | _BACKGROUND[1] << 8 | _BACKGROUND[2] << 16


class Renderer:
    """Draws one avatar; see `FaceRenderer`. A portrait is shown as in its photo, any other avatar as on the page."""

    def __init__(self, scene: Scene, camera: Camera, width: int, height: int, label: Label | None = None) -> None:
        try:
            from a2f_server.drawing import blending, placement, rasteriser, shading, yuv  # noqa: PLC0415 - need numba, which is optional
        except ImportError:
            raise NotInstalled("drawing video needs numba: pip install 'a2f-server[video]'") from None
        self.width, self.height = width, height
        self._placement, self._rasteriser, self._shading = placement, rasteriser, shading
        self._blending, self._yuv = blending, yuv
        self._scene = scene
        self._corners = np.column_stack([scene.triangles, scene.triangle_material]).astype(np.int32)
        # in samples: two per pixel
        self._camera = np.array([*camera.at, 2 * camera.focal, *(2 * each for each in camera.middle)], np.float32)
        surfaces = [(not each.unlit, each.roughness, each.metallic) for each in scene.materials]
        self._surfaces = np.array(surfaces, np.float32)
        self._encode = _srgb(np.linspace(0, 1, placement.TABLE) ** 2)
        self._vertices = np.zeros((len(scene.positions), 9), np.float32)
        self._vertices[:, columns.U : columns.V + 1] = scene.uv
        self._vertices[:, columns.OPACITY] = scene.colours[:, 3]
        self._place(np.zeros(arkit.COUNT, np.float32), HeadPose(), len(scene.positions))
        textures = pack(scene, self._vertices[:, :3] * np.array([0.5, 0.5, 1], np.float32), (width, height))
        self._texels, self._materials = textures.texels, textures.materials
        alpha = self._materials[scene.triangle_material, columns.ALPHA]
        self._blended = np.flatnonzero(alpha == columns.BLEND).astype(np.int32)
        self._places = places(scene, self._materials)
        self._planes = np.zeros((len(self._corners) + 1, columns.PLANES), np.float32)
        self._planes[-1, [columns.P_TINTED, columns.P_RED, columns.P_GREEN, columns.P_BLUE]] = 1, *_BACKGROUND
        self._planes[-1, columns.P_RED :] /= 255
        self._edges = find_edges(scene, self._vertices[:, :2] * np.float32(0.5), (width, height))
        self._facing = np.zeros(len(self._corners), np.int8)
        self._rest_vertices = self._vertices.copy()
        self._rgb = np.zeros((height, width), np.int32)
        self._background = np.zeros((height * 3 // 2, width), np.uint8)
        whole = np.array([0, 0, 2 * width, 2 * height], np.int32)
        self._blend(whole, self._paint(whole))
        self._yuv.to_yuv(self._rgb, whole // 2, self._background)
        self._label = label

    @classmethod
    def from_glb(cls, glb: bytes, width: int, height: int, *, label: bool = True) -> Self:
        """Prepares an avatar for pictures of this size; both sides are even.

        `label` shows in a corner that the picture is generated. Raises BadAvatar if the file cannot be read or has no
        face, TooLarge beyond the limits of `glb`, ValueError for a size that is odd or not within 16 … 2048, and
        NotInstalled without numba or Pillow.
        """
        if not all(_LEAST_SIDE <= side <= _MOST_SIDE and side % 2 == 0 for side in (width, height)):
            raise ValueError(f"width and height must be even numbers from {_LEAST_SIDE} to {_MOST_SIDE}")
        model = read_glb(glb)
        scene = build_scene(model)
        camera = camera_for(model, scene, width, height)
        return cls(scene, camera, width, height, Label(width, height) if label else None)

    def draw(self, weights: NDArray[np.float32], pose: HeadPose) -> Picture:
        """Draws the 52 weights into a new picture. Raises TooLarge if that takes too long."""
        self._place(np.clip(weights, 0, 1), pose, self._scene.live_vertices)
        picture = self._background.copy()
        rect = self._moved_rect()
        if rect[0] < rect[2] and rect[1] < rect[3]:
            self._blend(rect, self._paint(rect))
            self._yuv.to_yuv(self._rgb, rect // 2, picture)
        if self._label:
            self._label.draw(picture)
        return picture

    def _place(self, weights: Float32Array, pose: HeadPose, count: int) -> None:
        scene = self._scene
        values = np.minimum(scene.gains @ driving(weights, scene.gains), 1).astype(np.float32)
        self._placement.place(
            count,
            self._changed(scene.positions, count, values, scene.position_moves),
            self._changed(scene.normals, count, values, scene.normal_moves),
            self._changed(scene.colours, count, values, scene.colour_moves),
            scene.shares,
            scene.vertex_material,
            self._surfaces,
            scene.joints.matrices(weights, pose).reshape(-1, 12),
            self._camera,
            self._encode,
            self._vertices,
        )

    def _changed(self, base: Float32Array, count: int, values: Float32Array, moves: Moves) -> Float32Array:
        if not len(moves.index):
            return base
        moved = base[:count].copy()
        self._placement.add_moves(values, moves.start, moves.index, moves.change, moved)
        return moved

    def _moved_rect(self) -> Int32Array:
        """Returns the rectangle of samples that does not look as at rest: multiples of 4, for the planes U and V."""
        found = np.zeros(4, np.float64)
        self._placement.find_moved(self._corners, self._vertices, self._rest_vertices, found)
        sides = np.array([self.width, self.height, self.width, self.height]) * 2
        outer = np.concatenate([np.floor(found[:2] / 4), np.ceil(found[2:] / 4)]) * 4
        if np.isnan(outer).any():
            outer = np.array([0, 0, *sides[:2]])
        rect: Int32Array = np.clip(outer, 0, sides).astype(np.int32)
        return rect

    def _paint(self, rect: Int32Array) -> Buffers:
        """Draws what is opaque within a rectangle of samples, and returns the buffers."""
        corners, materials, vertices, texels = self._corners, self._materials, self._vertices, self._texels
        scratch, edges = buffers(self.width, self.height), self._edges
        depth, ids, fine_depth, fine_ids, tiles, rows = scratch
        self._rasteriser.mark_edges(
            corners, materials, vertices, edges.neighbours, edges.edged, rect, self._facing, tiles
        )
        self._rasteriser.clear(rect, tiles, depth, ids, fine_depth, fine_ids, len(corners))
        most = 4.0 * self.width * self.height * _MOST_LAYERS
        if not self._rasteriser.find_visible(
            corners, materials, vertices, texels, rect, tiles, depth, ids, fine_depth, fine_ids, self._planes, most
        ):
            raise TooLarge("this avatar has too many surfaces one behind another; reduce its meshes")
        self._shading.shade(
            corners,
            materials,
            texels,
            rect,
            tiles,
            ids,
            fine_ids,
            self._planes,
            self._places,
            _GROUND,
            rows,
            self._rgb,
        )
        return scratch

    def _blend(self, rect: Int32Array, scratch: Buffers) -> None:
        """Draws what is transparent, from the back to the front."""
        if not len(self._blended):
            return
        near = self._vertices[self._corners[self._blended, :3], columns.NEAR].sum(axis=1)
        order = self._blended[np.argsort(near, kind="stable")]
        self._blending.blend(
            order,
            self._corners,
            self._materials,
            self._vertices,
            self._texels,
            rect,
            scratch.fine_depth,
            self._planes,
            self._rgb,
        )


def _srgb(linear: Float64Array) -> Float32Array:
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curved).astype(np.float32)
