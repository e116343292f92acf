"""Head movements: the same for the same seed, smooth, within limits, and livelier while speaking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.drawing.contract import HeadPose
from a2f_server.video.head_motion import LIMIT, SpeakingHead, limited

FPS = 25


def syllables(seconds: float) -> np.ndarray:
    """Loudness of speech: four syllables a second, every fifth one stressed."""
    at = np.arange(int(seconds * FPS)) / FPS
    return np.where(at % 1.25 < 0.2, 0.3, 0.06) * (0.5 + 0.5 * np.sin(2 * np.pi * 4 * at))


def poses(head: SpeakingHead, loudness: np.ndarray) -> np.ndarray:
    """`[frames, 3]`: pitch, yaw and roll."""
    return np.array(
        [head.move(i / FPS, float(each), np.zeros(arkit.COUNT, np.float32)) for i, each in enumerate(loudness)]
    )


def test_the_same_seed_gives_the_same_movements() -> None:
    one, same, other = (poses(SpeakingHead(seed), syllables(8)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.5


def test_the_first_picture_is_the_photo() -> None:
    assert SpeakingHead(0).move(0.0, 0.0, np.zeros(arkit.COUNT, np.float32)) == HeadPose()


def test_speaking_moves_the_head_more_than_silence() -> None:
    quiet, spoken = (poses(SpeakingHead(1), loudness) for loudness in (np.zeros(1500), syllables(60)))
    assert spoken.std(axis=0).sum() > 1.3 * quiet.std(axis=0).sum()
    assert (quiet.std(axis=0) > 0.1).all()


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    style=st.lists(st.floats(-90, 90), min_size=3, max_size=3),
    loudness=st.lists(st.floats(0, 1), min_size=2, max_size=60),
)
def test_angles_stay_within_the_limit_and_never_jump(seed: int, style: list[float], loudness: list[float]) -> None:
    angles = poses(SpeakingHead(seed, pose_style=style), np.repeat(loudness, 5))
    assert np.abs(angles).max() <= LIMIT
    assert np.abs(np.diff(angles, axis=0)).max(initial=0) < 2  # degrees in 40 ms


def test_stressed_syllables_make_the_head_nod() -> None:
    stressed, even = syllables(10), np.full(250, 0.1)
    down = poses(SpeakingHead(5), even)[:, 0] - poses(SpeakingHead(5), stressed)[:, 0]
    assert 0.5 < down.max() < 6


def test_the_style_is_where_the_head_points() -> None:
    plain, turned = (poses(SpeakingHead(2, pose_style=style), np.zeros(500)) for style in ((0, 0, 0), (2, -4, 1)))
    np.testing.assert_allclose(turned - plain, np.broadcast_to((2, -4, 1), plain.shape), atol=0.3)


def test_the_eyes_keep_looking_ahead_while_the_head_turns() -> None:
    head, weights = SpeakingHead(0, pose_style=(0, 6, 0)), np.zeros(arkit.COUNT, np.float32)
    head.move(0.0, 0.0, weights)
    for name in ("eyeLookInLeft", "eyeLookOutRight"):  # to its own right
        assert weights[arkit.INDEX[name]] == pytest.approx(6 / 30)
    assert weights.sum() == pytest.approx(2 * 6 / 30)


@pytest.mark.parametrize(
    ("gaze", "shapes"),
    [
        ((1, 0), ("eyeLookOutLeft", "eyeLookInRight")),  # the right of the picture is its own left
        ((-1, 0), ("eyeLookInLeft", "eyeLookOutRight")),
        ((0, 1), ("eyeLookUpLeft", "eyeLookUpRight")),
        ((0, -1), ("eyeLookDownLeft", "eyeLookDownRight")),
    ],
)
def test_the_gaze_style_is_where_the_eyes_look(gaze: tuple[int, int], shapes: tuple[str, str]) -> None:
    weights = np.zeros(arkit.COUNT, np.float32)
    SpeakingHead(0, gaze_style=gaze).move(0.0, 0.0, weights)
    assert {arkit.NAMES[i] for i in np.flatnonzero(weights)} == set(shapes)


def test_a_gaze_of_the_frames_is_kept_and_weights_stay_in_range() -> None:
    weights = np.full(arkit.COUNT, 1.0, np.float32)
    SpeakingHead(0, pose_style=(9, -9, 0), gaze_style=(1, 1)).move(0.0, 0.0, weights)
    assert weights.min() >= 0
    assert weights.max() <= 1


def test_large_angles_approach_the_limit_smoothly() -> None:
    angles = np.array([limited(each) for each in np.linspace(-60, 60, 2001)])
    assert (np.diff(angles) >= 0).all()
    assert np.abs(angles).max() <= LIMIT
    assert limited(-5.0) == -5.0
