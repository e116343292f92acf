from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from a2f_server.backends.audio2face3d import projection as projecting
from a2f_server.backends.audio2face3d.animation.animator import AnimatedFrames, Animator
from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.backends.audio2face3d.projection import Projection
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem
from tests.backends.audio2face3d import tiny
from tests.backends.audio2face3d.reference import Reference


def built(bundle: Bundle, fps: int = 30, *, exact: bool = False) -> tuple[Projection, Animator]:
    """Builds a projection and an animator; `exact` keeps the projection's matrix in float64."""
    parts = BlendshapeProblem.of(bundle.actor.skin), BlendshapeProblem.of(bundle.actor.tongue)
    projection = Projection.of(bundle, *parts)
    if exact:
        projection = replace(projection, matrix=projecting.matrix(bundle, *parts))
    return projection, Animator.of(bundle, projection, fps)


def z_of(projection: Projection, rows: np.ndarray) -> np.ndarray:
    return (rows if projection.columns is None else rows[..., projection.columns]) @ projection.matrix


def streams(animator: Animator, count: int, frames: int) -> np.ndarray:
    width = animator.projection.matrix.shape[1]
    return np.random.default_rng(count).standard_normal((count, frames, width)).astype(np.float32)


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
@pytest.mark.parametrize(("exact", "tolerance"), [(True, 1e-9), (False, 1e-5)])
@pytest.mark.parametrize("fps", [30, 60])
def test_it_equals_the_computation_by_vertex(kind: str, exact: bool, tolerance: float, fps: int) -> None:
    bundle = tiny.bundle(kind)
    projection, animator = built(bundle, fps, exact=exact)
    reference, states = Reference(bundle, fps), [animator.start(0)]
    for row in tiny.rows(bundle, 40):
        moved = animator.advance(z_of(projection, row)[None], states)
        states = moved.states
        parts = zip((moved.b_skin, moved.b_tongue, moved.jaw, moved.eyes), reference.step(row), strict=True)
        for ours, expected in parts:
            assert np.abs(ours[0] - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_it_equals_the_computation_by_vertex_for_a_whole_bundle(kind: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(kind)
    projection, animator = built(bundle, 60)
    rows = tiny.rows(bundle, 8)
    moved = animator.advance(z_of(projection, rows)[None], [animator.start(0)])
    reference = Reference(bundle, 60)
    for t, row in enumerate(rows):
        for ours, expected in zip(moved[:4], reference.step(row), strict=True):
            assert np.abs(ours[0, t] - expected).max() <= 1e-5 * np.abs(expected).max()


def test_frames_do_not_depend_on_calls() -> None:
    _, animator = built(tiny.bundle())
    z, starts = streams(animator, 3, 12), [animator.start(seed) for seed in range(3)]
    whole = animator.advance(z, starts)
    states = starts
    for t in range(12):
        moved = animator.advance(z[:, t], states)
        states = moved.states
        assert all(np.array_equal(one, many[:, t]) for one, many in zip(moved[:4], whole[:4], strict=True))
    assert [state.frame for state in states] == [state.frame for state in whole.states] == [12, 12, 12]
    assert moved.b_skin.shape == (3, tiny.POSES - 1)
    assert whole.jaw.shape == (3, 12, 5, 3)
    assert whole.eyes.shape == (3, 12, 4)


def test_a_stream_has_the_same_bits_alone_and_in_a_batch_of_any_age() -> None:
    _, animator = built(tiny.bundle())
    z, states = streams(animator, 33, 6), [animator.start(seed) for seed in range(33)]
    for young in range(0, 33, 3):
        states[young] = animator.advance(z[young : young + 1, : young + 1], [states[young]]).states[0]
    batch = animator.advance(z, states)
    for voice in (0, 1, 16, 30, 32):
        alone = animator.advance(z[voice : voice + 1], [states[voice]])
        assert all(np.array_equal(one[0], many[voice]) for one, many in zip(alone[:4], batch[:4], strict=True))


def test_states_and_rows_are_not_written_into() -> None:
    _, animator = built(tiny.bundle())
    z = streams(animator, 2, 5)
    states = animator.advance(z, [animator.start(0), animator.start(1)]).states
    first, copy = animator.advance(z, states), z.copy()
    again = animator.advance(z, states)
    assert all(np.array_equal(one, other) for one, other in zip(first[:4], again[:4], strict=True))
    assert np.array_equal(z, copy)


def test_a_state_does_not_keep_its_batch_in_memory() -> None:
    _, animator = built(tiny.bundle())
    moved = animator.advance(streams(animator, 9, 2), [animator.start(0)] * 9)
    sizes = {state.smoothed.nbytes for state in moved.states if state.smoothed is not None}
    assert sizes == {2 * 2 * (tiny.POSES - 1) * 8}
    assert all(state.smoothed is not None and state.smoothed.base is None for state in moved.states)


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_infinity_in_one_stream_does_not_affect_others(broken: float) -> None:
    _, animator = built(tiny.bundle())
    z = streams(animator, 3, 4)
    starts = [animator.start(0)] * 3
    sound = animator.advance(z, starts)
    z[1, 2] = broken
    harmed = animator.advance(z, starts)

    def others(moved: AnimatedFrames) -> list[np.ndarray]:
        return [part[[0, 2]] for part in moved[:4]]

    assert all(np.array_equal(one, other) for one, other in zip(others(sound), others(harmed), strict=True))
    assert not np.isfinite(harmed.b_skin[1, 3]).any()


def test_a_silent_network_gives_the_constants_from_the_first_frame_on() -> None:
    projection, animator = built(tiny.bundle())
    moved = animator.advance(np.zeros((1, 5, projection.matrix.shape[1]), np.float32), [animator.start(0)])
    assert all(np.array_equal(frame, projection.skin) for frame in moved.b_skin[0])
    assert all(np.array_equal(frame, projection.tongue) for frame in moved.b_tongue[0])


def test_lower_and_upper_face_are_smoothed_separately() -> None:
    bundle = tiny.bundle(face=replace(tiny.FACE, lower_face_smoothing=0.0, upper_face_smoothing=10.0))
    projection, animator = built(bundle)
    n = tiny.POSES - 1
    z = np.zeros((1, 2, projection.matrix.shape[1]), np.float32)
    z[0, 1, : 2 * n] = 1
    step = animator.advance(z, [animator.start(0)]).b_skin[0, 1] - projection.skin
    assert np.allclose(step, 1, atol=1e-4), "the lower face moves immediately, the upper hardly at all"


def test_eyes_start_at_frame_zero_in_every_utterance() -> None:
    _, animator = built(tiny.bundle(), 60)
    z = np.zeros((1, 75, animator.projection.matrix.shape[1]), np.float32)
    warm, cold = animator.advance(z, [animator.start(7, -45)]), animator.advance(z[:, :30], [animator.start(7)])
    assert np.array_equal(warm.eyes[:, 45:], cold.eyes)
    assert warm.states[0].frame == cold.states[0].frame == 30


def test_seeds_change_the_gaze() -> None:
    _, animator = built(tiny.bundle())
    z = np.zeros((2, 30, animator.projection.matrix.shape[1]), np.float32)
    one, other = animator.advance(z, [animator.start(1), animator.start(2)]).eyes
    assert not np.allclose(one, other)
