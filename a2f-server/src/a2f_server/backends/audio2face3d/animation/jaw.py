"""The jaw: five markers on the lower teeth, and the rigid motion that fits them best.

The 52 weights do not need it: opening the mouth is solved for with jawOpen. It is meant for heads with a jaw bone or
separate teeth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.backends.audio2face3d.bundle import Actor


class RigidMotion(NamedTuple):
    """The movement of a jaw, in centimetres."""

    rotation: Float64Array
    """`[…, 3, 3]`, for column vectors."""
    displacement: Float64Array
    """`[…, 3]`: displacement of the markers' centre. A jaw bone takes it and the rotation about that centre."""
    transform: Float64Array
    """`[…, 16]`: the SDK's 4 × 4 matrix, column by column. It rotates about the world origin, far below the head."""


def markers(raw: Float64Array, actor: Actor) -> Float64Array:
    """Returns the markers' positions `[…, 5, 3]` from the network's displacements `[…, 15]`.

    neutral + lower_teeth_strength · displacement + (0, height, depth): NVIDIA Audio2Face-3D SDK, animator.cpp
    (AnimatorTeeth).
    """
    face = actor.face
    offset = np.array([0.0, face.lower_teeth_height_offset, face.lower_teeth_depth_offset])
    displacement = raw.reshape(*raw.shape[:-1], *actor.geometry.jaw.shape)
    positions: Float64Array = actor.geometry.jaw + offset + face.lower_teeth_strength * displacement
    return positions


def fit(neutral: Float32Array | Float64Array, positions: Float64Array) -> RigidMotion:
    """Fits the rotation and translation that take `neutral[5, 3]` closest to each of `positions[…, 5, 3]` (Kabsch).

    H = Σ (n − n̄)(p − p̄)' = U S V', R = V · diag(1, 1, det(V U')) · U', t = p̄ − R n̄: NVIDIA Audio2Face-3D SDK,
    math_utils.cpp (rigidXform). Never a reflection. Raises numpy's LinAlgError if the positions are not finite.
    """
    rest, centre = neutral.mean(0, dtype=np.float64), positions.mean(-2)
    covariance = np.matmul((neutral - rest).T, positions - centre[..., None, :])
    u, _, v = np.linalg.svd(covariance)
    # mirrored markers would give a reflection: flip the axis with the smallest singular value
    u[..., :, 2] *= np.sign(np.linalg.det(np.matmul(u, v)))[..., None]
    rotation = np.matmul(u, v).swapaxes(-1, -2)
    return RigidMotion(rotation, centre - rest, _column_major(rotation, centre - rotation @ rest))


def _column_major(rotation: Float64Array, translation: Float64Array) -> Float64Array:
    """Packs a rotation and a translation as 4 × 4 matrices, `[…, 16]`, column by column."""
    columns = np.zeros((*translation.shape[:-1], 4, 4))
    columns[..., :3, :3] = rotation.swapaxes(-1, -2)
    columns[..., 3, :3], columns[..., 3, 3] = translation, 1
    return columns.reshape(*translation.shape[:-1], 16)
