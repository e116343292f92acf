"""The projection: every linear step between the network's output and the solver, multiplied into one matrix.

A frame's face would be a mesh of 24 002 or 61 520 vertices, of which the solver needs only 43 dot products. These are
linear in the network's output, and smoothing, the only stateful step in between, uses one rate per face region. The
products are therefore smoothed instead of the vertices, and no mesh is ever built.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array, Int64Array
from a2f_server.backends.audio2face3d.bundle import Actor, Bundle, FaceParameters
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem


@dataclass(frozen=True, eq=False)
class Projection:
    """Maps a row of the network's output to z = row[columns] @ matrix, `[m]`, m = 2n + nt + jaw + eyes.

    z holds the products with the skin's n active poses, for the lower face, `[n]`, and the upper face, `[n]`, the
    products with the tongue's nt active poses, `[nt]`, and the unchanged outputs for jaw, `[15]`, and eyes, `[4]`.
    """

    columns: Int64Array | None
    """`[R]` indices of the outputs that are used; None: all."""
    matrix: Float32Array
    """`[R, m]`."""
    skin: Float64Array
    """`[n]`: a constant to add to the skin's products of every frame."""
    tongue: Float64Array
    """`[nt]`: the same for the tongue."""

    @classmethod
    def of(cls, bundle: Bundle, skin: BlendshapeProblem, tongue: BlendshapeProblem) -> Projection:
        """Computes the projection in float64. Raises ValueError if the face cannot be split into lower and upper."""
        return cls(
            used_columns(bundle, skin, tongue),
            matrix(bundle, skin, tongue).astype(np.float32),
            skin_constant(bundle.actor, skin),
            tongue_constant(bundle.actor, tongue),
        )


def lower_face(neutral: Float32Array, face: FaceParameters) -> Float64Array:
    """Returns the share of each vertex of `neutral[V, 3]` in the lower face, `[V]`, 0–1: a sigmoid of its height.

    m = 1 / (1 + exp(−(level − (y − ymin) / (ymax − ymin)) / softness)): NVIDIA Audio2Face-3D SDK, animator_cuda.cu,
    which rejects the same faces. Raises ValueError for a flat face or a softness of 0.
    """
    y = neutral[:, 1].astype(np.float64)
    if not face.face_mask_softness > 0:
        raise ValueError(f"face_mask_softness is {face.face_mask_softness:g}; it must be more than 0")
    if not np.ptp(y) > 0:
        raise ValueError("the actor's neutral skin is flat: all vertices have the same height (y)")
    below = face.face_mask_level - (y - y.min()) / np.ptp(y)
    # the same sigmoid as a tanh, which does not overflow however sharp the border is
    mask: Float64Array = 0.5 + 0.5 * np.tanh(below / face.face_mask_softness / 2)
    return mask


def matrix(bundle: Bundle, skin: BlendshapeProblem, tongue: BlendshapeProblem) -> Float64Array:
    """Returns `[R, m]`, see Projection.

    Skin: D'·diag(strength · mask)·(skin_strength · delta), for lower and upper face; tongue: Dt'·(tongue_strength ·
    delta). A delta is the network's output for a vertex, or the sum of coefficients times principal components (NVIDIA
    Audio2Face-3D SDK, animator.cpp and animator_cuda.cu).
    """
    face, geometry = bundle.actor.face, bundle.actor.geometry
    regions = [skin.deltas * strength for strength in _strengths(bundle.actor, skin)]
    skin_block = _through(geometry.skin_basis, skin.rows, np.hstack(regions) * face.skin_strength)
    tongue_block = _through(geometry.tongue_basis, tongue.rows, tongue.deltas * face.tongue_strength)
    rest = np.eye(bundle.network.jaw + bundle.network.eyes)
    return _diagonal(skin_block, tongue_block, rest)


def used_columns(bundle: Bundle, skin: BlendshapeProblem, tongue: BlendshapeProblem) -> Int64Array | None:
    """Returns the outputs that are used: the vertices that the solver looks at, or None, all coefficients."""
    if bundle.actor.geometry.skin_basis is not None:
        return None
    spec = bundle.network
    rest = np.arange(spec.skin + spec.tongue, spec.outputs)
    return np.concatenate([_components(skin.rows), spec.skin + _components(tongue.rows), rest])


def skin_constant(actor: Actor, skin: BlendshapeProblem) -> Float64Array:
    """Returns `[n]`: D'·(actor's neutral − the poses' neutral + strength · mask · (eyelid and lip offset)).

    The lids close by −eyelid_open_offset. The SDK's blinkOffset, an application's own blink, is 0 here, and
    blink_strength has no effect: blinking is added later, in motion/. NVIDIA Audio2Face-3D SDK, animator_cuda.cu, and
    blendshape_solver_base.cpp for the difference of the neutrals.
    """
    geometry, face = actor.geometry, actor.face
    lids = -face.eyelid_open_offset * _picked(geometry.eye_close, skin)
    lips = face.lip_open_offset * _picked(geometry.lip_open, skin)
    lower, upper = _strengths(actor, skin)
    shift = _picked(geometry.skin, skin) - skin.neutral + (lower + upper)[:, 0] * (lids + lips)
    return shift @ skin.deltas


def tongue_constant(actor: Actor, tongue: BlendshapeProblem) -> Float64Array:
    """Returns `[nt]`: Dt'·(actor's neutral + (0, height, depth) − the poses' neutral). SDK, animator_cuda.cu."""
    offset = np.array([0.0, actor.face.tongue_height_offset, actor.face.tongue_depth_offset])
    shift: Float64Array = _picked(actor.geometry.tongue, tongue) - tongue.neutral + np.tile(offset, len(tongue.rows))
    return shift @ tongue.deltas


def _strengths(actor: Actor, skin: BlendshapeProblem) -> tuple[Float64Array, Float64Array]:
    """Returns the strengths of lower and upper face for each row of the solver, `[3M, 1]` each.

    The mask is computed from the height of the whole head, not only of the solver's vertices.
    """
    mask = lower_face(actor.geometry.skin, actor.face)[skin.rows].repeat(3)[:, None]
    return mask * actor.face.lower_face_strength, (1 - mask) * actor.face.upper_face_strength


def _through(basis: Float32Array | None, rows: Int64Array, products: Float64Array) -> Float64Array:
    """Turns products with vertices, `[3M, k]`, into products with the network's coefficients if there is a basis."""
    return products if basis is None else basis[:, rows].reshape(len(basis), -1) @ products


def _picked(vertices: Float32Array, part: BlendshapeProblem) -> Float64Array:
    """Picks the solver's vertices: `[V, 3]` → `[3M]`, x y z of each."""
    return vertices[part.rows].astype(np.float64).ravel()


def _components(rows: Int64Array) -> Int64Array:
    """Returns the flat indices of x, y and z of these vertices, `[3M]`."""
    return (3 * rows[:, None] + np.arange(3)).ravel()


def _diagonal(*blocks: Float64Array) -> Float64Array:
    """Returns the block diagonal matrix of these blocks."""
    heights, widths = zip(*(block.shape for block in blocks), strict=True)
    whole, row, column = np.zeros((sum(heights), sum(widths))), 0, 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole
