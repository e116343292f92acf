"""Eye rotations in degrees: the network's output, the actor's offsets, and saccades from a table.

Each eye has two rotations, about x and about y, in a right-handed space with y up. The face looks along z, so x points
to the face's own left. Turning about x takes z to −y, turning about y takes z to x:

    x > 0  looks down           x < 0  up
    y > 0  to the face's left   y < 0  to its right

The order is the network's: right eye's x and y, then the left eye's. The lids are left alone: a head's eyeLookUp and
eyeLookDown shapes move them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.backends.audio2face3d.bundle import Actor

TABLE_RATE = 30
"""Rows per second of the saccade table, whatever the frame rate (SDK, animator.cpp)."""

FULL_DEGREES = 30.0
"""Rotation in degrees at weight 1: a convention that the motion processor `gaze` shares."""

_SPREAD = 0.618
"""Distance between the start rows of neighbouring seeds, as a share of the table, to keep their eyes out of step."""

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
"""Shape, index of its rotation, and sign. A look to the left is "out" for the left eye and "in" for the right eye."""

LOOK_NAMES = tuple(name for name, _, _ in _LOOKS)
_COLUMNS = np.array([column for _, column, _ in _LOOKS])
_SIGNS = np.array([float(sign) for _, _, sign in _LOOKS])


@dataclass(frozen=True, eq=False)
class Eyes:
    """Adds an actor's offsets and saccades to the network's eye rotations."""

    table: Float64Array
    """`[S, 4]` degrees: offsets plus saccade_strength times a row of the saccade table, the same for both eyes."""
    strength: float
    first: int
    """Start row given by the actor's seed."""
    frame_rate: int

    @classmethod
    def of(cls, actor: Actor, frame_rate: int) -> Eyes:
        """Prepares an actor's eyes (NVIDIA Audio2Face-3D SDK, animator.cpp). Truncates eye_saccade_seed."""
        face = actor.face
        right = (face.right_eye_rot_x_offset, face.right_eye_rot_y_offset)
        left = (face.left_eye_rot_x_offset, face.left_eye_rot_y_offset)
        saccades = np.tile(actor.geometry.saccades.astype(np.float64), 2)
        table = np.array([*right, *left]) + face.saccade_strength * saccades
        return cls(table, face.eyeballs_strength, int(face.eye_saccade_seed), frame_rate)

    def start(self, seed: int) -> int:
        """Returns the table's row for frame 0 of an utterance. Seed 0 gives the SDK's row."""
        apart = int(len(self.table) * _SPREAD) | 1
        return (self.first + seed * apart) % len(self.table)

    def degrees(self, raw: Float64Array, starts: Sequence[int], frames: Sequence[int]) -> Float64Array:
        """Returns `[B, T, 4]`: offset + eyeballs_strength · raw + saccade_strength · saccade, T frames each.

        `frames[B]` are the numbers of the first ones. The table's row is start + ⌊30 · frame / frame rate⌋ in
        integers. The SDK (animator.cpp) sums floats, which drift.
        """
        frame = np.array(frames, np.int64)[:, None] + np.arange(raw.shape[1])
        rows = np.array(starts, np.int64)[:, None] + TABLE_RATE * frame // self.frame_rate
        turned: Float64Array = self.strength * raw + self.table[rows % len(self.table)]
        return turned


def look_weights(degrees: Float64Array) -> Float64Array:
    """Converts `[…, 4]` degrees to `[…, 8]` weights of LOOK_NAMES, 0–1. The sign of a rotation selects the shape."""
    weights: Float64Array = np.clip(degrees[..., _COLUMNS] * _SIGNS / FULL_DEGREES, 0, 1)
    return weights
