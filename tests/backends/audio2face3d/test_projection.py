from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.bundle import Bundle, FaceParameters
from a2f_server.backends.audio2face3d.projection import Projection, lower_face
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem
from tests.backends.audio2face3d import tiny
from tests.backends.audio2face3d.reference import Reference, decoded, products


def projection_of(bundle: Bundle) -> Projection:
    return Projection.of(bundle, BlendshapeProblem.of(bundle.actor.skin), BlendshapeProblem.of(bundle.actor.tongue))


def z_of(projection: Projection, rows: np.ndarray) -> np.ndarray:
    return (rows if projection.columns is None else rows[..., projection.columns]) @ projection.matrix


def in_full(matrix: np.ndarray, take: np.ndarray | None, outputs: int) -> np.ndarray:
    """Returns the matrix with a row for each of the network's outputs."""
    whole = np.zeros((outputs, matrix.shape[1]), matrix.dtype)
    np.add.at(whole, slice(None) if take is None else take, matrix)
    return whole


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_z_has_lower_upper_tongue_jaw_and_eyes(kind: str) -> None:
    bundle = tiny.bundle(kind)
    projection, n, nt = projection_of(bundle), tiny.POSES - 1, tiny.TONGUE_POSES - 1
    assert projection.matrix.dtype == np.float32
    assert projection.matrix.shape[1] == 2 * n + nt + 15 + 4
    assert (projection.skin.shape, projection.tongue.shape) == ((n,), (nt,))
    row = tiny.rows(bundle, 1)[0]
    assert np.array_equal(z_of(projection, row)[-19:], row[-19:]), "jaw and eyes are unchanged"


def test_coefficients_and_vertices_give_the_same_z() -> None:
    by_coefficients = tiny.bundle("regression")
    actor = by_coefficients.actor
    by_vertices = tiny.bare(actor)
    row = tiny.rows(by_coefficients, 1)[0].astype(np.float64)
    k = tiny.COMPONENTS
    skin, tongue = (
        decoded(row[:k], actor.geometry.skin_basis).ravel(),
        decoded(row[k : 2 * k], actor.geometry.tongue_basis).ravel(),
    )
    mesh = np.concatenate([skin, tongue, row[2 * k :]])
    one, other = projection_of(by_coefficients), projection_of(by_vertices)
    assert one.columns is None
    np.testing.assert_allclose(z_of(one, row), z_of(other, mesh), rtol=1e-5, atol=1e-4)
    assert np.array_equal(one.skin, other.skin)
    assert np.array_equal(one.tongue, other.tongue)


def test_only_masked_vertices_of_the_skin_are_used() -> None:
    bundle = tiny.bundle("diffusion")
    projection, mask, after = projection_of(bundle), bundle.actor.skin.shapes.mask, 3 * tiny.SKIN
    assert projection.columns is not None
    assert mask is not None
    assert projection.columns[: 3 * len(mask)].tolist() == [3 * v + axis for v in mask for axis in range(3)]
    assert projection.columns[3 * len(mask) :].tolist() == list(range(after, bundle.network.outputs))


def test_vertices_outside_the_mask_change_nothing() -> None:
    bundle = tiny.bundle("diffusion")
    projection, mask = projection_of(bundle), bundle.actor.skin.shapes.mask
    row = tiny.rows(bundle, 1)[0]
    other = row.copy()
    other[: 3 * tiny.SKIN].reshape(-1, 3)[np.setdiff1d(np.arange(tiny.SKIN), mask)] += 1
    assert np.array_equal(z_of(projection, row), z_of(projection, other))


def test_a_tongue_with_a_mask_is_masked_too() -> None:
    bundle = tiny.bundle("diffusion")
    tongue = bundle.actor.tongue
    masked = replace(tongue, shapes=replace(tongue.shapes, mask=np.array([7, 2, 11])))
    bundle = replace(bundle, actor=replace(bundle.actor, tongue=masked))
    projection = projection_of(bundle)
    assert projection.columns is not None
    start = 3 * tiny.SKIN
    assert projection.columns[-28:-19].tolist() == [start + 3 * v + axis for v in (7, 2, 11) for axis in range(3)]
    row = tiny.rows(bundle, 1)[0]
    n = 2 * (tiny.POSES - 1)
    expected = Reference(bundle, 30).step(row)[1]
    np.testing.assert_allclose(z_of(projection, row)[n:-19] + projection.tongue, expected, rtol=1e-5, atol=1e-4)


def test_the_mask_is_a_sigmoid_of_height_over_the_whole_head() -> None:
    neutral = np.array([[0, 100, 0], [9, 160, 9], [5, 150, -3], [0, 200, 0]], np.float32)
    face = FaceParameters(face_mask_level=0.6, face_mask_softness=0.1)
    expected = [1 / (1 + np.exp(-x)) for x in (6.0, 0.0, 1.0, -4.0)]
    np.testing.assert_allclose(lower_face(neutral, face), expected, rtol=1e-12)
    np.testing.assert_allclose(
        lower_face(tiny.bundle().actor.geometry.skin, tiny.FACE), Reference(tiny.bundle(), 30).mask()
    )


def test_the_mask_uses_the_height_of_the_whole_head() -> None:
    """The range of y is that of all vertices, even if the highest one is not among the solver's."""
    bundle = tiny.bundle()
    head, mask = bundle.actor.geometry.skin.copy(), bundle.actor.skin.shapes.mask
    before = projection_of(bundle).matrix
    head[np.setdiff1d(np.arange(tiny.SKIN), mask)[0], 1] = 400
    moved = replace(bundle, actor=replace(bundle.actor, geometry=replace(bundle.actor.geometry, skin=head)))
    assert not np.allclose(projection_of(moved).matrix, before)


def test_a_sharp_border_does_not_overflow() -> None:
    neutral = np.array([[0, 0, 0], [0, 1, 0]], np.float32)
    assert lower_face(neutral, FaceParameters(face_mask_softness=1e-6)).tolist() == [1.0, 0.0]


def test_a_flat_face_and_a_softness_of_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="flat"):
        lower_face(np.zeros((4, 3), np.float32), FaceParameters())
    with pytest.raises(ValueError, match="face_mask_softness is 0; it must be more than 0"):
        lower_face(tiny.bundle().actor.geometry.skin, FaceParameters(face_mask_softness=0))


@pytest.mark.parametrize(
    ("strength", "silent"),
    [
        ("skin_strength", slice(0, 16)),
        ("lower_face_strength", slice(0, 8)),
        ("upper_face_strength", slice(8, 16)),
        ("tongue_strength", slice(16, 20)),
    ],
)
def test_a_strength_of_zero_affects_only_its_part(strength: str, silent: slice) -> None:
    whole, less = (
        projection_of(tiny.bundle()).matrix,
        projection_of(tiny.bundle(face=replace(tiny.FACE, **{strength: 0.0}))).matrix,
    )
    columns = np.zeros(whole.shape[1], bool)
    columns[silent] = True
    assert not less[:, columns].any()
    assert np.array_equal(less[:, ~columns], whole[:, ~columns])


def test_region_strengths_scale_lid_and_lip_offsets_but_skin_strength_does_not() -> None:
    constant = projection_of(tiny.bundle()).skin
    assert np.array_equal(projection_of(tiny.bundle(face=replace(tiny.FACE, skin_strength=0.0))).skin, constant)
    assert not np.allclose(projection_of(tiny.bundle(face=replace(tiny.FACE, lower_face_strength=0.0))).skin, constant)


def test_offsets_of_lids_lips_and_tongue_are_constants() -> None:
    plain = replace(tiny.FACE, eyelid_open_offset=0, lip_open_offset=0, tongue_height_offset=0, tongue_depth_offset=0)
    bundle = tiny.bundle(face=plain)
    actor, projection = bundle.actor, projection_of(bundle)
    np.testing.assert_allclose(projection.skin, products(actor.skin, actor.geometry.skin.astype(np.float64)))
    np.testing.assert_allclose(projection.tongue, products(actor.tongue, actor.geometry.tongue.astype(np.float64)))
    for name, delta, sign in (("eyelid_open_offset", "eye_close", -1), ("lip_open_offset", "lip_open", 1)):
        shifted = projection_of(tiny.bundle(face=replace(plain, **{name: 0.3}))).skin
        mask = lower_face(actor.geometry.skin, plain)[:, None]
        pull = 1.4 * mask + 0.8 * (1 - mask)
        pose = actor.geometry.skin + pull * sign * 0.3 * getattr(actor.geometry, delta)
        np.testing.assert_allclose(shifted, products(actor.skin, pose), rtol=1e-9)


def test_real_size_matrices_need_well_under_a_gigabyte() -> None:
    """Nothing is computed over all vertices: the solver uses 5 % of this head's."""
    bundle = tiny.bundle()
    chance, vertices, components = np.random.default_rng(0), 20_000, 40
    geometry, skin = bundle.actor.geometry, bundle.actor.skin
    head = chance.standard_normal((vertices, 3), np.float32)
    basis = chance.standard_normal((components, vertices, 3), np.float32)
    shapes = replace(
        skin.shapes,
        neutral=head,
        deltas=np.zeros((tiny.POSES, vertices, 3), np.float32),
        mask=np.arange(0, vertices, 20),
    )
    geometry = replace(geometry, skin=head, skin_basis=basis, lip_open=head, eye_close=head)
    actor = replace(bundle.actor, geometry=geometry, skin=replace(skin, shapes=shapes))
    graph = replace(bundle.network, skin=components)
    big, solved, tongue = (
        replace(bundle, actor=actor, network=graph),
        BlendshapeProblem.of(actor.skin),
        BlendshapeProblem.of(actor.tongue),
    )
    tracemalloc.start()
    try:
        Projection.of(big, solved, tongue)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < basis.nbytes, "a tenth of this is the basis of the masked vertices, a fifth that in float64"
