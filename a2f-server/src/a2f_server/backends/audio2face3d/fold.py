"""The fold: all that is linear between the network's numbers and the solver, multiplied out into one matrix.

A frame's face would be a mesh of 24 002 or 61 520 vertices, of which the solver wants 43 products. They are linear in
what the network says, and smoothing, the one step between that has a memory, has one pace a region: so the products
are smoothed instead of the vertices, and no mesh is ever built.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.parts import Actor, Bundle, Face, Floats
from a2f_server.backends.audio2face3d.solver.prepare import Prepared

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fold:
    """What maps a row of the network's numbers to z = row[take] @ matrix, `[m]`, m = 2n + nt + jaw + eyes:

    the products with the skin's n active poses of the lower face, `[n]`, and of the upper, `[n]`, with the tongue's
    nt, `[nt]`, then the network's numbers for jaw, `[15]`, and eyes, `[4]`, as they are.
    """

    take: NDArray[np.int64] | None
    """`[R]` of the network's numbers matter, these; None: all of them do."""
    matrix: Floats
    """`[R, m]`."""
    skin: Doubles
    """`[n]`: what the skin's products have besides, in every frame."""
    tongue: Doubles
    """`[nt]`."""

    @classmethod
    def of(cls, bundle: Bundle, skin: Prepared, tongue: Prepared) -> Fold:
        """Computed in float64. Raises ValueError where the actor's face has no lower and upper half."""
        return cls(
            take(bundle, skin, tongue),
            matrix(bundle, skin, tongue).astype(np.float32),
            skin_constant(bundle.actor, skin),
            tongue_constant(bundle.actor, tongue),
        )


def lower_face(neutral: Floats, face: Face) -> Doubles:
    """How much each vertex of `neutral[V, 3]` belongs to the lower face, `[V]`, 0–1: a sigmoid of its height.

    m = 1 / (1 + exp(−(level − (y − ymin) / (ymax − ymin)) / softness)): NVIDIA Audio2Face-3D SDK, animator_cuda.cu,
    which refuses the same faces. Raises ValueError for a face without height, or a border without width.
    """
    y = neutral[:, 1].astype(np.float64)
    if not face.face_mask_softness > 0:
        raise ValueError(f"face_mask_softness is {face.face_mask_softness:g}; it must be more than 0")
    if not np.ptp(y) > 0:
        raise ValueError("the actor's neutral skin is flat: all its vertices have the same y, which is height")
    below = face.face_mask_level - (y - y.min()) / np.ptp(y)
    # the same sigmoid, and nothing overflows however sharp the border is
    mask: Doubles = 0.5 + 0.5 * np.tanh(below / face.face_mask_softness / 2)
    return mask


def matrix(bundle: Bundle, skin: Prepared, tongue: Prepared) -> Doubles:
    """`[R, m]`, see Fold.

    Skin: D'·diag(strength · mask)·(skin_strength · delta), for lower and upper face; tongue: Dt'·(tongue_strength ·
    delta). A delta is what the network says of a vertex, or the sum of coefficients times principal components (NVIDIA
    Audio2Face-3D SDK, animator.cpp and animator_cuda.cu).
    """
    face, geometry = bundle.actor.face, bundle.actor.geometry
    regions = [skin.deltas * strength for strength in _strengths(bundle.actor, skin)]
    skin_block = _through(geometry.skin_basis, skin.rows, np.hstack(regions) * face.skin_strength)
    tongue_block = _through(geometry.tongue_basis, tongue.rows, tongue.deltas * face.tongue_strength)
    rest = np.eye(bundle.graph.jaw + bundle.graph.eyes)
    return _diagonal(skin_block, tongue_block, rest)


def take(bundle: Bundle, skin: Prepared, tongue: Prepared) -> NDArray[np.int64] | None:
    """Which of the network's numbers matter: of vertices those that the solver looks at, of coefficients all."""
    if bundle.actor.geometry.skin_basis is not None:
        return None
    graph = bundle.graph
    rest = np.arange(graph.skin + graph.tongue, graph.outputs)
    return np.concatenate([_components(skin.rows), graph.skin + _components(tongue.rows), rest])


def skin_constant(actor: Actor, skin: Prepared) -> Doubles:
    """`[n]`: D'·(actor's neutral − the poses' neutral + strength · mask · (eyelid and lip offset)).

    The lids close by −eyelid_open_offset. The SDK's blinkOffset, an application's own blink, is 0 here: blinking is
    motion's, so blink_strength has nothing to scale. NVIDIA Audio2Face-3D SDK, animator_cuda.cu, and
    blendshape_solver_base.cpp for the difference.
    """
    geometry, face = actor.geometry, actor.face
    lids = -face.eyelid_open_offset * _picked(geometry.eye_close, skin)
    lips = face.lip_open_offset * _picked(geometry.lip_open, skin)
    lower, upper = _strengths(actor, skin)
    shift = _picked(geometry.skin, skin) - skin.neutral + (lower + upper)[:, 0] * (lids + lips)
    return shift @ skin.deltas


def tongue_constant(actor: Actor, tongue: Prepared) -> Doubles:
    """`[nt]`: Dt'·(actor's neutral + (0, height, depth) − the poses' neutral). SDK, animator_cuda.cu."""
    offset = np.array([0.0, actor.face.tongue_height_offset, actor.face.tongue_depth_offset])
    shift: Doubles = _picked(actor.geometry.tongue, tongue) - tongue.neutral + np.tile(offset, len(tongue.rows))
    return shift @ tongue.deltas


def _strengths(actor: Actor, skin: Prepared) -> tuple[Doubles, Doubles]:
    """By how much lower and upper face move each row of the solver, `[3M, 1]`. Heights are those of the whole head."""
    mask = lower_face(actor.geometry.skin, actor.face)[skin.rows].repeat(3)[:, None]
    return mask * actor.face.lower_face_strength, (1 - mask) * actor.face.upper_face_strength


def _through(basis: Floats | None, rows: NDArray[np.int64], products: Doubles) -> Doubles:
    """Products with vertices, `[3M, k]`, as products with what the network says of them."""
    return products if basis is None else basis[:, rows].reshape(len(basis), -1) @ products


def _picked(vertices: Floats, part: Prepared) -> Doubles:
    """`[V, 3]` → `[3M]`: the solver's vertices, x y z each."""
    return vertices[part.rows].astype(np.float64).ravel()


def _components(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where x, y and z of these vertices are, `[3M]`."""
    return (3 * rows[:, None] + np.arange(3)).ravel()


def _diagonal(*blocks: Doubles) -> Doubles:
    """One matrix with these along its diagonal, and zeros elsewhere."""
    heights, widths = zip(*(block.shape for block in blocks), strict=True)
    whole, row, column = np.zeros((sum(heights), sum(widths))), 0, 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole
