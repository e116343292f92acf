"""Smoothing: calmer movements, closures as they were, no look ahead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.motion.emotion import aperture
from a2f_server.motion.mouth import MOUTH
from a2f_server.motion.smoothing import CLOSED, Smoothing
from tests.motion.acting import acted, column, context, faces, speaking, still


def smoothed(face: np.ndarray, delay: float = 0.4, cuts: list[int] | None = None, fps: int = 30) -> np.ndarray:
    return acted(Smoothing(context(fps), delay), face, cuts)


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.floats(0, 5), st.lists(st.integers(0, 90), max_size=20))
def test_splitting_frames_into_calls_changes_nothing(seed: int, delay: float, cuts: list[int]) -> None:
    face = np.clip(faces(90, seed), 0, 1)
    made = smoothed(face, delay, cuts)
    assert np.array_equal(made, smoothed(face, delay))
    assert np.array_equal(made[:30], smoothed(face[:30], delay)), "causal"
    assert np.isfinite(made).all()
    assert made.min() >= 0
    assert made.max() <= 1


@settings(max_examples=100)
@given(st.integers(0, 10**6), st.floats(0, 5))
def test_closures_are_neither_late_nor_less_closed(seed: int, delay: float) -> None:
    face = np.clip(faces(90, seed), 0, 1)
    before, after = aperture(face), aperture(smoothed(face, delay))
    closed = before <= CLOSED
    assert closed.any()
    assert (after[closed] <= before[closed] + 1e-5).all()
    assert (after <= 2 * before + 1e-5).all()


def test_movements_are_calmer() -> None:
    random = np.random.default_rng(1)
    face = np.clip(speaking(20) + random.normal(0, 0.03, (600, 52)).astype(np.float32), 0, 1)
    jerks = [np.abs(np.diff(face[:, MOUTH], 3, axis=0)).mean() for face in (face, smoothed(face))]
    assert jerks[1] < 0.75 * jerks[0]


@pytest.mark.parametrize("delay", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("fps", [30, 60])
def test_the_mean_delay_is_in_frames_at_30_fps(delay: float, fps: int) -> None:
    """A ramp follows the model by exactly the delay."""
    ramp = still(fps * 4)
    ramp[:, MOUTH[0]] = np.arange(len(ramp)) / len(ramp)
    lag = (ramp - smoothed(ramp, delay, fps=fps))[-1, MOUTH[0]] * len(ramp)
    assert lag / fps * 30 == pytest.approx(delay, rel=0.01)


def test_only_the_mouth_is_smoothed() -> None:
    face = faces(90, 1)
    assert np.array_equal(np.delete(smoothed(face), MOUTH, 1), np.delete(face, MOUTH, 1))
    assert column(smoothed(face), "jawOpen")[0] == column(face, "jawOpen")[0], "the first frame is the model's"


def test_no_delay_changes_nothing() -> None:
    face = faces(90, 1)
    assert np.array_equal(smoothed(face, 0), face)


@pytest.mark.parametrize("wrong", [-1, 6, "x", float("nan"), True])
def test_a_delay_out_of_range(wrong: float) -> None:
    with pytest.raises(ValueError, match="delay"):
        Smoothing(context(), wrong)
