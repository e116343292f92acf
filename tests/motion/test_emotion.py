"""Emotions: blended over 300 ms, in any order of changes, and without opening closed lips."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.errors import BadMessage
from a2f_server.motion import profiles
from a2f_server.motion.contract import Context
from a2f_server.motion.emotion import BLEND_S, MOST_KEYS, OPENS, Emotion, EmotionTrack, aperture, vector

JOY, ANGER = arkit.EMOTIONS.index("joy"), arkit.EMOTIONS.index("anger")
EXPRESSIONS = profiles.load().expressions
SHARES = st.floats(0, 1, width=32)


def coloured(weights: np.ndarray, emotions: np.ndarray) -> np.ndarray:
    mood = np.broadcast_to(emotions.astype(np.float32), (len(weights), 10))
    return Emotion(Context(30, 0, EXPRESSIONS)).process(weights.copy(), 0, mood)


def joy(track: EmotionTrack, *times: float) -> list[float]:
    return [float(track.at(time)[JOY]) for time in times]


def test_a_vector_has_the_ten_emotions_in_order() -> None:
    assert vector({}).tolist() == [0] * 10
    assert vector({"sadness": 0.5, "amazement": 1}).tolist() == [1, *[0] * 8, 0.5]


def test_initial_emotions_apply_from_the_first_frame() -> None:
    assert joy(EmotionTrack({"joy": 0.5}), 0, 0.1, 9) == [0.5, 0.5, 0.5]


def test_emotions_are_blended_over_300_ms() -> None:
    track = EmotionTrack()
    track.set({"joy": 1.0}, at=1.0)
    assert joy(track, 0, 1.0, 1.15, 1.3, 2) == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-6)
    assert pytest.approx(0.3) == BLEND_S


def test_new_emotions_replace_all_others() -> None:
    track = EmotionTrack({"joy": 1.0})
    track.set({"anger": 1.0}, at=1.0)
    assert track.at(2)[[JOY, ANGER]].tolist() == [0, 1]
    assert track.at(1.15)[[JOY, ANGER]] == pytest.approx([0.5, 0.5], abs=1e-6)


def test_a_change_during_a_blend_starts_from_the_current_value() -> None:
    track = EmotionTrack()
    track.set({"joy": 1.0}, at=1.0)
    track.set({}, at=1.15)
    assert joy(track, 1.15, 1.3, 1.45) == pytest.approx([0.5, 0.25, 0], abs=1e-6)


def test_the_last_of_two_changes_at_one_time_wins() -> None:
    track = EmotionTrack()
    track.set({"joy": 1.0}, at=1.0)
    track.set({"joy": 0.4}, at=1.0)
    assert joy(track, 1.0, 1.15, 2) == pytest.approx([0, 0.2, 0.4], abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 40), SHARES), max_size=8, unique_by=lambda key: key[0]), st.randoms())
def test_changes_may_come_in_any_order(keys: list[tuple[int, float]], chance: object) -> None:
    sorted_track, shuffled_track = EmotionTrack(), EmotionTrack()
    for time, share in sorted(keys):
        sorted_track.set({"joy": share}, time / 10)
    chance.shuffle(keys)  # type: ignore[attr-defined]
    for time, share in keys:
        shuffled_track.set({"joy": share}, time / 10)
    for time in np.arange(0, 5, 0.07):
        assert np.array_equal(sorted_track.at(time), shuffled_track.at(time))


@given(st.lists(st.tuples(st.integers(0, 40), SHARES), min_size=1, max_size=8), st.floats(0, 5))
def test_forgetting_keeps_changes_that_still_have_an_effect(keys: list[tuple[int, float]], before: float) -> None:
    whole, short = EmotionTrack({"joy": 0.7}), EmotionTrack({"joy": 0.7})
    for time, share in keys:
        whole.set({"joy": share}, time / 10)
        short.set({"joy": share}, time / 10)
    short.forget(before)
    for time in before + np.arange(0, 3, 0.07):
        assert np.array_equal(whole.at(time), short.at(time))


def test_forgetting_frees_memory() -> None:
    track = EmotionTrack()
    for k in range(5000):
        track.set({"joy": k % 2}, at=k / 10)
        track.forget(k / 10 - 1)
    assert len(track._times) < 20


def test_neutral_costs_nothing() -> None:
    assert EmotionTrack().over(0, 5, 30) is None
    assert EmotionTrack({"joy": 0.0}).over(0, 5, 30) is None
    mood = EmotionTrack({"joy": 1.0}).over(3, 5, 30)
    assert mood is not None
    assert mood.shape == (5, 10)


def test_every_frame_has_the_emotions_of_its_time() -> None:
    track = EmotionTrack()
    track.set({"joy": 1.0}, at=0.5)
    over = track.over(10, 20, 30)
    assert over is not None
    assert all(np.array_equal(row, track.at((10 + i) / 30)) for i, row in enumerate(over))


def test_a_change_before_the_start_applies_at_the_start() -> None:
    track = EmotionTrack()
    track.set({"joy": 1.0}, at=-3)
    assert joy(track, 0.15) == pytest.approx([0.5], abs=1e-6)


def test_too_many_changes_are_refused() -> None:
    track = EmotionTrack()
    for k in range(MOST_KEYS - 1):
        track.set({"joy": 1.0}, at=k)
    with pytest.raises(BadMessage, match=f"{MOST_KEYS} emotion changes"):
        track.set({}, at=0.0)


def test_neutral_changes_nothing() -> None:
    weights = np.random.default_rng(0).random((5, 52), np.float32)
    assert np.array_equal(Emotion(Context(30, 0, EXPRESSIONS)).process(weights.copy(), 0, None), weights)
    assert np.array_equal(coloured(weights, np.zeros(10)), weights)


@pytest.mark.parametrize("name", arkit.EMOTIONS)
def test_every_emotion_is_seen_on_a_still_face(name: str) -> None:
    face = coloured(np.zeros((1, 52), np.float32), vector({name: 1.0}))
    assert face.max() >= 0.3
    assert not face[:, OPENS].any(), "closed lips stay closed"


def test_shapes_that_close_the_lips_do_not_count_as_opening_them() -> None:
    names = {name for name, opens in zip(arkit.NAMES, OPENS, strict=True) if opens}
    assert {"jawOpen", "mouthLowerDownLeft", "mouthUpperUpRight"} <= names
    assert not names & {"mouthClose", "mouthPressLeft", "mouthRollLower", "mouthSmileLeft", "mouthFrownLeft"}


def faces(count: int, seed: int) -> np.ndarray:
    """Arbitrary frames, many of them with closed lips."""
    rng = np.random.default_rng(seed)
    weights = rng.random((count, 52), np.float32) * rng.random((count, 1), np.float32)
    weights[:, arkit.INDEX["jawOpen"]] *= rng.integers(0, 2, count)
    weights[:, OPENS] *= rng.integers(0, 2, (count, 1))
    return weights


@pytest.mark.parametrize("name", arkit.EMOTIONS)
def test_no_emotion_opens_a_closure(name: str) -> None:
    before = faces(400, seed=len(name))
    closed = aperture(before) == 0
    assert 50 < closed.sum() < 400
    after = coloured(before, vector({name: 1.0}))
    assert not aperture(after)[closed].any()
    assert not aperture(np.clip(after, 0, 1))[closed].any(), "nor does the clamp that follows"


@settings(max_examples=60)
@given(st.lists(SHARES, min_size=10, max_size=10), st.integers(0, 1000))
def test_no_mixture_of_emotions_opens_a_closure(shares: list[float], seed: int) -> None:
    before = faces(60, seed)
    closed = aperture(before) == 0
    after = coloured(before, np.array(shares))
    assert not aperture(after)[closed].any()
    assert not aperture(np.clip(after, 0, 1))[closed].any()


def test_open_lips_open_as_far_as_the_emotion_asks() -> None:
    open_mouth = np.zeros((1, 52), np.float32)
    open_mouth[0, arkit.INDEX["jawOpen"]] = 0.5
    jaw = arkit.INDEX["jawOpen"]
    assert coloured(open_mouth, vector({"amazement": 1.0}))[0, jaw] == pytest.approx(0.77, abs=1e-6)


def test_lips_part_without_a_jump() -> None:
    """The jaw opens in a hundred steps, and the weights that joy and amazement add follow without a jump."""
    opening = np.zeros((101, 52), np.float32)
    opening[:, arkit.INDEX["jawOpen"]] = np.linspace(0, 0.3, 101)
    jaw = coloured(opening, vector({"amazement": 1.0}))[:, arkit.INDEX["jawOpen"]]
    assert 0 < np.diff(jaw).min() <= np.diff(jaw).max() < 0.01


def test_emotions_add_up() -> None:
    half = coloured(np.zeros((1, 52), np.float32), vector({"joy": 0.5}))
    assert half[0, arkit.INDEX["mouthSmileLeft"]] == pytest.approx(0.45, abs=1e-6)
    both = coloured(np.zeros((1, 52), np.float32), vector({"joy": 1.0, "disgust": 1.0}))
    assert both[0, arkit.INDEX["browInnerUp"]] == pytest.approx(0.25, abs=1e-6)
    assert both[0, arkit.INDEX["eyeSquintLeft"]] == pytest.approx(0.95, abs=1e-6)


def test_three_hundred_milliseconds_are_nine_frames() -> None:
    track = EmotionTrack()
    track.set({"joy": 1.0}, at=1.0)
    assert Fraction(9, 30) == Fraction(3, 10)
    assert joy(track, 39 / 30)[0] == pytest.approx(1, abs=1e-6)
    assert joy(track, 38 / 30)[0] < 1


def test_changes_in_falling_order_are_those_in_rising_order() -> None:
    """Each change used to recompute all later ones: a thousand in falling order cost seconds."""
    times = [i * 0.1 for i in range(1, 100)]
    rising, falling = EmotionTrack({"joy": 0.2}), EmotionTrack({"joy": 0.2})
    for track, order in ((rising, times), (falling, times[::-1])):
        for at in order:
            track.set({"anger": at / 10}, at)
    assert np.array_equal(rising.over(0, 400, 30), falling.over(0, 400, 30))


def test_setting_emotions_computes_no_blend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of a change does not depend on how many there are."""
    track = EmotionTrack()
    monkeypatch.setattr(EmotionTrack, "_blend", lambda *_: pytest.fail("a change was blended before it was needed"))
    for i in range(100):
        track.set({"joy": 0.5}, 100 - i)
