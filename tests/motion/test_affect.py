"""Affect: small, in the right direction, never against what a client sets, and never on closed lips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.arrays import Samples
from a2f_server.audio.files import decode_file
from a2f_server.motion.affect import FALL_S, YIELD_S, Affect
from a2f_server.motion.contract import VoiceFollower
from a2f_server.motion.offset_names import OffsetNames
from tests.motion.acting import column, context, heard, still
from tests.support.voices import spoken

LIVELY = spoken(8, movement=4, tempo=4)
TENSE = np.concatenate([spoken(6), spoken(4, pitch=190, level=0.35, tilt=1.4)])
SUBDUED = spoken(8, movement=0.4, tempo=1.4)
BROWS_UP, BROWS_DOWN = ("browInnerUp", "browOuterUpLeft"), ("browDownLeft",)


def shown(
    sound: Samples,
    rate: int = 16000,
    *,
    face: np.ndarray | None = None,
    emotions: np.ndarray | None = None,
    offsets: OffsetNames | None = None,
    fps: int = 30,
    strength: float = 0.4,
    step: int = 10**6,
) -> np.ndarray:
    """Returns what is added to a mouth that is open, frame by frame."""
    frames = len(sound) * fps // rate
    face = ajar(frames) if face is None else face[:frames]
    made = context(fps)
    affect = Affect(made if offsets is None else type(made)(fps, 0, made.expressions, offsets=offsets), strength)
    affect.voice = heard(sound, rate)
    parts = [
        affect.process(face[i : i + step].copy(), i, None if emotions is None else emotions[i : i + step])
        for i in range(0, frames, step)
    ]
    return np.concatenate(parts) - face


def ajar(frames: int) -> np.ndarray:
    face = still(frames)
    face[:, arkit.INDEX["jawOpen"]] = 0.3
    return face


def most(face: np.ndarray, *names: str) -> float:
    return min(float(column(face, name).max()) for name in names)


def test_it_follows_the_voice() -> None:
    assert isinstance(Affect(context()), VoiceFollower)


def test_a_lively_voice_raises_brows_and_cheeks_and_hints_at_a_smile() -> None:
    face = shown(LIVELY)
    assert 0.1 < most(face, *BROWS_UP) <= 0.2
    assert 0.1 < most(face, "cheekSquintLeft", "cheekSquintRight") <= 0.2
    assert 0.08 < most(face, "mouthSmileLeft", "mouthSmileRight") <= 0.16
    assert max(most(face, *BROWS_DOWN), most(face, "mouthFrownLeft")) == 0


def test_a_tense_voice_lowers_the_brows_and_narrows_the_eyes() -> None:
    face = shown(TENSE)
    assert 0.15 < most(face, *BROWS_DOWN) <= 0.32
    assert 0.1 < most(face, "eyeSquintLeft", "noseSneerRight") <= 0.2
    assert 0.04 < most(face, "mouthFrownLeft") <= 0.08
    assert most(face, "mouthSmileLeft") < 0.01


def test_a_subdued_voice_raises_the_inner_brows_alone() -> None:
    face = shown(SUBDUED)
    assert 0.08 < most(face, "browInnerUp") <= 0.24
    assert 0.04 < most(face, "mouthFrownLeft") <= 0.14
    assert max(most(face, "browOuterUpLeft"), most(face, "mouthSmileLeft"), most(face, *BROWS_DOWN)) == 0


def test_a_calm_voice_leaves_the_face_alone(voice: bytes) -> None:
    babble = np.frombuffer(voice[44:], np.int16)
    for sound in (spoken(8), babble, np.zeros(48000, np.float32)):
        assert shown(sound).max(initial=0) < 0.01


CALM = (
    "librivox",
    "sb_spk",
    "timit",
    "new_home",
    "a2f_Mark_neutral",
    "az_katie",
    "vosk",
    "mfa_whisper",
    "mfa_creaky",
    "NOISE",
)


def test_calm_recordings_stay_calm_and_joy_does_not(recordings: list[Path]) -> None:
    for path in recordings:
        if path.name.startswith(CALM):
            sound, rate = decoded(path)
            assert shown(sound, rate).max(initial=0) < 0.04, path.name
    joy, neutral = (shown(*decoded(recordings[0].parent / f"a2f_Mark_{mood}.wav")) for mood in ("joy", "neutral"))
    assert most(joy, "browInnerUp") > 0.08
    assert most(neutral, "browInnerUp") < 0.01


def decoded(path: Path) -> tuple[Samples, int]:
    audio = decode_file(path.read_bytes(), 60)
    return audio.samples, audio.sample_rate


@pytest.mark.parametrize("step", [1, 7, 64])
def test_splitting_frames_into_calls_changes_nothing(step: int) -> None:
    for sound in (LIVELY, TENSE):
        assert np.array_equal(shown(sound, step=step), shown(sound))


def test_it_is_causal() -> None:
    """Up to the look-ahead of the model, which here is 0.1 s."""
    face = shown(TENSE)
    cut = shown(TENSE[: 8 * 16000])
    assert np.array_equal(cut[: 30 * 8 - 3], face[: 30 * 8 - 3])


@pytest.mark.parametrize("fps", [12, 24, 60])
def test_the_frame_rate_changes_little(fps: int) -> None:
    wanted = column(shown(LIVELY, fps=120), "browInnerUp")[:: 120 // fps]
    np.testing.assert_allclose(column(shown(LIVELY, fps=fps), "browInnerUp"), wanted, atol=0.3 / fps + 0.005)


def test_nothing_jumps() -> None:
    for sound in (LIVELY, TENSE, SUBDUED):
        assert np.abs(np.diff(shown(sound), axis=0)).max() < 0.05


def test_the_face_comes_to_rest_after_the_voice() -> None:
    face = shown(np.concatenate([LIVELY, np.zeros(5 * 16000, np.float32)]))
    rest = 30 * 8 + round(30 * (0.32 * 2 + 4.5 * FALL_S))
    assert face[230].max() > 0.1
    assert not face[rest:].any()


def felt(frames: int, begin: int = 0) -> np.ndarray:
    emotions = np.zeros((frames, 10), np.float32)
    emotions[begin:, arkit.EMOTIONS.index("grief")] = 0.05
    return emotions


def test_emotions_of_the_client_win() -> None:
    assert not shown(LIVELY, emotions=felt(240)).any()
    later = shown(LIVELY, emotions=felt(240, 150))
    assert np.array_equal(later[:150], shown(LIVELY)[:150])
    assert later[149].max() > 0.1
    assert not later[150 + round(30 * YIELD_S) :].any()
    assert np.abs(np.diff(later, axis=0)).max() < 0.05
    assert np.array_equal(shown(LIVELY, emotions=felt(240, 240)), shown(LIVELY))


def test_offsets_of_the_client_win() -> None:
    assert not shown(LIVELY, offsets=OffsetNames("sadness_2")).any()
    for_a_while = OffsetNames("sadness_2")
    for_a_while.set(None, 120)
    face = shown(LIVELY, offsets=for_a_while)
    assert not face[:120].any()
    assert face[130:].max() > 0.1


def test_closed_lips_are_left_alone() -> None:
    mouth = [i for i, name in enumerate(arkit.NAMES) if name.startswith(("mouth", "jaw"))]
    closed = ajar(400)
    closed[:, arkit.INDEX["mouthClose"]] = 0.3
    for sound in (LIVELY, TENSE, SUBDUED):
        face = shown(sound, face=closed)
        assert not face[:, mouth].any()
        assert face.max() > 0.1
    half = ajar(400)
    half[:, arkit.INDEX["jawOpen"]] = 0.06
    smile = column(shown(LIVELY, face=half), "mouthSmileLeft")
    np.testing.assert_allclose(smile, column(shown(LIVELY), "mouthSmileLeft") / 2, atol=1e-6)


def test_strength_scales_it() -> None:
    np.testing.assert_allclose(2 * shown(LIVELY, strength=0.2), shown(LIVELY, strength=0.4), atol=1e-6)
    assert not shown(LIVELY, strength=0).any()


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), "high", True], ids=str)
def test_a_strength_out_of_range_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="0 ≤ strength ≤ 1"):
        Affect(context(), strength=wrong)


def test_without_a_voice_nothing_happens() -> None:
    face = ajar(30)
    assert np.array_equal(Affect(context()).process(face.copy(), 0, None), face)
