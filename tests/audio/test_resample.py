"""Streaming resampling: any chunking gives the same bits, audio stays at its time, and the delay is bounded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.audio.resample import MOST_WITHHELD, Resampler, _measured, lookahead
from tests.support.sounds import buzz

PAIRS = [(8000, 16000), (44100, 16000), (48000, 16000), (22050, 24000), (96000, 16000)]


def resampled(sound: np.ndarray, source: int, target: int, cuts: list[int] | None = None) -> np.ndarray:
    converter, parts, at = Resampler(source, target), [], 0
    for cut in [*sorted(cuts or []), len(sound)]:
        parts.append(converter.feed(sound[at:cut]))
        at = max(at, cut)
    return np.concatenate([*parts, converter.finish()])


@settings(max_examples=40)
@given(pair=st.sampled_from(PAIRS), cuts=st.lists(st.integers(0, 6000), max_size=25), seed=st.integers(0, 9))
def test_chunking_changes_no_bit(pair: tuple[int, int], cuts: list[int], seed: int) -> None:
    sound = buzz(0.1, pair[0], seed=seed)
    assert np.array_equal(resampled(sound, *pair, cuts), resampled(sound, *pair))


@pytest.mark.parametrize("pair", PAIRS[:3])
def test_one_sample_at_a_time(pair: tuple[int, int]) -> None:
    sound = buzz(0.05, pair[0])
    assert np.array_equal(resampled(sound, *pair, list(range(len(sound)))), resampled(sound, *pair))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_length_is_kept(pair: tuple[int, int]) -> None:
    source, target = pair
    for size in (1, 100, source // 7, source):
        out = resampled(np.zeros(size, np.float32), source, target)
        assert out.dtype == np.float32
        assert abs(len(out) - size * target / source) <= 1


@pytest.mark.parametrize("pair", PAIRS)
def test_a_click_keeps_its_time(pair: tuple[int, int]) -> None:
    source, target = pair
    for at in (0.05, 0.1234, 0.2):
        sound = np.zeros(source // 4, np.float32)
        sound[round(at * source)] = 1
        heard = np.abs(resampled(sound, source, target)).argmax() / target
        assert abs(heard - round(at * source) / source) <= 0.501 / target


@pytest.mark.parametrize("pair", PAIRS)
def test_a_tone_keeps_its_pitch_loudness_and_phase(pair: tuple[int, int]) -> None:
    source, target = pair
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(source // 2) / source)
    out = resampled(tone.astype(np.float32), source, target)
    wanted = 0.5 * np.sin(2 * np.pi * 440 * np.arange(len(out)) / target)
    inner = slice(target // 10, -target // 10)
    assert np.abs(out[inner] - wanted[inner]).max() < 1e-3


@pytest.mark.parametrize("pair", PAIRS[:4])
@pytest.mark.parametrize("size", [1, 7, 160, 4096])
def test_the_lookahead_is_a_bound(pair: tuple[int, int], size: int) -> None:
    """For any chunking, the withheld audio is never longer than the look-ahead."""
    source, target = pair
    converter, bound = Resampler(source, target), lookahead(source, target)
    fed = got = 0
    chunk = np.zeros(size, np.float32)
    while fed < source * (0.4 if size < 100 else 3):
        got += len(converter.feed(chunk))
        fed += size
        assert Fraction(fed, source) - Fraction(got, target) <= bound


@pytest.mark.parametrize("pair", PAIRS)
def test_the_lookahead_is_short(pair: tuple[int, int]) -> None:
    assert 0 < lookahead(*pair) < Fraction(3, 20)


@pytest.mark.parametrize("target", [8000, 16000, 24000, 48000])
def test_a_rare_rate_gets_an_upper_bound(target: int) -> None:
    """Measuring each of 40 000 rates would take 40 ms of the event loop."""
    for source in (8138, 23908, 47809, 90917):
        bound = lookahead(source, target)
        assert bound == Fraction(MOST_WITHHELD, min(source, target))
        assert _measured(source, target) < bound


def test_equal_rates_have_no_lookahead() -> None:
    assert lookahead(16000, 16000) == 0
