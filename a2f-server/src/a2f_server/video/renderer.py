"""Draws an avatar with morph targets on the CPU."""

from __future__ import annotations

import threading
from typing import Self

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.errors import NotInstalled
from a2f_server.glb.model import Int32Array
from a2f_server.glb.reader import read_glb
from a2f_server.video.camera import Camera, camera_for
from a2f_server.video.contract import HeadPose, Picture
from a2f_server.video.scene import Moves, Scene, build_scene
from a2f_server.video.textures import pack

_MOST_SIDE = 2048
_BACKGROUND = (222, 232, 230)
"""Colour behind an avatar: about that of the page."""
_AT_REST = HeadPose()
_scratch = threading.local()


class Renderer:
    """Draws one avatar; see `FaceRenderer`. A portrait is shown as in its photo, any other avatar as on the page."""

    def __init__(self, scene: Scene, camera: Camera, width: int, height: int) -> None:
        try:
            from a2f_server.video import placement, rasteriser, yuv  # noqa: PLC0415 - need numba, which is optional
        except ImportError:
            raise NotInstalled("drawing video needs numba: pip install 'a2f-server[video]'") from None
        self.width, self.height = width, height
        self._placement, self._rasteriser, self._yuv = placement, rasteriser, yuv
        self._scene = scene
        # in samples: two per pixel
        self._camera = np.array([*camera.at, 2 * camera.focal, *(2 * each for each in camera.middle)], np.float32)
        self._surfaces = np.array(
            [(not each.unlit, each.roughness, each.metallic) for each in scene.materials], np.float32
        )
        self._encode = _srgb(np.linspace(0, 1, placement.TABLE) ** 2)
        self._alphas = np.ascontiguousarray(scene.colours[:, 3])
        self._screen = np.zeros((len(scene.positions), 3), np.float32)
        self._lights = np.zeros((len(scene.positions), 3), np.float32)
        self._place(np.zeros(arkit.COUNT, np.float32), _AT_REST, len(scene.positions))
        textures = pack(scene, self._screen * np.array([0.5, 0.5, 1], np.float32), (width, height))
        self._texels, self._materials, self._cutoffs = textures.texels, textures.materials, textures.cutoffs
        alpha = self._materials[scene.triangle_material, rasteriser.ALPHA]
        self._blended = np.flatnonzero(alpha == rasteriser.BLEND).astype(np.int32)
        self._still = np.full((height, width, 3), _BACKGROUND, np.uint8)
        self._rgb = self._still.copy()
        self._draw_still()
        self._background = np.zeros((height * 3 // 2, width), np.uint8)
        yuv.to_yuv(self._still, np.array([0, 0, width, height], np.int32), self._background)

    @classmethod
    def from_glb(cls, glb: bytes, width: int, height: int, *, label: bool = True) -> Self:
        """Prepares an avatar for pictures of this size; both sides are even.

        Raises BadAvatar if the file cannot be read or has no face, TooLarge beyond the limits of `glb`, ValueError for
        a size that is odd or not within 16 … 2048, and NotInstalled without numba or Pillow.
        """
        if not all(16 <= side <= _MOST_SIDE and side % 2 == 0 for side in (width, height)):
            raise ValueError(f"width and height must be even numbers from 16 to {_MOST_SIDE}")
        model = read_glb(glb)
        scene = build_scene(model)
        return cls(scene, camera_for(model, scene, width, height), width, height)

    def draw(self, weights: NDArray[np.float32], pose: HeadPose) -> Picture:
        """Draws the 52 weights into a new picture."""
        scene, paint = self._scene, self._rasteriser
        self._place(np.clip(weights, 0, 1), pose, scene.live_vertices)
        rect = self._live_rect()
        depth, ids = _buffers(2 * self.width, 2 * self.height)
        paint.clear(rect, depth, ids)
        self._find_visible(0, len(scene.triangles), rect, depth, ids)
        self._shade(scene.live_triangles, rect, ids)
        if len(self._blended):
            self._blend(rect, depth)
        picture = self._background.copy()
        self._yuv.to_yuv(self._rgb, rect // 2, picture)
        return picture

    def _place(self, weights: Float32Array, pose: HeadPose, count: int) -> None:
        scene = self._scene
        values = np.minimum(scene.gains @ weights, 1).astype(np.float32)
        positions, normals, colours = (
            self._moved(base[:count], values, moves)
            for base, moves in (
                (scene.positions, scene.position_moves),
                (scene.normals, scene.normal_moves),
                (scene.colours, scene.colour_moves),
            )
        )
        matrices = scene.joints.matrices(weights, pose)
        self._placement.place(
            count,
            positions,
            normals,
            colours,
            scene.shares,
            scene.vertex_material,
            self._surfaces,
            matrices,
            self._camera,
            self._encode,
            self._screen,
            self._lights,
        )

    def _moved(self, base: Float32Array, values: Float32Array, moves: Moves) -> Float32Array:
        if not len(moves.index):
            return base
        moved = base.copy()
        self._placement.add_moves(values, moves.start, moves.index, moves.change, moved)
        return moved

    def _live_rect(self) -> Int32Array:
        """Returns the rectangle of samples in which something may have moved: multiples of 4, for pairs of pixels."""
        found = np.zeros(4, np.float64)
        self._placement.bounds(self._scene.triangles, self._scene.live_triangles, self._screen, found)
        sides = np.array([self.width, self.height, self.width, self.height]) * 2
        outer = np.concatenate([np.floor(found[:2] / 4) - 1, np.floor(found[2:] / 4) + 2]) * 4
        rect: Int32Array = np.clip(np.nan_to_num(outer), 0, sides).astype(np.int32)
        return rect

    def _draw_still(self) -> None:
        """Draws what never moves, once, behind all later pictures."""
        live, count = self._scene.live_triangles, len(self._scene.triangles)
        rect = np.array([0, 0, 2 * self.width, 2 * self.height], np.int32)
        depth, ids = _buffers(2 * self.width, 2 * self.height)
        self._rasteriser.clear(rect, depth, ids)
        self._find_visible(live, count, rect, depth, ids)
        self._shade(count, rect, ids)
        self._still[:] = self._rgb

    def _find_visible(self, first: int, last: int, rect: Int32Array, depth: Float32Array, ids: Int32Array) -> None:
        self._rasteriser.find_visible(
            self._scene.triangles,
            self._scene.triangle_material,
            self._materials,
            first,
            last,
            self._screen,
            self._scene.uv,
            self._alphas,
            self._texels,
            self._cutoffs,
            rect,
            depth,
            ids,
        )

    def _shade(self, live: int, rect: Int32Array, ids: Int32Array) -> None:
        self._rasteriser.shade_visible(
            self._scene.triangles,
            self._scene.triangle_material,
            self._materials,
            live,
            self._screen,
            self._scene.uv,
            self._lights,
            self._texels,
            rect,
            ids,
            self._still,
            self._rgb,
        )

    def _blend(self, rect: Int32Array, depth: Float32Array) -> None:
        nearness = self._screen[self._scene.triangles[self._blended], 2].sum(axis=1)
        self._rasteriser.blend(
            self._blended[np.argsort(nearness, kind="stable")],
            self._scene.triangles,
            self._scene.triangle_material,
            self._materials,
            self._screen,
            self._scene.uv,
            self._alphas,
            self._lights,
            self._texels,
            rect,
            depth,
            self._rgb,
        )


def _buffers(width: int, height: int) -> tuple[Float32Array, Int32Array]:
    """Returns depths and triangle numbers of samples: scratch that all renderers of a thread share."""
    known: tuple[Float32Array, Int32Array] | None = getattr(_scratch, "buffers", None)
    if known is None or known[0].shape[0] < height or known[0].shape[1] < width:
        old = known[0].shape if known else (0, 0)
        shape = max(height, old[0]), max(width, old[1])
        known = _scratch.buffers = np.zeros(shape, np.float32), np.zeros(shape, np.int32)
    return known


def _srgb(linear: Float64Array) -> Float32Array:
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curved).astype(np.float32)
