"""Eyes: what the network says of them, the actor's way of holding them, and the saccades of a table, in degrees.

Of each eye two rotations, about x and about y, of a right-handed space with y up in which the face looks along z, so
that x is to the face's own left. Turning about x takes z to −y, turning about y takes z to x:

    x > 0  looks down           x < 0  up
    y > 0  to the face's left   y < 0  to its right

The order is the network's: right eye's x and y, then left eye's. Lids are not ours: eyeLookUp and eyeLookDown of a
head have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.parts import Actor

Doubles = NDArray[np.float64]

TABLE_RATE = 30
"""Rows of the saccade table a second, whatever the frame rate (SDK, animator.cpp)."""

FULL = 30.0
"""Degrees that weight 1 stands for; a convention, the same as that of the motion step `gaze`."""

_SPREAD = 0.618
"""Seeds lie this part of the table apart, so that voices of neighbouring seeds look elsewhere too."""

_LOOKS = (
    ("eyeLookDownRight", 0, 1),
    ("eyeLookUpRight", 0, -1),
    ("eyeLookInRight", 1, 1),
    ("eyeLookOutRight", 1, -1),
    ("eyeLookDownLeft", 2, 1),
    ("eyeLookUpLeft", 2, -1),
    ("eyeLookOutLeft", 3, 1),
    ("eyeLookInLeft", 3, -1),
)
"""Each shape, the rotation that makes it, and which way. To the left is out for the left eye and in for the right."""

LOOKS = tuple(name for name, _, _ in _LOOKS)
_COLUMNS = np.array([column for _, column, _ in _LOOKS])
_SIGNS = np.array([float(sign) for _, _, sign in _LOOKS])


@dataclass(frozen=True, eq=False)
class Eyes:
    """What an actor's eyes do besides what the network says."""

    table: Doubles
    """`[S, 4]` degrees: offsets, and saccade_strength times a row of the table, the same for both eyes."""
    strength: float
    first: int
    """The row that the actor's seed names."""
    frame_rate: int

    @classmethod
    def of(cls, actor: Actor, frame_rate: int) -> Eyes:
        """See NVIDIA Audio2Face-3D SDK, animator.cpp (AnimatorEyes). Of eye_saccade_seed the whole part counts."""
        face = actor.face
        right = (face.right_eye_rot_x_offset, face.right_eye_rot_y_offset)
        left = (face.left_eye_rot_x_offset, face.left_eye_rot_y_offset)
        saccades = np.tile(actor.geometry.saccades.astype(np.float64), 2)
        table = np.array([*right, *left]) + face.saccade_strength * saccades
        return cls(table, face.eyeballs_strength, int(face.eye_saccade_seed), frame_rate)

    def start(self, seed: int) -> int:
        """The table's row for a voice's frame 0. With seed 0 it is the SDK's, which knows no other."""
        apart = int(len(self.table) * _SPREAD) | 1
        return (self.first + seed * apart) % len(self.table)

    def degrees(self, raw: Doubles, starts: Sequence[int], frames: Sequence[int]) -> Doubles:
        """`[B, T, 4]`: offset + eyeballs_strength · raw + saccade_strength · saccade, for T frames from `frames[B]` on.

        The table's row is start + ⌊30 · frame / frame rate⌋, in integers: sums of floats would drift off the rows
        (SDK, animator.cpp, which adds them).
        """
        frame = np.array(frames, np.int64)[:, None] + np.arange(raw.shape[1])
        rows = np.array(starts, np.int64)[:, None] + TABLE_RATE * frame // self.frame_rate
        turned: Doubles = self.strength * raw + self.table[rows % len(self.table)]
        return turned


def looks(degrees: Doubles) -> Doubles:
    """`[…, 4]` degrees → `[…, 8]` weights of LOOKS, 0–1: a rotation is one of two shapes, by its sign."""
    weights: Doubles = np.clip(degrees[..., _COLUMNS] * _SIGNS / FULL, 0, 1)
    return weights
