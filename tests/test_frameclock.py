"""Frames and samples are counted in integers: no rate drifts."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from a2f_server.frameclock import frame_count, native_position, samples_due

SAMPLES = st.integers(0, 10**12)
RATES = st.integers(8000, 192000)
FPS = st.integers(10, 60)
FRAMES = st.integers(0, 10**9)


@given(SAMPLES, RATES, FPS)
def test_audio_has_a_frame_for_every_instant_within_it(samples: int, rate: int, fps: int) -> None:
    count = frame_count(samples, rate, fps)
    assert type(count) is int
    assert count == math.ceil(Fraction(samples * fps, rate))
    assert Fraction(count, fps) >= Fraction(samples, rate), "the last frame lasts to the end of the audio"
    assert count == 0 or Fraction(count - 1, fps) < Fraction(samples, rate), "and begins within it"


@given(RATES, FPS)
def test_no_samples_no_frames_and_one_sample_one(rate: int, fps: int) -> None:
    assert frame_count(0, rate, fps) == 0
    assert frame_count(1, rate, fps) == 1


@given(FRAMES, FPS, st.fractions(0, 2, max_denominator=10**6), RATES)
def test_a_frame_is_due_after_ceil_of_its_instant_and_the_lookahead(
    frame: int, fps: int, lookahead: Fraction, rate: int
) -> None:
    due = samples_due(frame, fps, lookahead, rate)
    assert type(due) is int
    assert due == math.ceil((Fraction(frame, fps) + lookahead) * rate)


@given(FRAMES, FPS, RATES)
def test_a_frame_without_lookahead_is_due_before_its_count_is_reached(frame: int, fps: int, rate: int) -> None:
    assert frame_count(samples_due(frame, fps, Fraction(0), rate), rate, fps) <= frame + 1


@given(FRAMES, FPS, st.integers(1, 120))
def test_the_position_between_native_frames_is_exact(frame: int, fps: int, frame_rate: int) -> None:
    index, rest = native_position(frame, fps, frame_rate)
    assert type(index) is int
    assert 0 <= rest < 1
    assert Fraction(index) + rest == Fraction(frame * frame_rate, fps)


def test_equal_rates_need_no_interpolation() -> None:
    assert all(native_position(i, 30, 30) == (i, 0) for i in range(100))
    assert native_position(1, 60, 30) == (0, Fraction(1, 2))
    assert native_position(3, 24, 30) == (3, Fraction(3, 4))


def test_a_day_at_an_odd_rate_does_not_drift() -> None:
    day = 24 * 3600
    assert frame_count(44100 * day, 44100, 30) == 30 * day
    assert frame_count(11025 * day, 11025, 59) == 59 * day
    assert samples_due(59 * day, 59, Fraction(0), 11025) == 11025 * day
