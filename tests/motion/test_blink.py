"""Blinks: times depend on the seed alone, at any frame rate and for any split into calls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.blink import Blink
from a2f_server.motion.contract import Context

LEFT, RIGHT = arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]
NEUTRAL = np.zeros((10, 52), np.float32)


def blink(fps: int = 30, seed: int = 0, **parameters: float) -> Blink:
    return Blink(Context(fps, seed, NEUTRAL), **parameters)


def blinked(
    frames: int, fps: int = 30, seed: int = 0, cuts: list[int] | None = None, **parameters: float
) -> np.ndarray:
    """Frames of a still face."""
    processor, parts, at = blink(fps, seed, **parameters), [], 0
    for cut in [*sorted(min(cut, frames) for cut in cuts or []), frames]:
        parts.append(processor.process(np.zeros((cut - at, 52), np.float32), at, None))
        at = cut
    return np.concatenate(parts)


def times(lid: np.ndarray, fps: int) -> np.ndarray:
    """Seconds at which blinks begin: the first moving frames."""
    moving = lid > 0
    return np.flatnonzero(moving[1:] & ~moving[:-1]) / fps


def test_the_same_seed_blinks_at_the_same_times_and_another_at_others() -> None:
    assert np.array_equal(blinked(3000, seed=1), blinked(3000, seed=1))
    assert not np.array_equal(blinked(3000, seed=1), blinked(3000, seed=2))


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_any_seed_blinks(seed: int) -> None:
    assert len(times(blinked(30 * 60, seed=seed)[:, LEFT], 30)) >= 9


def test_both_lids_move_together_and_nothing_else_does() -> None:
    frames = blinked(1800)
    assert np.array_equal(frames[:, LEFT], frames[:, RIGHT])
    assert not np.delete(frames, [LEFT, RIGHT], axis=1).any()


@settings(max_examples=50)
@given(st.integers(10, 60), st.integers(0, 2**32 - 1), st.lists(st.integers(0, 900), max_size=40))
def test_splitting_frames_into_calls_changes_nothing(fps: int, seed: int, cuts: list[int]) -> None:
    assert np.array_equal(blinked(900, fps, seed, cuts), blinked(900, fps, seed))


@pytest.mark.parametrize("shortest", [0.3, 2.0])
def test_one_frame_at_a_time(shortest: float) -> None:
    one_by_one = blinked(600, cuts=list(range(600)), shortest=shortest, longest=shortest)
    assert np.array_equal(one_by_one, blinked(600, shortest=shortest, longest=shortest))


@pytest.mark.parametrize("fps", [10, 24, 60])
def test_times_do_not_depend_on_the_rate(fps: int) -> None:
    """The first moving frame is at most two frames after the start of the blink."""
    wanted, got = (times(blinked(60 * rate, rate)[:, LEFT], rate) for rate in (30, fps))
    assert len(wanted) == len(got) > 8
    assert np.abs(wanted - got).max() <= 2 / min(30, fps)


def test_a_frame_that_two_rates_share_is_the_same() -> None:
    assert np.array_equal(blinked(3600, 60)[::2], blinked(1800, 30))
    assert np.array_equal(blinked(3600, 60)[::6], blinked(600, 10))


@pytest.mark.parametrize(("shortest", "longest"), [(2.0, 6.0), (4.0, 9.0), (1.0, 1.5)])
def test_intervals_keep_their_bounds(shortest: float, longest: float) -> None:
    begins = times(blinked(1000 * 600, 1000, shortest=shortest, longest=longest)[:, LEFT], 1000)
    pauses = np.diff(begins)
    assert pauses.min() >= shortest - 0.002
    assert pauses.max() <= longest + 0.002
    assert np.ptp(pauses) > 0.8 * (longest - shortest), "and use all of the room"
    assert begins[0] <= longest / 2


def test_lids_close_fully_at_30_fps() -> None:
    lid = blinked(30 * 300)[:, LEFT]
    begins = np.flatnonzero((lid[1:] > 0) & (lid[:-1] == 0)) + 1
    peaks = [lid[k : k + 9].max() for k in begins]
    assert min(peaks) == 1, "the lids rest 40 ms, longer than a frame lasts"


def test_a_blink_has_a_natural_duration() -> None:
    lid = blinked(1000 * 60, 1000)[:, LEFT]
    moving = np.flatnonzero(lid > 0)
    lengths = [len(part) for part in np.split(moving, np.flatnonzero(np.diff(moving) > 1) + 1)]
    assert {length for length in lengths if length > 1} <= {258, 259, 260}
    assert lid.max() == 1


def test_a_lid_that_the_model_holds_closed_is_not_opened() -> None:
    held = np.zeros((900, 52), np.float32)
    held[:, LEFT], held[:, RIGHT] = 1, 0.6
    frames = blink().process(held.copy(), 0, None)
    assert (frames[:, LEFT] == 1).all()
    assert (frames[:, RIGHT] >= np.float32(0.6)).all()
    assert frames[:, RIGHT].max() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"shortest": 0.0, "longest": 0.0},
        {"shortest": 0.1},
        {"shortest": -1.0},
        {"shortest": 5.0, "longest": 2.0},
        {"longest": float("inf")},
        {"shortest": float("nan")},
        {"shortest": "fast"},
        {"shortest": True},
    ],
    ids=str,
)
def test_intervals_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    """Overlapping blinks would depend on the split into calls, and blinks without a pause would never end."""
    with pytest.raises(ValueError, match=r"0\.3"):
        blink(**wrong)
