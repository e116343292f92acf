"""A voice's own animation on the utterance's clock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.engine.voice_animation import VoiceAnimation

RATE = 24000


def rows(count: int, start: float = 0.0, step: float = 0.01) -> np.ndarray:
    """Returns rows in which every column rises by `step` per row."""
    return np.tile((start + step * np.arange(count, dtype=np.float32))[:, None], (1, 55))


def popped(face: VoiceAnimation) -> np.ndarray:
    out = [np.zeros((0, 52), np.uint16)]
    while frames := face.pop():
        assert frames.first == sum(map(len, out))
        out.append(frames.values)
    return np.concatenate(out)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


@pytest.mark.parametrize(("fps", "step"), [(60, 0.01), (30, 0.02), (20, 0.03), (25, 0.024), (10, 0.06)])
def test_rows_are_read_at_the_frames_instants(fps: int, step: float) -> None:
    face = VoiceAnimation(RATE, fps)
    face.add(0, rows(60))
    face.write(silence(1))
    face.end()
    shown = popped(face)[:, 17] / 65535
    within = np.arange(len(shown)) * 60 <= 59 * fps
    np.testing.assert_allclose(shown[within], (step * np.arange(len(shown)))[within], atol=1e-4)
    assert len(shown) == fps
    assert face.finished


def test_values_are_clipped_and_angles_left_out() -> None:
    face = VoiceAnimation(RATE, 60)
    animation = np.tile(np.array([-0.5, 0.5, 1.5], np.float32)[:, None], (1, 55))
    face.add(0, animation)
    face.write(silence(0.05))
    face.end()
    assert popped(face)[:, 0].tolist() == [0, 32768, 65535]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=10), st.lists(st.integers(1, 5000), max_size=10))
def test_chunking_changes_nothing(cuts: list[int], chunks: list[int]) -> None:
    animation, sound = rows(sum(cuts), step=0.003), silence(sum(cuts) / 60)
    whole = VoiceAnimation(RATE, 25)
    whole.add(0, animation)
    whole.write(sound)
    whole.end()
    parts, at, out = VoiceAnimation(RATE, 25), 0, 0
    for cut in cuts:
        parts.add(at, animation[at : at + cut])
        at += cut
        chunk = chunks.pop() if chunks else 0
        parts.write(sound[out : out + chunk])
        out += chunk
    parts.write(sound[out:])
    parts.end()
    np.testing.assert_array_equal(popped(parts), popped(whole))


def test_frames_do_not_run_ahead_of_the_audio() -> None:
    face = VoiceAnimation(RATE, 30)
    face.add(0, rows(120))
    assert face.pop() is None
    face.write(silence(0.5))
    assert len(popped(face)) == 15
    assert not face.finished


def test_gaps_are_interpolated_and_duplicates_dropped() -> None:
    face = VoiceAnimation(RATE, 60)
    face.add(0, rows(3))
    face.add(6, rows(3, 0.06))
    face.add(4, rows(5, 0.9))
    face.write(silence(9 / 60))
    face.end()
    np.testing.assert_allclose(popped(face)[:, 0] / 65535, np.arange(9) * 0.01, atol=1e-4)


def test_a_face_returns_to_neutral_when_its_animation_ends() -> None:
    face = VoiceAnimation(RATE, 60)
    face.add(0, np.full((6, 55), 0.8, np.float32))
    face.write(silence(1))
    face.end()
    shown = popped(face)[:, 0] / 65535
    assert len(shown) == 60
    assert np.all(np.diff(shown) <= 0)
    assert np.all(shown[20:] == 0)


def test_without_animation_there_are_no_frames() -> None:
    face = VoiceAnimation(RATE, 30)
    face.write(silence(1))
    assert face.pop() is None
    assert not face.animated
    face.end()
    assert face.pop() is None
    assert face.finished
