"""The line where the lips meet: detected in a closed mouth, constructed for an open one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from a2f_server.face_shapes.rings import LIP, upper
from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait import contours, pixels
from a2f_server.portrait.contours import LIP_COLUMNS, Aperture
from a2f_server.portrait.geometry import Pose
from a2f_server.portrait.mouth_shapes import ACROSS_COLUMN

OPEN = 0.06
"""Height of the gap between the lips beyond which a mouth counts as open, in half widths."""
SEARCH = 0.10
"""Distance from the landmarks within which the dark line is searched for, in half widths."""
INTO_RED = np.array([0.10, 0.20])
"""Shares of the upper and the lower lip's height by which the line of contact of an open mouth moves into them."""
UPPER_SHARE = 0.62
"""Distance from the upper lip at which an open mouth closes, as a share of the gap."""


@dataclass(frozen=True)
class Contact:
    """The edges of the lips that meet.

    shown: their position in the picture. inside: the edges of what is visible between the lips. closing: the moves of
    the red part of the lips `[6, 64, 3]` that close the mouth, or None if it is closed.
    """

    shown: Aperture
    inside: Aperture
    closing: Float64Array | None


def contact(picture: Image.Image, pose: Pose, outer: Float64Array, inner: Aperture) -> Contact:
    """Finds the line of contact between the borders of the red and the inner contours."""
    half = float(np.ptp(outer[:, 0]) / 2)
    if inner.gap <= OPEN * half:
        line = (inner.edge + inner.across) / 2
        line[:, 1] += _dark_line(picture, pose, line, half)
        return Contact(Aperture(line), inner, None)
    side = upper(LIP_COLUMNS)[:, None]
    into = np.where(side < 0, INTO_RED[1], np.where(side > 0, INTO_RED[0], 0))
    edge = inner.edge + into * (outer - inner.edge)
    across = edge[ACROSS_COLUMN]
    meeting = np.where(side > 0, UPPER_SHARE * edge + (1 - UPPER_SHARE) * across, 0)
    meeting = np.where(side < 0, (1 - UPPER_SHARE) * edge + UPPER_SHARE * across, meeting)
    meeting = np.where(side == 0, edge, meeting)
    closing = (meeting - edge) * (0.55 + 0.45 * LIP[:, None, None])
    return Contact(Aperture(edge), inner, closing)


def _dark_line(picture: Image.Image, pose: Pose, line: Float64Array, half: float) -> Float64Array:
    """Returns how far above a line `[64, 3]` the darkest line of the picture is, the same for both lips."""
    brightness = pixels.grey(picture, max(0.6, half * pose.scale / 45))
    offsets = np.linspace(-SEARCH, SEARCH, 41) * half
    at = line[:, None] + offsets[:, None] * [0, 1, 0]
    values = pixels.sample(brightness, pose.pixels(pose.picture(at)))
    cost = values / max(float(values.std()), 4) + 1.2 * (offsets / (SEARCH * half)) ** 2
    best = offsets[np.argmin(cost, axis=1)]
    return _smooth((best + best[ACROSS_COLUMN]) / 2)


def _smooth(values: Float64Array) -> Float64Array:
    """Averages around a closed line."""
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 2) ** 2)
    return np.convolve(np.concatenate([values[-4:], values, values[:4]]), kernel / kernel.sum(), "valid")


def red(outer: Float64Array, shown: Contact) -> Float64Array:
    """Returns the rings of the red as the picture shows them, `[6, 64, 3]`."""
    return contours.lip_rings(outer, shown.shown.edge)
