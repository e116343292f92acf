"""Brows: up on stressed syllables, down in silence, at any frame rate and for any split into calls."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.brows import ATTACK_S, RELEASE_S, USUAL_S, Brows, keep
from tests.motion.acting import acted, context, speaking, still

INNER, LEFT, RIGHT = (arkit.INDEX[f"brow{part}"] for part in ("InnerUp", "OuterUpLeft", "OuterUpRight"))


def raised(
    face: np.ndarray, fps: int = 30, seed: int = 0, cuts: list[int] | None = None, **parameters: float
) -> np.ndarray:
    return acted(Brows(context(fps, seed), **parameters), face, cuts)


def test_the_seed_alone_decides_the_rise() -> None:
    face = speaking(20)
    assert np.array_equal(raised(face, seed=1), raised(face, seed=1))
    assert not np.array_equal(raised(face, seed=1), raised(face, seed=2))


@settings(max_examples=30)
@given(st.integers(10, 60), st.integers(0, 2**32 - 1), st.lists(st.integers(0, 600), max_size=40))
def test_splitting_frames_into_calls_changes_nothing(fps: int, seed: int, cuts: list[int]) -> None:
    face = speaking(10, fps)
    assert np.array_equal(raised(face, fps, seed, cuts), raised(face, fps, seed))


def test_one_frame_at_a_time() -> None:
    face = speaking(10)
    assert np.array_equal(raised(face, cuts=list(range(300))), raised(face))


def test_the_estimate_is_causal() -> None:
    face = speaking(10)
    assert np.array_equal(raised(face)[:100], raised(face[:100]))


def test_brows_rise_with_the_voice_a_little() -> None:
    face = raised(speaking(60))
    assert 0.1 < face[:, INNER].max() <= 0.25
    assert 0.01 < face[:, INNER].mean() < 0.1
    assert face.min() >= 0


@pytest.mark.parametrize("seed", range(8))
def test_any_seed_rises(seed: int) -> None:
    assert 0.08 < raised(speaking(20), seed=seed)[:, INNER].max() <= 0.25


def test_strength_changes_from_phrase_to_phrase() -> None:
    inner = raised(speaking(60))[:, INNER]
    peaks = inner.reshape(-1, 90).max(axis=1)
    assert peaks.max() > 1.4 * peaks.min() > 0


def test_nothing_but_brows_moves() -> None:
    face = speaking(10)
    assert np.array_equal(
        np.delete(raised(face), [INNER, LEFT, RIGHT], axis=1), np.delete(face, [INNER, LEFT, RIGHT], 1)
    )


def test_outer_brows_move_less_and_not_quite_symmetrically() -> None:
    face = raised(speaking(20), seed=3)
    assert (face[:, [LEFT, RIGHT]] <= face[:, [INNER]]).all()
    moving = face[:, INNER] > 0.05
    ratio = face[moving, LEFT] / face[moving, RIGHT]
    assert np.ptp(ratio) < 1e-4, "one and the same face throughout"
    leans = [raised(speaking(2), seed=seed)[15, [LEFT, RIGHT]] for seed in range(30)]
    ratios = [left / right for left, right in leans if right > 0.01]
    assert 0.85 <= min(ratios) < 1 < max(ratios) <= 1.18


def test_silence_and_a_jaw_at_rest_leave_brows_alone() -> None:
    assert not raised(still(300)).any()
    ajar = speaking(10, shape=lambda times: np.full_like(times, 0.08))
    assert not raised(ajar)[:, [INNER, LEFT, RIGHT]].any()


def test_a_constant_jaw_has_no_stress() -> None:
    drone = speaking(20, shape=lambda times: np.full_like(times, 0.5))
    assert not raised(drone)[-200:, INNER].any()


@pytest.mark.parametrize("fps", [10, 24, 30, 60])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_brows_are_at_rest_0_6_s_after_the_voice(fps: int, seed: int) -> None:
    face = np.concatenate([speaking(6, fps), still(2 * fps)])
    inner = raised(face, fps, seed)[:, INNER]
    assert inner[: 6 * fps].any()
    assert not inner[6 * fps + round(0.6 * fps) :].any()


def test_up_in_120_ms_and_down_in_400() -> None:
    """The time to 90 % after one stress, as the mean of many seeds, whose strengths vary."""
    fps = 1000
    face = speaking(1, fps, lambda times: np.where((times > 0.2) & (times < 0.5), 1.0, 0.0))
    loud = np.mean([raised(face, fps, seed)[:, INNER] for seed in range(30)], axis=0)
    top = loud.max()
    assert np.argmax(loud > 0.9 * top) - 200 == pytest.approx(120, abs=15)
    fall = loud[500:]
    assert np.argmax(fall < 0.1 * top) == pytest.approx(350, abs=40), "a little sooner, as the last of it is cut"


@pytest.mark.parametrize("fps", [10, 15, 24, 25, 30, 50, 60])
def test_the_rise_is_the_same_at_every_frame_rate(fps: int) -> None:
    """Equal to half a frame: a frame stands for all of the time since the last one."""

    def slow(times: np.ndarray) -> np.ndarray:
        return np.asarray(0.5 * (1 - np.cos(np.pi * times)))

    wanted = raised(speaking(10, 600, slow), 600)[:: 600 // fps, INNER]
    got = raised(speaking(10, fps, slow), fps)[:, INNER]
    np.testing.assert_allclose(got, wanted, atol=0.01 + 0.5 / fps)


def test_coefficients_are_the_same_on_every_machine() -> None:
    """No exact value lies near a step of the grid, where libms could round differently, at any frame rate."""
    for fps in range(10, 61):
        for seconds in (USUAL_S, ATTACK_S, RELEASE_S):
            exact = exp(-1 / (seconds * fps)) * 2**20
            assert abs(exact % 1 - 0.5) > 1e-6
            assert keep(seconds, fps) * 2**20 == round(exact)


def test_time_constants_are_for_90_per_cent() -> None:
    assert pytest.approx(0.12) == ATTACK_S * log(10)
    assert pytest.approx(0.4) == RELEASE_S * log(10)


def test_the_models_weights_are_kept_and_clamped_to_one() -> None:
    face = speaking(20)
    face[:, [INNER, LEFT, RIGHT]] = 0.3
    added = raised(face) - raised(speaking(20))
    np.testing.assert_allclose(added[:, [INNER, LEFT, RIGHT]], 0.3, atol=1e-6)
    face[:, [INNER, LEFT, RIGHT]] = 0.95
    assert raised(face)[:, INNER].max() == 1


def test_height_scales_the_rise() -> None:
    face = speaking(20)
    half, whole = raised(face, height=0.1)[:, INNER], raised(face, height=0.2)[:, INNER]
    np.testing.assert_allclose(2 * half, whole, atol=1e-6)
    assert not raised(face, height=0)[:, INNER].any()


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), "high", True], ids=str)
def test_a_height_out_of_range_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="0 ≤ height ≤ 1"):
        Brows(context(), height=wrong)
