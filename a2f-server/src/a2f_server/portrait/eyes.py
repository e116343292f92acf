"""The eyes behind the lids: the picture's own, completed where the lids hide them, so that they can turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from a2f_server.face_shapes.vectors import Float64Array, smooth
from a2f_server.portrait import pixels
from a2f_server.portrait.contours import LID_COLUMNS, Aperture
from a2f_server.portrait.geometry import Pose
from a2f_server.portrait.layout import ring_triangles
from a2f_server.portrait.part import MeshPart

BEHIND = 0.03
"""How far the eyes are behind the edge of the lids, in units."""
RINGS = np.array([0.02, 0.55, 1.05, 1.25, 1.7, 2.3])
"""Distance of the rings from the centre of the iris, in its radii."""
TURN = 0.85, 0.6
"""How far the iris moves sideways, up and down at a weight of 1, in its radii."""
BEYOND = 1.22, 1.7
"""How much wider and higher than the opening an eye is."""
MARGIN = 0.4
"""Size of what is copied around an eye, as a share of its width."""


@dataclass(frozen=True)
class Eye:
    """An eye in the head's coordinates: the opening of its lids, its iris (centre `[3]` and radius)."""

    opening: Aperture
    iris: Float64Array
    radius: float


def eye(opening: Aperture, iris: Float64Array) -> Eye:
    """Returns the eye with these landmarks of the iris `[5, 3]`."""
    radius = float(np.linalg.norm(iris[1:, :2] - iris[0, :2], axis=1).mean())
    return Eye(opening, iris[0], radius)


def box(eye: Eye, pose: Pose) -> tuple[int, int, int, int]:
    """Returns left, top, right and bottom of the pixels around an eye."""
    at = pose.pixels(pose.picture(eye.opening.edge))
    low, high = at.min(axis=0), at.max(axis=0)
    margin = MARGIN * (high - low)[0]
    return tuple(int(each) for each in (*np.floor(low - margin), *np.ceil(high + margin)))  # type: ignore[return-value]


def completed(picture: Image.Image, eye: Eye, pose: Pose) -> Image.Image:
    """Returns the pixels in the eye's box with the lids replaced by what they hide."""
    left, top, right, bottom = box(eye, pose)
    colors = np.asarray(picture.crop((left, top, right, bottom)), np.float64)
    y, x = np.mgrid[top:bottom, left:right] + 0.5
    at = np.stack([x, y], axis=-1)
    edge = pose.pixels(pose.picture(eye.opening.edge))
    middle = edge.mean(axis=0)
    known = inside(at, middle + (edge - middle) * 0.92)
    centre = pose.pixels(pose.picture(eye.iris))
    far = np.linalg.norm(at - centre, axis=-1) / (eye.radius * pose.scale)
    colors, known = _with_iris(colors, known, far)
    return Image.fromarray(np.clip(np.rint(pixels.filled(colors, known)), 0, 255).astype(np.uint8))


def _with_iris(colors: Float64Array, known: pixels.Mask, far: Float64Array) -> tuple[Float64Array, pixels.Mask]:
    """Completes the iris with the mean colour of each ring."""
    ring = np.minimum((far * 8).astype(int), 9)
    count = np.bincount(ring[known], minlength=10)
    if count[:8].min() < 2:
        return colors, known
    total = np.stack([np.bincount(ring[known], colors[known][:, c], minlength=10) for c in range(3)], axis=-1)
    mean: Float64Array = total / np.maximum(count, 1)[:, None]
    hidden = ~known & (far < 1.0)
    out = colors.copy()
    at = np.clip(far[hidden] * 8 - 0.5, 0, 7)
    low = at.astype(int)
    out[hidden] = mean[low] + (mean[np.minimum(low + 1, 7)] - mean[low]) * (at - low)[:, None]
    return out, known | hidden


def inside(at: Float64Array, polygon: Float64Array) -> pixels.Mask:
    """Returns which points `[…, 2]` are inside a polygon `[m, 2]`."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    x, y = at[..., :1], at[..., 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        where = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return np.asarray((((a[:, 1] > y) != (b[:, 1] > y)) & (x < where)).sum(axis=-1) % 2 == 1)


def part(eye: Eye, side: str, pose: Pose, offset: tuple[int, int]) -> MeshPart:
    """Returns an eye. `offset` is the way from the picture's pixels to those of its copy in the atlas."""
    at = _rings_at(eye)
    follow = np.repeat(np.append(smooth(2.3, 1.1, RINGS), 0), LID_COLUMNS)[:, None]
    outwards = 1.0 if side == "Left" else -1.0
    sideways, up = (eye.radius * each for each in TURN)
    ways = {"Out": (outwards * sideways, 0), "In": (-outwards * sideways, 0), "Up": (0, up), "Down": (0, -up)}
    moves = {f"eyeLook{name}{side}": pose.picture(follow * [x, y, 0]) for name, (x, y) in ways.items()}
    triangles = _rings(len(RINGS) + 1)
    place = pose.pixels(pose.picture(at)) + offset
    ones = np.ones((len(at), 3))
    return MeshPart(pose.picture(at), triangles, place, ones, np.ones(len(at)), moves)


def _rings_at(eye: Eye) -> Float64Array:
    """Returns rings around the iris, and one beyond the edge of the lids, `[n, 3]`, on the plane of that edge."""
    edge, middle = eye.opening.edge, eye.opening.middle
    outer = middle + (edge - middle) * [*BEYOND, 1]
    away = edge[:, :2] - eye.iris[:2]
    away /= np.linalg.norm(away, axis=1, keepdims=True) + 1e-9
    reach = np.linalg.norm(outer[:, :2] - eye.iris[:2], axis=1)
    far = np.minimum(RINGS[:, None] * eye.radius, reach * (0.2 + 0.7 * RINGS[:, None] / RINGS[-1]))
    flat = np.concatenate([eye.iris[:2] + far[..., None] * away, outer[None, :, :2]]).reshape(-1, 2)
    plane = np.linalg.lstsq(_plane(edge), edge[:, 2], rcond=None)[0]
    return np.column_stack([flat, _plane(flat) @ plane - BEHIND])


def _plane(at: Float64Array) -> Float64Array:
    return np.column_stack([at[:, :2], np.ones(len(at))])


def _rings(rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    index = np.arange(rows * LID_COLUMNS, dtype=np.int64).reshape(rows, LID_COLUMNS)
    return ring_triangles(index[::-1])
