"""The audio of a video: the same samples for any chunks, at the right times, at any rate."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.video.sound_track import SOUND_RATE, SoundTrack
from tests.support.sounds import buzz


def taken(track: SoundTrack, frames: int) -> np.ndarray:
    return np.concatenate([track.take() for _ in range(frames)])


def filled(sound: np.ndarray, rate: int, cuts: list[int], fps: int = 25) -> SoundTrack:
    track = SoundTrack(rate, fps)
    for part in np.split(sound, cuts):
        track.add(track.convert(part))
    track.end()
    return track


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 37777, 48000, 96000])
def test_chunks_do_not_change_the_sound(rate: int) -> None:
    sound = buzz(0.5, rate)
    whole = taken(filled(sound, rate, []), 13)
    assert np.array_equal(whole, taken(filled(sound, rate, [1, 2, 777, 2500]), 13))
    assert len(whole) == 13 * SOUND_RATE // 25


def test_the_sound_keeps_its_time() -> None:
    rate = 16000
    sound = np.zeros(rate, np.float32)
    sound[8000:] = np.sin(np.arange(8000) * 0.2).astype(np.float32) * 0.5
    heard = taken(filled(sound, rate, []), 25)
    first = np.flatnonzero(np.abs(heard) > 0.1)[0]
    assert abs(first / SOUND_RATE - 0.5) < 0.001


def test_frames_divide_the_sound_without_a_gap_where_their_length_is_no_whole_number() -> None:
    sound = np.arange(SOUND_RATE, dtype=np.float32) / SOUND_RATE
    track = filled(sound, SOUND_RATE, [], fps=29)
    lengths = [len(part) for part in (track.take() for _ in range(29))]
    assert sum(lengths) == SOUND_RATE
    assert max(lengths) - min(lengths) == 1


def test_a_frame_is_ready_once_its_sound_is_there() -> None:
    track = SoundTrack(SOUND_RATE, 25)
    track.add(np.zeros(1919, np.float32))
    assert not track.ready()
    track.add(np.zeros(1, np.float32))
    assert track.ready()
    track.take()
    assert not track.ready()


def test_silence_follows_the_end() -> None:
    track = SoundTrack(16000, 25)
    track.add(track.convert(np.full(100, 0.5, np.float32)))
    assert not track.ready()
    track.end()
    assert track.ready()
    assert not taken(track, 3)[1920:].any()


def test_no_sound_at_all_is_silence() -> None:
    track = SoundTrack(16000, 25)
    track.end()
    assert not track.take().any()


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 44100, 48000])
def test_the_lookahead_covers_what_the_resampler_withholds(rate: int) -> None:
    track = SoundTrack(rate, 25)
    needed = int(track.lookahead * rate) + 1
    track.add(track.convert(np.zeros(needed, np.float32)))
    assert track.ready()
