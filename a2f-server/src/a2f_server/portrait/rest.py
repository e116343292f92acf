"""Places the vertices of the skin on a face, so that they lie where the picture shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, IntArray, smooth
from a2f_server.portrait import anatomy, contours, layout
from a2f_server.portrait.contours import Aperture
from a2f_server.portrait.geometry import Frame, Pose

BEHIND = 0.35
"""Distance of the surroundings behind the ears."""
FLAT = 0.7
"""Distance from the face beyond which the surroundings are flat."""
EARS = (16, 56)
"""Columns of the outline next to the ears."""


@dataclass(frozen=True)
class Openings:
    """The mouth and the eyes as the picture shows them, in the head's coordinates."""

    outer: Float64Array
    lips: Aperture
    eyes: dict[str, Aperture]


@dataclass(frozen=True)
class Rest:
    """Vertices `[n, 3]`, and the distance of each from the face, `[n]`."""

    at: Float64Array
    outside: Float64Array


def openings(landmarks: Float64Array) -> Openings:
    """Returns the openings where the landmarks are."""
    eyes = {side: contours.eye(landmarks, which) for side, which in anatomy.EYES.items()}
    return Openings(contours.outer_lips(landmarks), contours.inner_lips(landmarks), eyes)


def place(
    landmarks: Float64Array, shown: Openings, pose: Pose, frame: Frame, corners: IntArray, shares: Float64Array
) -> Rest:
    """Returns the vertices in the picture's coordinates.

    Points on the face are interpolated with weights `shares[m, 3]` between the landmarks `corners[m, 3]`.
    """
    at = np.zeros((layout.SKIN_START + len(corners), 3))
    red = contours.lip_rings(shown.outer, shown.lips.edge)
    at[layout.RED] = red
    at[layout.BACK] = red[-1]
    for side, which in anatomy.EYES.items():
        at[layout.LIDS[side]] = contours.lid_rings(landmarks, which, shown.eyes[side].edge)
    at[layout.SKIN_START :] = np.einsum("mk,mkc->mc", shares, landmarks[corners])
    at = pose.picture(at)
    outline = pose.picture(_outline(landmarks))
    at[layout.OVAL] = outline
    outside = np.zeros(len(at))
    at[layout.AROUND], outside[layout.AROUND] = _surroundings(outline, frame)
    return Rest(at, outside)


def _outline(landmarks: Float64Array) -> Float64Array:
    """Returns the outline of the face, with points halfway between, `[72, 3]`."""
    line = landmarks[list(anatomy.OVAL)]
    before, after, second = (np.roll(line, -n, axis=0) for n in (-1, 1, 2))
    between = (9 * (line + after) - before - second) / 16
    return np.stack([line, between], axis=1).reshape(-1, 3)


def _surroundings(outline: Float64Array, frame: Frame) -> tuple[Float64Array, Float64Array]:
    middle = outline[:, :2].mean(axis=0)
    away = outline[:, :2] - middle
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    room = _room(outline[:, :2], away, frame)
    most = room * np.linspace(0.3, 0.9, len(layout.OUTSIDE))[:, None]
    way = np.concatenate([np.minimum(layout.OUTSIDE[:, None], most), room[None]])
    flat = frame.clipped(outline[:, :2] + way[..., None] * away)
    flat[-1, _corner_columns(away, frame.corners - middle)] = frame.corners
    behind = float(outline[list(EARS), 2].mean()) - BEHIND
    share = smooth(0, FLAT, way)
    share[-1] = 1
    z = outline[:, 2] + (behind - outline[:, 2]) * share
    return np.concatenate([flat, z[..., None]], axis=-1), way


def _room(start: Float64Array, away: Float64Array, frame: Frame) -> Float64Array:
    """Returns the vectors from points to the frame."""
    limits = np.where(away > 0, [frame.right, frame.top], [frame.left, frame.bottom])
    with np.errstate(divide="ignore"):
        way = np.where(np.abs(away) > 1e-9, (limits - start) / away, np.inf)
    return np.asarray(np.clip(way.min(axis=1), 0, None))


def _corner_columns(away: Float64Array, corners: Float64Array) -> IntArray:
    """Returns the column whose direction is closest to each corner's."""
    towards = corners / np.linalg.norm(corners, axis=1, keepdims=True)
    return np.asarray(np.argmax(away @ towards.T, axis=0))
