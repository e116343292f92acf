"""The jaw: five markers on the lower teeth, and the rigid motion that fits them best.

The 52 weights do not need it: skin that opens is solved for with jawOpen. It is for heads with a bone or teeth of
their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.parts import Actor, Floats

Doubles = NDArray[np.float64]


class Rigid(NamedTuple):
    """How a jaw has moved, in centimetres."""

    rotation: Doubles
    """`[…, 3, 3]`, for column vectors."""
    displacement: Doubles
    """`[…, 3]`: of the markers' centre. With the rotation, about that centre, it is what a jaw's bone wants."""
    transform: Doubles
    """`[…, 16]`: the SDK's 4 × 4 matrix, column by column. It turns about the world's origin, a head's height below."""


def markers(raw: Doubles, actor: Actor) -> Doubles:
    """`[…, 15]` displacements → `[…, 5, 3]` places: neutral + lower_teeth_strength · displacement + (0, height, depth).

    NVIDIA Audio2Face-3D SDK, animator.cpp (AnimatorTeeth).
    """
    face = actor.face
    offset = np.array([0.0, face.lower_teeth_height_offset, face.lower_teeth_depth_offset])
    moved = raw.reshape(*raw.shape[:-1], *actor.geometry.jaw.shape)
    places: Doubles = actor.geometry.jaw + offset + face.lower_teeth_strength * moved
    return places


def fit(neutral: Floats | Doubles, places: Doubles) -> Rigid:
    """The rotation and translation that take `neutral[5, 3]` closest to each of `places[…, 5, 3]` (Kabsch).

    H = Σ (n − n̄)(p − p̄)' = U S V', R = V · diag(1, 1, det(V U')) · U', t = p̄ − R n̄: NVIDIA Audio2Face-3D SDK,
    math_utils.cpp (rigidXform). Never a reflection. Raises numpy's LinAlgError for places that are not finite.
    """
    rest, centre = neutral.mean(0, dtype=np.float64), places.mean(-2)
    covariance = np.matmul((neutral - rest).T, places - centre[..., None, :])
    u, _, v = np.linalg.svd(covariance)
    # a mirrored set of markers would give a reflection: its least axis is turned round
    u[..., :, 2] *= np.sign(np.linalg.det(np.matmul(u, v)))[..., None]
    rotation = np.matmul(u, v).swapaxes(-1, -2)
    return Rigid(rotation, centre - rest, _column_major(rotation, centre - rotation @ rest))


def _column_major(rotation: Doubles, translation: Doubles) -> Doubles:
    """`[…, 16]`."""
    columns = np.zeros((*translation.shape[:-1], 4, 4))
    columns[..., :3, :3] = rotation.swapaxes(-1, -2)
    columns[..., 3, :3], columns[..., 3, 3] = translation, 1
    return columns.reshape(*translation.shape[:-1], 16)
