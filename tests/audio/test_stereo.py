"""Stereo becomes mono, for any chunking, and cancelling channels are noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.audio.stereo import Channel, StereoMixer
from tests.support.sounds import buzz

LEFT = buzz(1, 16000)
OTHER = np.random.default_rng(1).normal(0, 0.2, 16000).astype(np.float32)


def mixed(left: np.ndarray, right: np.ndarray, channel: Channel = "mix", cuts: list[int] | None = None) -> np.ndarray:
    mixer, frames = StereoMixer(2, channel), np.stack([left, right], 1)
    return np.concatenate([mixer.mix(part) for part in np.split(frames, cuts or [])])


@given(cuts=st.lists(st.integers(0, 16000), max_size=20))
def test_any_chunking_gives_the_same(cuts: list[int]) -> None:
    right = np.where(np.arange(16000) < 7000, LEFT, -LEFT)
    assert np.array_equal(mixed(LEFT, right, cuts=sorted(cuts)), mixed(LEFT, right))


def test_opposite_channels_give_the_left_one() -> None:
    mono = mixed(LEFT, -LEFT)
    assert np.array_equal(mono[1024:], LEFT[1024:])


@pytest.mark.parametrize("right", [LEFT, LEFT * np.float32(0.1), OTHER, np.zeros_like(LEFT)])
def test_other_channels_are_averaged(right: np.ndarray) -> None:
    assert np.array_equal(mixed(LEFT, right), (LEFT + right) / np.float32(2))


def test_it_says_when_they_cancel() -> None:
    for right, cancelled in ((LEFT, False), (OTHER, False), (-LEFT, True)):
        mixer = StereoMixer(2)
        mixer.mix(np.stack([LEFT, right], 1))
        assert mixer.cancelled is cancelled


def test_silence_does_not_cancel() -> None:
    mixer = StereoMixer(2)
    mixer.mix(np.zeros((5000, 2), np.float32))
    assert not mixer.cancelled


@pytest.mark.parametrize(("channel", "expected"), [("left", LEFT), ("right", OTHER)])
def test_one_channel_alone(channel: Channel, expected: np.ndarray) -> None:
    assert np.array_equal(mixed(LEFT, OTHER, channel), expected)


def test_mono_stays_as_it_is() -> None:
    assert np.array_equal(StereoMixer(1, "right").mix(LEFT[:, None]), LEFT)


def test_no_frames() -> None:
    assert StereoMixer(2).mix(np.empty((0, 2), np.float32)).shape == (0,)
