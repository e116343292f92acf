"""Gaze: saccades depend on the seed alone, both eyes together, at any frame rate and for any split into calls."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.gaze import Gaze
from tests.motion.acting import acted, context, still

LOOKS = [i for i, name in enumerate(arkit.NAMES) if name.startswith("eyeLook")]
DEGREES = 30
"""Degrees at weight 1."""


def looked(frames: int, fps: int = 30, seed: int = 0, cuts: list[int] | None = None, **parameters: float) -> np.ndarray:
    """Frames of a still face."""
    return acted(Gaze(context(fps, seed), **parameters), still(frames), cuts)


def part(face: np.ndarray, name: str) -> np.ndarray:
    return face[:, arkit.INDEX[f"eyeLook{name}"]].astype(float)


def angles(face: np.ndarray) -> np.ndarray:
    """Degrees of the left eye, to the face's left and up."""
    left, up = part(face, "OutLeft") - part(face, "InLeft"), part(face, "UpLeft") - part(face, "DownLeft")
    return np.stack([left, up], axis=1) * DEGREES


def jumps(face: np.ndarray, fps: int) -> np.ndarray:
    """Frames at which a saccade begins: the eye turns at more than 8 degrees per second."""
    fast = np.hypot(*np.diff(angles(face), axis=0).T) * fps > 8
    return np.flatnonzero(fast[1:] & ~fast[:-1]) + 1


def test_the_seed_alone_decides_the_gaze() -> None:
    assert np.array_equal(looked(3000, seed=1), looked(3000, seed=1))
    assert not np.array_equal(looked(3000, seed=1), looked(3000, seed=2))


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_any_seed_looks_around_in_every_direction(seed: int) -> None:
    eyes = looked(30 * 120, seed=seed)
    assert (eyes[:, LOOKS].max(axis=0) > 0.03).all()


def test_nothing_else_moves() -> None:
    """Nor do the lids: ARKit's eyeLookUp and eyeLookDown include them."""
    assert not np.delete(looked(1800), LOOKS, axis=1).any()


@settings(max_examples=30)
@given(st.integers(10, 60), st.integers(0, 2**32 - 1), st.lists(st.integers(0, 600), max_size=40))
def test_splitting_frames_into_calls_changes_nothing(fps: int, seed: int, cuts: list[int]) -> None:
    assert np.array_equal(looked(600, fps, seed, cuts), looked(600, fps, seed))


@pytest.mark.parametrize("shortest", [0.1, 0.4])
def test_one_frame_at_a_time(shortest: float) -> None:
    one_by_one = looked(400, 10, cuts=list(range(400)), shortest=shortest, longest=shortest)
    assert np.array_equal(one_by_one, looked(400, 10, shortest=shortest, longest=shortest))


def test_a_frame_that_two_rates_share_is_the_same() -> None:
    assert np.array_equal(looked(3600, 60)[::2], looked(1800, 30))
    assert np.array_equal(looked(3600, 60)[::6], looked(600, 10))


def test_both_eyes_look_the_same_way() -> None:
    eyes = looked(3600)
    assert np.array_equal(part(eyes, "OutLeft"), part(eyes, "InRight"))
    assert np.array_equal(part(eyes, "InLeft"), part(eyes, "OutRight"))
    assert np.array_equal(part(eyes, "UpLeft"), part(eyes, "UpRight"))
    assert np.array_equal(part(eyes, "DownLeft"), part(eyes, "DownRight"))


def test_no_eye_looks_in_two_directions() -> None:
    eyes = looked(3600)
    assert not (part(eyes, "OutLeft") * part(eyes, "InLeft")).any()
    assert not (part(eyes, "UpLeft") * part(eyes, "DownLeft")).any()


@pytest.mark.parametrize("widest", [3.0, 5.0, 10.0])
def test_eyes_stay_near_the_centre(widest: float) -> None:
    face = looked(30 * 600, widest=widest)
    far = np.abs(angles(face)).max(axis=0)
    assert (far <= widest + 1e-5).all()
    assert (far > widest * 0.8).all(), "and use all of the room"
    assert face.min() >= 0


def test_a_width_of_zero_keeps_the_eyes_still() -> None:
    assert not looked(900, widest=0).any()


def test_an_utterance_begins_with_a_look_straight_ahead() -> None:
    assert not any(looked(6, seed=seed).any() for seed in range(20)), "0.2 s, half of the shortest rest"


def test_saccades_are_rare() -> None:
    begins = jumps(looked(1000 * 300, 1000), 1000) / 1000
    rests = np.diff(begins)
    assert rests.min() >= 0.38
    assert rests.max() <= 5.1, "two rests around a jump that is too small to count"
    assert 1.2 < rests.mean() < 1.8


def test_saccades_are_quick_and_mostly_small() -> None:
    face = angles(looked(1000 * 300, 1000))
    fast = np.hypot(*np.diff(face, axis=0).T) * 1000 > 2
    edges = np.flatnonzero(np.diff(fast.astype(int)))
    begins, ends = edges[::2], edges[1::2]
    count = min(len(begins), len(ends))
    assert 30 <= (ends[:count] - begins[:count]).max() <= 60, "ms"
    lengths = np.hypot(*(face[ends[:count]] - face[begins[:count]]).T)
    assert lengths.max() <= 5.2
    assert np.median(lengths) <= 2.6


def test_a_saccade_takes_a_frame_or_two_at_30_fps() -> None:
    speed = np.hypot(*np.diff(angles(looked(30 * 300)), axis=0).T) * 30
    fast = np.flatnonzero(speed > 8)
    runs = np.split(fast, np.flatnonzero(np.diff(fast) > 1) + 1)
    assert max(map(len, runs)) <= 3


def test_the_gaze_drifts_towards_the_centre() -> None:
    face, fps = looked(1000 * 60, 1000), 1000
    away = np.hypot(*angles(face).T)
    begins = jumps(face, fps)
    middle = [(a + 100, b - 20) for a, b in pairwise(begins) if b - a > 200]
    assert len(middle) > 20
    assert np.mean([away[b] < away[a] for a, b in middle]) > 0.9


def test_looking_up_first_undoes_a_look_down() -> None:
    """If an emotion or the model looks down, the gaze moves around that direction."""
    held = still(3000)
    held[:, [arkit.INDEX["eyeLookDownLeft"], arkit.INDEX["eyeLookDownRight"]]] = 0.5
    face = acted(Gaze(context()), held)
    assert not part(face, "UpLeft").any()
    np.testing.assert_allclose(angles(face), angles(looked(3000)) - [0, 15], atol=1e-4)


def test_never_beyond_one() -> None:
    face = acted(Gaze(context()), np.ones((900, 52), np.float32))
    assert face.max() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"widest": -1.0}, "widest is degrees, 0 ≤ widest ≤ 10"),
        ({"widest": 11.0}, "widest is degrees"),
        ({"widest": float("nan")}, "widest is degrees"),
        ({"widest": "far"}, "widest is degrees"),
        ({"widest": True}, "widest is degrees"),
        ({"shortest": 0.0}, r"seconds, 0\.1 ≤ shortest ≤ longest ≤ 3600"),
        ({"shortest": 3.0}, "shortest ≤ longest"),
        ({"longest": float("inf")}, "shortest ≤ longest"),
        ({"shortest": "fast"}, "shortest ≤ longest"),
    ],
    ids=str,
)
def test_parameters_out_of_range_are_refused(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Gaze(context(), **wrong)
