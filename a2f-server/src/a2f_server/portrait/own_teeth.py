"""The teeth that a picture shows between open lips: they stay where they are, behind the lips."""

from __future__ import annotations

import numpy as np
from PIL import Image

from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait import pixels
from a2f_server.portrait.atlas import Atlas
from a2f_server.portrait.contours import LIP_COLUMNS, Aperture
from a2f_server.portrait.geometry import Pose
from a2f_server.portrait.mouth_shapes import ACROSS_COLUMN
from a2f_server.portrait.part import MeshPart, grid_triangles

BRIGHT = 0.95
"""Minimum brightness of teeth between the lips, relative to the lips."""
TALLEST = 0.14
"""Distance that the teeth continue behind the upper lip, in units."""
BEHIND = 0.09
ROWS = np.array([0.93, 0.6, 0.25, 0.04])
"""Heights between the upper lip (0) and the lower one (1); one more row is behind the upper lip."""
LIGHT = np.array([0.9, 1, 1, 0.97, 0.5])


def visible(picture: Image.Image, pose: Pose, inside: Aperture, red: Float64Array) -> bool:
    """Returns whether there are teeth inside an open mouth, whose lips are `red` `[6, 64, 3]`."""
    brightness = pixels.grey(picture, 0.7)
    middle = np.concatenate([np.arange(8, 25)])
    line = inside.edge[middle] + 0.4 * (inside.across - inside.edge)[middle]
    teeth, lips = (pixels.sample(brightness, pose.pixels(pose.picture(at))) for at in (line, red[1:4].reshape(-1, 3)))
    return bool(np.median(teeth) > BRIGHT * np.median(lips))


def part(picture: Image.Image, pose: Pose, inside: Aperture, atlas: Atlas) -> MeshPart:
    """Returns the teeth, in the picture's coordinates."""
    upper = inside.edge[: LIP_COLUMNS // 2 + 1][::-1]
    lower = inside.edge[ACROSS_COLUMN][: LIP_COLUMNS // 2 + 1][::-1]
    height = np.minimum((upper - lower)[:, 1:2], TALLEST)
    rows = [upper + (lower - upper) * share for share in ROWS]
    flat = np.stack([*rows, rows[-1] + height * [0, 1, 0]])
    at = flat - [0, 0, BEHIND]
    place = pose.pixels(pose.picture(flat)).reshape(-1, 2) + _copied(picture, pose, inside, atlas)
    light = np.repeat(LIGHT**2.2, at.shape[1])[:, None] * np.ones(3)
    where = pose.picture(at.reshape(-1, 3))
    return MeshPart(where, grid_triangles(*at.shape[:2]), place, light, np.ones(len(where)))


def _copied(picture: Image.Image, pose: Pose, inside: Aperture, atlas: Atlas) -> Float64Array:
    """Copies the gap between the lips and continues it over the lips; returns the offset of the copy."""
    edge = pose.pixels(pose.picture(inside.edge))
    margin = TALLEST * pose.scale
    left, top = np.maximum(np.floor(edge.min(axis=0) - [4, margin + 4]).astype(int), 0)
    right, bottom = np.ceil(edge.max(axis=0) + 4).astype(int)
    right, bottom = min(int(right), picture.width), min(int(bottom), picture.height)
    colors = np.asarray(picture.crop((int(left), int(top), right, bottom)), np.float64)
    y, x = np.mgrid[top:bottom, left:right] + 0.5
    middle = edge.mean(axis=0)
    known = pixels.inside(np.stack([x, y], axis=-1), middle + (edge - middle) * 0.94)
    whole = pixels.filled(colors, known)
    at = atlas.add(Image.fromarray(np.clip(np.rint(whole), 0, 255).astype(np.uint8)))
    return np.asarray(np.array(at) - [left, top])
