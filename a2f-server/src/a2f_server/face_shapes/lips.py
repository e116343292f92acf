"""Lip shapes. Each moves the red part of the lips (the vermilion), from its border to the line of contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, bell, points, smooth


@dataclass
class Lips:
    """The rings of the red.

    `at` is their position `[6, columns, 3]`. All others are `[6, columns]`: `s` is 1 at the left corner … −1 at the
    right one, `side` 1 on the upper lip and −1 on the lower one, `t` 0 at the border … 1 at the line of contact.
    """

    at: Float64Array
    s: Float64Array
    side: Float64Array
    t: Float64Array

    @property
    def full(self) -> Float64Array:
        """1 in the middle, 0 at the corners."""
        return np.sqrt(np.clip(1 - self.s**2, 0, 1))

    @property
    def above(self) -> Float64Array:
        """1 on the upper lip."""
        return (self.side > 0).astype(float)

    @property
    def below(self) -> Float64Array:
        """1 on the lower lip."""
        return (self.side < 0).astype(float)

    @property
    def off(self) -> Float64Array:
        """Height above the line of contact."""
        return np.asarray(self.at[..., 1] - self.at[-1:, :, 1])

    @property
    def left(self) -> Float64Array:
        """1 on the left half."""
        return smooth(-0.4, 0.4, self.s)

    def corner(self, start: float) -> Float64Array:
        """1 at the left corner, 0 before `start`."""
        return smooth(start, 1.0, self.s) ** 1.15


LipShape: TypeAlias = Callable[[Lips], Float64Array]
"""Maps the lips to their moves `[6, columns, 3]`. Both lips move alike at the line of contact, unless they open."""


def smile(lips: Lips) -> Float64Array:
    """Moves the left corner up, out and back; the lips get thinner."""
    c, up = lips.corner(-0.25), np.clip(lips.s, 0, 1) ** 2
    thin = -0.22 * lips.off * lips.left
    return points(0.09 * c, 0.125 * up + thin, -0.05 * up - 0.012 * lips.left)


def frown(lips: Lips) -> Float64Array:
    """Moves the corner down; the middle of the lower lip rises a little."""
    c = lips.corner(-0.1)
    return points(0.022 * c, -0.125 * c + 0.012 * lips.left * lips.full, -0.01 * c)


def dimple(lips: Lips) -> Float64Array:
    """Tucks the corner into the cheek."""
    c = lips.corner(0.2)
    return points(0.065 * c, 0.022 * c - 0.35 * lips.off * c, -0.06 * c)


def stretch(lips: Lips) -> Float64Array:
    """Moves the corner out and down: a thin, wide mouth."""
    c = lips.corner(-0.25)
    return points(0.1 * c, -0.05 * c - 0.3 * lips.off * lips.left, -0.05 * c)


def press(lips: Lips) -> Float64Array:
    """Presses the red thin."""
    c = lips.left
    return points(0.02 * lips.corner(0.1), -0.36 * lips.off * c, (-0.022 + 0.008 * lips.t) * c * lips.full)


def roll_lower(lips: Lips) -> Float64Array:
    """Rolls the lower lip in over the teeth; the upper lip follows."""
    below = points(0, -0.64 * lips.off + 0.012 * lips.full, -0.032 * (1 + 0.8 * lips.t * (1 - lips.t)) * lips.full)
    above = points(0, (0.012 * lips.t**2 - 0.02 * (1 - lips.t)) * lips.full, -0.032 * lips.t**2 * lips.full)
    return np.asarray(below * lips.below[..., None] + above * (1 - lips.below)[..., None])


def roll_upper(lips: Lips) -> Float64Array:
    """Rolls the upper lip in."""
    above = points(0, -0.64 * lips.off - 0.01 * lips.full, -0.032 * (1 + 0.8 * lips.t * (1 - lips.t)) * lips.full)
    below = points(0, (-0.01 * lips.t**2 + 0.016 * (1 - lips.t)) * lips.full, -0.032 * lips.t**2 * lips.full)
    return np.asarray(above * lips.above[..., None] + below * (1 - lips.above)[..., None])


def shrug_lower(lips: Lips) -> Float64Array:
    """Moves the lower lip up and out: a pout that lifts the upper lip."""
    line = 0.062 * lips.full
    own = np.where(lips.side < 0, 1, 0.35 + 0.65 * lips.t)
    out = np.where(lips.side < 0, 0.062 - 0.02 * lips.t, 0.042 * lips.t**2)
    return points(0, line * own - 0.02 * (1 - lips.full), out * lips.full)


def shrug_upper(lips: Lips) -> Float64Array:
    """Moves the upper lip up and out; the lower lip stays in contact."""
    line = 0.045 * lips.full
    own = np.where(lips.side >= 0, 1 + 0.35 * (1 - lips.t), 0.25 + 0.75 * lips.t)
    out = np.where(lips.side >= 0, 0.065 - 0.03 * lips.t, 0.035 * lips.t**2)
    return points(0, line * own - 0.015 * (1 - lips.full), out * lips.full)


def funnel(lips: Lips) -> Float64Array:
    """Moves the lips forward and open, with the red turned out."""
    x = lips.at[..., 0]
    apart = np.where(lips.side > 0, 0.045, -0.085) * lips.full
    return points(-0.32 * x, apart * (0.75 + 0.25 * lips.t), 0.055 + 0.05 * np.sqrt(lips.t) * lips.full)


def pucker(lips: Lips) -> Float64Array:
    """Makes the mouth narrow, forward and closed, as for a kiss."""
    x = lips.at[..., 0]
    round_off = 0.06 * lips.side * (1 - lips.t) * (lips.s**2 + 0.12) * lips.full
    return points(-0.44 * x, round_off, 0.075 + 0.04 * lips.t * lips.full)


def aside(lips: Lips) -> Float64Array:
    """Moves the whole mouth to the left."""
    return points(0.135 + 0.02 * lips.corner(0), 0.018 * lips.s, 0 * lips.s)


def lower_down(lips: Lips) -> Float64Array:
    """Moves the left half of the lower lip down and shows the teeth."""
    c = smooth(-0.45, 0.35, lips.s) * lips.full**0.8 * lips.below
    return points(0.012 * c, -0.105 * c, 0.012 * c)


def upper_up(lips: Lips) -> Float64Array:
    """Moves the left half of the upper lip up."""
    c = smooth(-0.45, 0.35, lips.s) * lips.full**0.8 * lips.above
    return points(0.01 * c, (0.062 + 0.018 * lips.t) * c, 0.02 * c)


def tongue(lips: Lips) -> Float64Array:
    """Opens the lips for the tongue."""
    c = bell(lips.s, 0.62) * lips.full
    return points(0, np.where(lips.side > 0, 0.045, -0.085) * c, 0.012 * c)


LEFT: dict[str, LipShape] = {
    "mouthSmileLeft": smile,
    "mouthFrownLeft": frown,
    "mouthDimpleLeft": dimple,
    "mouthStretchLeft": stretch,
    "mouthPressLeft": press,
    "mouthLowerDownLeft": lower_down,
    "mouthUpperUpLeft": upper_up,
    "mouthLeft": aside,
}
BOTH: dict[str, LipShape] = {
    "mouthFunnel": funnel,
    "mouthPucker": pucker,
    "mouthRollLower": roll_lower,
    "mouthRollUpper": roll_upper,
    "mouthShrugLower": shrug_lower,
    "mouthShrugUpper": shrug_upper,
    "tongueOut": tongue,
}
