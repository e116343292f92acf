"""The shapes of the lips and the jaw on a portrait's mouth, in the head's coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes import lips as lip_shapes
from a2f_server.face_shapes.lips import Lips
from a2f_server.face_shapes.rings import LIP, WIDTH, around, upper
from a2f_server.face_shapes.vectors import ACROSS, Float64Array, bell, points, turned
from a2f_server.portrait import layout
from a2f_server.portrait.contours import LIP_COLUMNS
from a2f_server.portrait.tissue import Tissue

OPEN = 15.0
"""Degrees of rotation for jawOpen."""
FORWARD, SIDEWAYS = np.array([0, -0.008, 0.08]), np.array([0.09, -0.006, 0])
NARROWER = 0.10
"""Share by which the lips get narrower when the jaw opens."""
PUCKER = 0.85
"""Strength of a pucker, relative to that of the page's head."""
MEETING = 0.32
"""Height at which closed lips meet on an open jaw, as a share of the lower lip's way down."""
ACROSS_COLUMN = (LIP_COLUMNS - np.arange(LIP_COLUMNS)) % LIP_COLUMNS
"""For each column, that of the other lip."""
MIRROR_COLUMN = (LIP_COLUMNS // 2 - np.arange(LIP_COLUMNS)) % LIP_COLUMNS
"""For each column, that on the other half."""


@dataclass(frozen=True)
class Mouth:
    """A closed mouth: the red `[6, 64, 3]`, in units and scaled to the width that the lip shapes are made for."""

    red: Float64Array
    hinge: Float64Array

    @property
    def half(self) -> float:
        """Half of its width."""
        return float(np.ptp(self.red[0, :, 0]) / 2)

    @property
    def scale(self) -> float:
        """Units of the lip shapes per unit."""
        return WIDTH / self.half

    @property
    def middle(self) -> Float64Array:
        """The middle between its corners; only x is used."""
        return np.array([(self.red[0, :, 0].max() + self.red[0, :, 0].min()) / 2, 0, 0])

    def lips(self) -> Lips:
        """Returns the red for the lip shapes."""
        return _lips((self.red - self.middle) * self.scale)

    def mirrored(self) -> Lips:
        """Returns its mirror image."""
        return _lips(((self.red - self.middle) * self.scale)[:, MIRROR_COLUMN] * ACROSS)


def _lips(at: Float64Array) -> Lips:
    s, side, t = around(LIP_COLUMNS), upper(LIP_COLUMNS), LIP[:, None]
    return Lips(at, *(np.broadcast_to(each, at.shape[:2]) for each in (s, side, t)))


def lip_moves(mouth: Mouth) -> dict[str, Float64Array]:
    """Returns the moves of the red `[6, 64, 3]` for all shapes of the lips."""
    k = mouth.scale
    left, right = mouth.lips(), mouth.mirrored()
    found = {name: shape(left) / k for name, shape in (lip_shapes.LEFT | lip_shapes.BOTH).items()}
    found["mouthPucker"][..., 0] *= PUCKER
    for name, shape in lip_shapes.LEFT.items():
        found[f"{name.removesuffix('Left')}Right"] = shape(right)[:, MIRROR_COLUMN] * ACROSS / k
    for side, lips in (("Left", left), ("Right", right)):
        share = bell(lips.s - 0.35, 0.5) * lips.full * (lips.side > 0) * (1 - lips.t**2)
        move = points(0, 0.05 * share, 0.012 * share) / k
        found[f"noseSneer{side}"] = move if side == "Left" else move[:, MIRROR_COLUMN] * ACROSS
    return found


def jaw_moves(mouth: Mouth, at: Float64Array, share: Float64Array, tissue: Tissue) -> dict[str, Float64Array]:
    """Returns the shapes of the jaw for vertices `[n, 3]` of a closed mouth which follow it by `share` `[n]`."""
    local = at - mouth.hinge
    narrower = np.zeros_like(mouth.red)
    narrower[..., 0] = -NARROWER * (mouth.red - mouth.middle)[..., 0]
    opening = turned(local, 0, OPEN * share) - local + tissue.dragged(narrower)
    sliding = _sealed(share)[:, None]
    return {
        "jawOpen": opening,
        "jawForward": sliding * FORWARD,
        "jawLeft": sliding * SIDEWAYS,
        "jawRight": sliding * (SIDEWAYS * ACROSS),
        "mouthClose": _closing(opening, tissue),
    }


def _sealed(share: Float64Array) -> Float64Array:
    """Returns jaw weights with which both lips move together."""
    out = share.copy()
    t = LIP[:, None]
    out[layout.RED] += (0.6 - out[layout.RED]) * t**1.5
    out[layout.BACK] = 0.6
    return out


def _closing(opening: Float64Array, tissue: Tissue) -> Float64Array:
    """Returns mouthClose, which cancels jawOpen at the lips: both lips get the same sum at the line of contact."""
    s, side, t = around(LIP_COLUMNS), upper(LIP_COLUMNS), LIP[:, None]
    down = opening[layout.RED[-1]]
    lowest = np.where((side > 0)[:, None], down[ACROSS_COLUMN], down)
    line = MEETING * lowest - down
    own = np.where(side > 0, 0.55 + 0.45 * t, 0.8 + 0.2 * t)
    own = own + (1 - own) * s**6
    return tissue.dragged(line * own[..., None])
