"""The eyes behind the lids: taken from the picture and completed where the lids hide them, so that they can turn."""

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
"""Distance of the eyes behind the edge of the lids, in units."""
HIDDEN = 3
"""The ring of the lids below which an eye ends."""
RINGS = np.array([0.02, 0.55, 1.05, 1.25, 1.7, 2.3])
"""Distance of the rings from the centre of the iris, in its radii."""
TURN = 0.85, 0.6
"""Distances that the iris moves sideways, up and down at a weight of 1, in its radii."""
MARGIN = 0.4
"""Size of the area that is copied around an eye, as a fraction of its width."""


@dataclass(frozen=True)
class Eye:
    """An eye in the head's coordinates: the opening of its lids, a line on the lids around it `[32, 3]`, its iris
    (centre `[3]` and radius)."""

    opening: Aperture
    around: Float64Array
    iris: Float64Array
    radius: float


def eye(opening: Aperture, lids: Float64Array, iris: Float64Array) -> Eye:
    """Returns the eye with these rings of the lids `[6, 32, 3]` and landmarks of the iris `[5, 3]`."""
    radius = float(np.linalg.norm(iris[1:, :2] - iris[0, :2], axis=1).mean())
    return Eye(opening, lids[HIDDEN], iris[0], radius)


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
    known = pixels.inside(at, middle + (edge - middle) * 0.92)
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


def part(eye: Eye, side: str, pose: Pose, offset: tuple[int, int]) -> MeshPart:
    """Returns an eye. `offset` leads from the picture's pixels to those of its copy in the atlas."""
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
    edge = eye.opening.edge
    away = eye.around[:, :2] - eye.iris[:2]
    reach = np.linalg.norm(away, axis=1)
    far = np.minimum(RINGS[:, None] * eye.radius, reach * (0.2 + 0.7 * RINGS[:, None] / RINGS[-1]))
    share = np.concatenate([far / reach, np.ones((1, len(edge)))])[..., None]
    middle = np.append(eye.iris[:2], edge[:, 2].mean())
    return np.asarray(middle + share * (eye.around - middle) - [0, 0, BEHIND]).reshape(-1, 3)


def _rings(rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    index = np.arange(rows * LID_COLUMNS, dtype=np.int64).reshape(rows, LID_COLUMNS)
    return ring_triangles(index[::-1])
