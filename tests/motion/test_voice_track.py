"""VoiceTrack: the same blocks for any chunks, at the right times, and no more than are needed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.audio.sample_buffer import SampleBuffer
from a2f_server.motion.voice_track import VoiceTrack
from tests.support.voices import spoken

AHEAD = Fraction(1, 10)


def line(rate: int) -> SampleBuffer:
    made = SampleBuffer()
    made.append(spoken(3, rate))
    return made


@settings(max_examples=20)
@given(st.sampled_from([8000, 16000, 22254]), st.lists(st.integers(0, 60000), max_size=20))
def test_splits_change_nothing(rate: int, cuts: list[int]) -> None:
    sound, whole, split = line(rate), VoiceTrack(rate, AHEAD), VoiceTrack(rate, AHEAD)
    whole.hear(sound, sound.total)
    for cut in [*sorted(min(cut, sound.total) for cut in cuts), sound.total]:
        split.hear(sound, cut)
    assert len(whole.blocks(0, 99)) == 4
    assert np.array_equal(whole.blocks(0, 99), split.blocks(0, 99))
    assert split.needed_from == 4 * 16 * rate // 25


def test_a_block_is_heard_once_the_model_has_had_it() -> None:
    """It ends at 0.64 s, which the model has had at 0.54 s."""
    track = VoiceTrack(16000, AHEAD)
    assert [track.heard(frame, 100) for frame in (0, 53, 54, 117, 118)] == [0, 0, 1, 1, 2]
    assert VoiceTrack(16000, Fraction(-1, 2)).heard(0, 30) == 0
    assert VoiceTrack(16000, Fraction(-1, 2)).heard(35, 30) == 1


def test_what_was_heard_is_forgotten() -> None:
    sound, track, kept = line(16000), VoiceTrack(16000, AHEAD), VoiceTrack(16000, AHEAD, keep=True)
    for one in (track, kept):
        one.hear(sound, sound.total)
        one.forget(118, 100)
    assert np.array_equal(track.blocks(2, 4), kept.blocks(2, 4))
    assert len(track.blocks(2, 99)) == 2
    assert len(kept.blocks(0, 99)) == 4
