from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.animation import jaw
from tests.backends.audio2face3d import tiny

NEUTRAL = np.array([[0, 140, 9], [2, 140.2, 7], [-2, 140.2, 7], [3, 140.8, 3], [-3, 140.8, 3]], np.float32)


def rotation(axis: tuple[float, float, float], degrees: float) -> np.ndarray:
    """Rodrigues' formula."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def moved(turn: np.ndarray, shift: np.ndarray, neutral: np.ndarray = NEUTRAL) -> np.ndarray:
    """Rotates the markers about their centre, then shifts them."""
    centre = neutral.mean(0, dtype=np.float64)
    return (neutral - centre) @ turn.T + centre + shift


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (1, 2, -1)])
@pytest.mark.parametrize("degrees", [0.01, 4.1, 90, 179])
def test_a_known_motion_is_found(axis: tuple[float, float, float], degrees: float) -> None:
    turn, shift = rotation(axis, degrees), np.array([0.1, -0.7, 0.2])
    found = jaw.fit(NEUTRAL, moved(turn, shift))
    np.testing.assert_allclose(found.rotation, turn, atol=1e-12)
    np.testing.assert_allclose(found.displacement, shift, atol=1e-10)


def test_the_transform_is_four_by_four_column_by_column_about_the_worlds_origin() -> None:
    places = moved(rotation((1, 0, 0), 4), np.array([0, -0.7, 0.1]))
    found = jaw.fit(NEUTRAL, places)
    whole = found.transform.reshape(4, 4).T
    np.testing.assert_allclose(whole[:3, :3], found.rotation)
    np.testing.assert_allclose(whole[3], [0, 0, 0, 1])
    homogeneous = np.column_stack([NEUTRAL, np.ones(5)])
    np.testing.assert_allclose((homogeneous @ whole.T)[:, :3], places, atol=1e-9)
    assert abs(whole[2, 3]) > 5, "rotating about the origin moves the jaw far: a bone uses the displacement"


def test_a_jaw_at_rest_does_not_turn() -> None:
    found = jaw.fit(NEUTRAL, NEUTRAL.astype(np.float64))
    np.testing.assert_allclose(found.rotation, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(found.displacement, 0, atol=1e-12)


def test_coplanar_and_coincident_markers_still_give_a_rotation() -> None:
    plane = NEUTRAL * np.array([1, 0, 1], np.float32)
    turn = rotation((0, 0, 1), 7)
    np.testing.assert_allclose(jaw.fit(plane, moved(turn, np.zeros(3), plane)).rotation, turn, atol=1e-12)
    collapsed = jaw.fit(NEUTRAL, np.zeros((5, 3)))
    np.testing.assert_allclose(collapsed.rotation @ collapsed.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(collapsed.rotation) == pytest.approx(1)


def test_mirrored_markers_give_a_rotation_never_a_reflection() -> None:
    lumpy = np.random.default_rng(0).standard_normal((5, 3))
    found = jaw.fit(lumpy, lumpy * np.array([-1, 1, 1]))
    assert np.linalg.det(found.rotation) == pytest.approx(1)
    np.testing.assert_allclose(found.rotation @ found.rotation.T, np.eye(3), atol=1e-12)


def test_noise_is_fitted_as_closely_as_an_exhaustive_search_would() -> None:
    chance = np.random.default_rng(1)
    places = moved(rotation((1, 0.2, 0), 3), np.zeros(3)) + 0.05 * chance.standard_normal((5, 3))
    rest, target = NEUTRAL - NEUTRAL.mean(0), places - places.mean(0)

    def error(turn: np.ndarray) -> float:
        return float(((rest @ turn.T - target) ** 2).sum())

    best = jaw.fit(NEUTRAL, places).rotation
    for _ in range(300):
        nudge = rotation(tuple(chance.standard_normal(3)), chance.uniform(0.01, 5))
        assert error(best) <= error(nudge @ best)


def test_markers_are_neutral_strength_and_offset() -> None:
    actor = tiny.bundle().actor
    raw = np.arange(15.0)
    expected = actor.geometry.jaw + 1.3 * raw.reshape(5, 3) + np.array([0, -0.1, 0.05])
    np.testing.assert_allclose(jaw.markers(raw, actor), expected)


def test_a_batch_has_the_same_bits_as_single_frames() -> None:
    places = NEUTRAL + np.random.default_rng(2).standard_normal((6, 4, 5, 3))
    together = jaw.fit(NEUTRAL, places)
    assert together.rotation.shape == (6, 4, 3, 3)
    assert together.displacement.shape == (6, 4, 3)
    assert together.transform.shape == (6, 4, 16)
    for b in range(6):
        for t in range(4):
            alone = jaw.fit(NEUTRAL, places[b, t])
            assert all(np.array_equal(one, many[b, t]) for one, many in zip(alone, together, strict=True))
