"""How the lips move: every shape says where the red, from its border to the line of contact, goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tools.head.fields import Floats, bell, points, smooth


@dataclass
class Lips:
    """The rings of the red: place `[6, columns, 3]`; from 1 at the left corner to −1, upper (1) or lower (−1), and
    from 0 at the border to 1 at the line of contact, all `[6, columns]`."""

    at: Floats
    s: Floats
    side: Floats
    t: Floats

    @property
    def full(self) -> Floats:
        """1 in the middle, 0 at the corners."""
        return np.sqrt(np.clip(1 - self.s**2, 0, 1))

    @property
    def above(self) -> Floats:
        """1 on the upper lip."""
        return (self.side > 0).astype(float)

    @property
    def below(self) -> Floats:
        """1 on the lower lip."""
        return (self.side < 0).astype(float)

    @property
    def off(self) -> Floats:
        """How far up each place is from the line of contact."""
        return np.asarray(self.at[..., 1] - self.at[-1:, :, 1])

    @property
    def left(self) -> Floats:
        """1 on the left half."""
        return smooth(-0.4, 0.4, self.s)

    def corner(self, start: float) -> Floats:
        """1 at the left corner, 0 before `start`."""
        return smooth(start, 1.0, self.s) ** 1.15


Move: TypeAlias = Callable[[Lips], Floats]
"""From the lips to their moves, `[6, columns, 3]`. At the line both lips' are the same unless the mouth opens."""


def smile(lips: Lips) -> Floats:
    """The corner up, out and back; the lips get thinner."""
    c, up = lips.corner(-0.25), np.clip(lips.s, 0, 1) ** 2
    thin = -0.22 * lips.off * lips.left
    return points(0.09 * c, 0.125 * up + thin, -0.05 * up - 0.012 * lips.left)


def frown(lips: Lips) -> Floats:
    """The corner down; the middle of the lower lip pushes up a little."""
    c = lips.corner(-0.1)
    return points(0.022 * c, -0.125 * c + 0.012 * lips.left * lips.full, -0.01 * c)


def dimple(lips: Lips) -> Floats:
    """The corner tucked into the cheek."""
    c = lips.corner(0.2)
    return points(0.065 * c, 0.022 * c - 0.35 * lips.off * c, -0.06 * c)


def stretch(lips: Lips) -> Floats:
    """The corner out and down; a thin, wide mouth."""
    c = lips.corner(-0.25)
    return points(0.1 * c, -0.05 * c - 0.3 * lips.off * lips.left, -0.05 * c)


def press(lips: Lips) -> Floats:
    """The red pressed thin."""
    c = lips.left
    return points(0.02 * lips.corner(0.1), -0.36 * lips.off * c, (-0.022 + 0.008 * lips.t) * c * lips.full)


def roll_lower(lips: Lips) -> Floats:
    """The lower lip turned in over the teeth, the upper one follows to meet it."""
    below = points(0, -0.64 * lips.off + 0.012 * lips.full, -0.032 * (1 + 0.8 * lips.t * (1 - lips.t)) * lips.full)
    above = points(0, (0.012 * lips.t**2 - 0.02 * (1 - lips.t)) * lips.full, -0.032 * lips.t**2 * lips.full)
    return np.asarray(below * lips.below[..., None] + above * (1 - lips.below)[..., None])


def roll_upper(lips: Lips) -> Floats:
    """The upper lip turned in."""
    above = points(0, -0.64 * lips.off - 0.01 * lips.full, -0.032 * (1 + 0.8 * lips.t * (1 - lips.t)) * lips.full)
    below = points(0, (-0.01 * lips.t**2 + 0.016 * (1 - lips.t)) * lips.full, -0.032 * lips.t**2 * lips.full)
    return np.asarray(above * lips.above[..., None] + below * (1 - lips.above)[..., None])


def shrug_lower(lips: Lips) -> Floats:
    """The lower lip up and out, a pout that lifts the upper one."""
    line = 0.062 * lips.full
    own = np.where(lips.side < 0, 1, 0.35 + 0.65 * lips.t)
    out = np.where(lips.side < 0, 0.062 - 0.02 * lips.t, 0.042 * lips.t**2)
    return points(0, line * own - 0.02 * (1 - lips.full), out * lips.full)


def shrug_upper(lips: Lips) -> Floats:
    """The upper lip up and out; the lower one keeps touching it."""
    line = 0.045 * lips.full
    own = np.where(lips.side >= 0, 1 + 0.35 * (1 - lips.t), 0.25 + 0.75 * lips.t)
    out = np.where(lips.side >= 0, 0.065 - 0.03 * lips.t, 0.035 * lips.t**2)
    return points(0, line * own - 0.015 * (1 - lips.full), out * lips.full)


def funnel(lips: Lips) -> Floats:
    """Forward and open, the red turned out."""
    x = lips.at[..., 0]
    apart = np.where(lips.side > 0, 0.045, -0.085) * lips.full
    return points(-0.32 * x, apart * (0.75 + 0.25 * lips.t), 0.055 + 0.05 * np.sqrt(lips.t) * lips.full)


def pucker(lips: Lips) -> Floats:
    """Narrow, forward and closed, as for a kiss."""
    x = lips.at[..., 0]
    round_off = 0.06 * lips.side * (1 - lips.t) * (lips.s**2 + 0.12) * lips.full
    return points(-0.44 * x, round_off, 0.075 + 0.04 * lips.t * lips.full)


def aside(lips: Lips) -> Floats:
    """The whole mouth to the left."""
    return points(0.135 + 0.02 * lips.corner(0), 0.018 * lips.s, 0 * lips.s)


def lower_down(lips: Lips) -> Floats:
    """The left half of the lower lip down: its teeth show."""
    c = smooth(-0.45, 0.35, lips.s) * lips.full**0.8 * lips.below
    return points(0.012 * c, -0.105 * c, 0.012 * c)


def upper_up(lips: Lips) -> Floats:
    """The left half of the upper lip up."""
    c = smooth(-0.45, 0.35, lips.s) * lips.full**0.8 * lips.above
    return points(0.01 * c, (0.062 + 0.018 * lips.t) * c, 0.02 * c)


def tongue(lips: Lips) -> Floats:
    """Room for the tongue that comes out."""
    c = bell(lips.s, 0.62) * lips.full
    return points(0, np.where(lips.side > 0, 0.045, -0.085) * c, 0.012 * c)


LEFT: dict[str, Move] = {
    "mouthSmileLeft": smile,
    "mouthFrownLeft": frown,
    "mouthDimpleLeft": dimple,
    "mouthStretchLeft": stretch,
    "mouthPressLeft": press,
    "mouthLowerDownLeft": lower_down,
    "mouthUpperUpLeft": upper_up,
    "mouthLeft": aside,
}
BOTH: dict[str, Move] = {
    "mouthFunnel": funnel,
    "mouthPucker": pucker,
    "mouthRollLower": roll_lower,
    "mouthRollUpper": roll_upper,
    "mouthShrugLower": shrug_lower,
    "mouthShrugUpper": shrug_upper,
    "tongueOut": tongue,
}
