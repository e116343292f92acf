from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.animation.eyes import LOOK_NAMES, Eyes, look_weights
from a2f_server.backends.audio2face3d.bundle import Actor
from tests.backends.audio2face3d import tiny


def actor(**face: float) -> Actor:
    one = tiny.bundle().actor
    return replace(one, face=replace(one.face, **face))


def still(count: int) -> np.ndarray:
    return np.zeros((1, count, 4))


def test_offset_strength_and_saccade_add_up() -> None:
    one = actor()
    raw = np.array([[[1.0, 2.0, 3.0, 4.0]]])
    degrees = Eyes.of(one, 30).degrees(raw, [45], [3])
    x, y = 0.9 * one.geometry.saccades[48].astype(np.float64)
    np.testing.assert_allclose(degrees[0, 0], [0.5 + 0.7 + x, -2 + 1.4 + y, 0.25 + 2.1 + x, 2 + 2.8 + y], rtol=1e-12)


def test_the_table_wraps() -> None:
    eyes = Eyes.of(actor(), 30)
    first, long_after = (eyes.degrees(still(tiny.SACCADES), [45], [frame])[0] for frame in (0, 7 * tiny.SACCADES))
    assert np.array_equal(first, long_after)
    assert np.array_equal(first[5], eyes.degrees(still(1), [0], [0])[0, 0]), (
        "45 + 5 is the fiftieth row, which is row 0"
    )


@pytest.mark.parametrize("frame_rate", [24, 25, 30, 50, 60])
def test_the_table_has_thirty_rows_per_second_at_any_frame_rate(frame_rate: int) -> None:
    one = actor()
    eyes, other = Eyes.of(one, frame_rate), Eyes.of(one, 30)
    seconds = 4000
    whole_seconds = [eyes.degrees(still(1), [0], [s * frame_rate])[0, 0] for s in range(seconds)]
    expected = [other.degrees(still(1), [0], [s * 30])[0, 0] for s in range(seconds)]
    assert np.array_equal(whole_seconds, expected), "no drift over an hour"


def test_at_60_fps_each_row_is_used_twice() -> None:
    one = actor()
    slow, fast = (Eyes.of(one, rate).degrees(still(n), [0], [0])[0] for rate, n in ((30, 40), (60, 80)))
    assert np.array_equal(fast, slow.repeat(2, axis=0))


def test_frames_per_call_and_the_batch_do_not_matter() -> None:
    eyes, raw = Eyes.of(actor(), 60), np.random.default_rng(0).standard_normal((5, 12, 4))
    whole = eyes.degrees(raw, [0, 10, 20, 30, 40], [0, 7, 100, 10**9, 3])
    parts = [eyes.degrees(raw[3:4, t : t + 3], [30], [10**9 + t])[0] for t in range(0, 12, 3)]
    assert np.array_equal(np.concatenate(parts), whole[3])


def test_seed_zero_starts_at_the_bundles_row_and_others_elsewhere() -> None:
    eyes = Eyes.of(actor(eye_saccade_seed=45.0), 30)
    assert eyes.start(0) == 45
    starts = [eyes.start(seed) for seed in range(20)]
    assert len(set(starts)) == 20
    apart = [abs(a - b) for a, b in pairwise(starts)]
    assert min(min(d, tiny.SACCADES - d) for d in apart) > tiny.SACCADES // 4, "neighbouring seeds are not in step"
    assert 0 <= eyes.start(2**32 - 1) < tiny.SACCADES


def turned(x: float, y: float) -> np.ndarray:
    """Returns the gaze of an eye that looks along z after rotations about x and then y, in degrees, by matrices."""
    a, b = np.radians([x, y])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return about_y @ about_x @ np.array([0.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("x", "y", "left", "right"),
    [
        (15, 0, {"eyeLookDownLeft"}, {"eyeLookDownRight"}),
        (-15, 0, {"eyeLookUpLeft"}, {"eyeLookUpRight"}),
        (0, 15, {"eyeLookOutLeft"}, {"eyeLookInRight"}),
        (0, -15, {"eyeLookInLeft"}, {"eyeLookOutRight"}),
        (6, -3, {"eyeLookDownLeft", "eyeLookInLeft"}, {"eyeLookDownRight", "eyeLookOutRight"}),
    ],
)
def test_the_sign_of_a_rotation_selects_the_shape(x: float, y: float, left: set[str], right: set[str]) -> None:
    """With y up and the face looking along z, x points to its left: left = up × forward."""
    gaze = turned(x, y)
    weights = dict(zip(LOOK_NAMES, look_weights(np.array([x, y, x, y])), strict=True))
    assert {name for name, weight in weights.items() if weight} == left | right
    assert (weights["eyeLookDownLeft"] > 0) == (gaze[1] < -1e-9)
    assert (weights["eyeLookUpRight"] > 0) == (gaze[1] > 1e-9)
    assert (weights["eyeLookOutLeft"] > 0) == (gaze[0] > 1e-9), "the left eye looks out to its left, which is +x"
    assert (weights["eyeLookOutRight"] > 0) == (gaze[0] < -1e-9)


def test_thirty_degrees_are_the_full_weight() -> None:
    weights = dict(zip(LOOK_NAMES, look_weights(np.array([15.0, -30.0, 90.0, -3.0])), strict=True))
    assert weights["eyeLookDownRight"] == 0.5
    assert weights["eyeLookOutRight"] == 1.0
    assert weights["eyeLookDownLeft"] == 1.0
    assert weights["eyeLookInLeft"] == pytest.approx(0.1)


def test_diverging_eyes_are_mirrored() -> None:
    """Mark's offsets, −2 for the right eye and +2 for the left, turn both eyes out."""
    weights = dict(zip(LOOK_NAMES, look_weights(np.array([0.0, -2.0, 0.0, 2.0])), strict=True))
    assert weights["eyeLookOutRight"] == weights["eyeLookOutLeft"] > 0
