from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.animation.smoothing import alpha, smooth
from tests.backends.audio2face3d.reference import Smoother


@pytest.mark.parametrize(
    ("seconds", "frame_rate", "expected"),
    [(0.0023, 30, 0.99996), (0.006, 30, 0.979), (0.0023, 60, 0.9934), (1, 1, 0.5)],
)
def test_alphas_are_those_of_the_shipped_faces(seconds: float, frame_rate: int, expected: float) -> None:
    assert alpha(seconds, frame_rate) == pytest.approx(expected, abs=5e-4 if expected == 0.979 else 5e-5)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_zero_seconds_do_not_smooth(seconds: float) -> None:
    assert alpha(seconds, 30) == 1.0


def streams(count: int, frames: int = 12, width: int = 10) -> np.ndarray:
    return np.random.default_rng(count).standard_normal((count, frames, width))


def test_it_equals_two_consecutive_smoothers() -> None:
    values = streams(3)
    alphas = np.repeat([alpha(0.05, 30), alpha(0.0, 30)], 5)
    result, _ = smooth(values, [None] * 3, alphas)
    for voice in range(3):
        slow, fast = Smoother(0.05, 1 / 30), Smoother(0.0, 1 / 30)
        for t, value in enumerate(values[voice]):
            np.testing.assert_allclose(result[voice, t], [*slow(value[:5]), *fast(value[5:])], rtol=1e-12)


def test_a_first_frame_is_unchanged() -> None:
    values = streams(2)
    result, _ = smooth(values, [None, None], np.full(10, 0.3))
    assert np.array_equal(result[:, 0], values[:, 0])


def test_frames_per_call_and_start_times_do_not_matter() -> None:
    values, alphas = streams(2), np.full(10, 0.3)
    whole, _ = smooth(values, [None, None], alphas)
    _, (older,) = smooth(values[:1, :7], [None], alphas)
    mixed, _ = smooth(np.stack([values[0, 7:12], values[1, :5]]), [older, None], alphas)
    assert np.array_equal(mixed[0], whole[0, 7:12])
    assert np.array_equal(mixed[1], whole[1, :5])


def test_a_stream_has_the_same_bits_alone_and_in_a_batch() -> None:
    values, alphas = streams(65), np.random.default_rng(0).uniform(0, 1, 10)
    batch, states = smooth(values, [None] * 65, alphas)
    for voice in (0, 31, 64):
        alone, (state,) = smooth(values[voice : voice + 1], [None], alphas)
        assert np.array_equal(alone[0], batch[voice])
        assert np.array_equal(state, states[voice])


def test_a_state_is_read_only_and_does_not_keep_its_batch() -> None:
    values, alphas = streams(8), np.full(10, 0.3)
    _, states = smooth(values, [None] * 8, alphas)
    assert all(state is not None and state.base is None and state.shape == (2, 10) for state in states)
    before = [np.array(state) for state in states]
    smooth(values, states, alphas)
    assert all(np.array_equal(state, old) for state, old in zip(states, before, strict=True))
