"""The mock: the same bytes everywhere, and a face that follows the audio."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.audio.files import decode_file
from a2f_server.audio.pcm import PcmDecoder
from a2f_server.backends.mock import features as mock_features
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.errors import BackendFailed
from tests.support.sounds import buzz
from tests.support.streaming import streamed

JAW = arkit.INDEX["jawOpen"]
RATE = 16000

GOLDEN = {
    # fps: (frames, SHA-256 of their u16, little-endian); from tests/data/voice.wav, seed 0, profile default
    30: (122, "89ee17f0da5e0212506d003fb723f24f59656b717c84985b13347c6e9a2fa3c8"),
    60: (244, "f8e63585b0d13330ba54916f90c1e1887e32f5c553fe05117100d3fffa65b50e"),
    24: (98, "827f72095e1d5cd5b01fed810eb5192721e0f85eb15e5664689ad6da297873da"),
}


def faces(sound: np.ndarray, rate: int = RATE, fps: int = 30) -> np.ndarray:
    return streamed(MockBackend(), sound.astype(np.float32), rate, [], fps) / 65535


@pytest.mark.parametrize("fps", GOLDEN)
def test_golden_vectors(voice: bytes, fps: int) -> None:
    frames = streamed(MockBackend(), decode_file(voice, 60).samples, RATE, [], fps)
    count, digest = GOLDEN[fps]
    assert len(frames) == count
    assert hashlib.sha256(frames.astype("<u2").tobytes()).hexdigest() == digest


def test_golden_values(voice: bytes) -> None:
    """A few numbers to compare by eye on another machine."""
    frames = streamed(MockBackend(), decode_file(voice, 60).samples, RATE, [])
    assert frames[:, JAW][[0, 18, 22, 27, 30, 45, 120]].tolist() == [0, 13549, 37513, 2083, 37362, 3676, 0]


def test_floats_are_rounded_to_integers(voice: bytes) -> None:
    integers = np.frombuffer(voice[44:], "<i2")
    floats = (integers / 32768).astype("<f4").tobytes()
    decoded = PcmDecoder("pcm_f32le").decode(floats)
    assert np.array_equal(
        streamed(MockBackend(), decoded, RATE, []), streamed(MockBackend(), decode_file(voice, 60).samples, RATE, [])
    )


def test_halves_round_to_even() -> None:
    """`boxed` at 8 kHz has boxes of one or two samples; a constant shows the rounding."""
    for value, rounded in ((0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2)):
        window = np.full((1, 267), value / 32768, np.float32)
        assert set(mock_features.boxed(window).ravel()) == {rounded}
    assert mock_features.boxed(np.ones((1, 267), np.float32)).max() == 32767


def test_sums_of_integers_are_exact() -> None:
    """Sums of the largest int16 everywhere stay far below 2^53, in any order."""
    loud = np.full((1, 1600), -1.0, np.float32)
    x = mock_features.boxed(loud)
    assert (x == -32768).all()
    assert mock_features._squares(mock_features._summed(x, 8))[0] == 33 * (8 * 32768) ** 2 < 2**53


def noises() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    white = rng.normal(0, 0.05, 4 * RATE)
    spectrum = np.fft.rfft(white)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)))
    hum = np.sin(2 * np.pi * 100 * np.arange(4 * RATE) / RATE)
    return {
        "digital silence": np.zeros(2 * RATE),
        "quiet hiss": 0.0005 * rng.normal(0, 1, 2 * RATE),
        "white noise": white,
        "loud white noise": 3 * white,
        "pink noise": pink * 0.05 / pink.std(),
        "mains hum": 0.1 * hum,
    }


@pytest.mark.parametrize("name", noises())
def test_the_mouth_is_shut_in_silence_and_steady_noise(name: str) -> None:
    assert faces(noises()[name])[:, JAW].max() < 0.02


def test_the_mouth_opens_with_speech_and_shuts_between_syllables(voice: bytes) -> None:
    jaw = faces(decode_file(voice, 60).samples)[:, JAW]
    assert jaw[:16].max() == 0, "silence before"
    assert jaw[100:].max() < 0.02, "silence and hiss after"
    assert jaw[18:98].max() > 0.5
    minima = [k for k in range(20, 95) if jaw[k] < 0.1 and jaw[k] <= jaw[k - 1] and jaw[k] < jaw[k + 1]]
    assert len(minima) == 7, "eight syllables have seven closures between them"


@pytest.mark.parametrize("gap_s", [0.09, 0.2, 0.5])
def test_every_syllable_opens_the_mouth_even_between_digital_silence(voice: bytes, gap_s: float) -> None:
    """TTS audio has digital silence between words."""
    spoken = decode_file(voice, 60).samples[int(0.6 * RATE) : int(0.81 * RATE)]
    one = np.concatenate([spoken, np.zeros(int(gap_s * RATE), np.float32)])
    jaw = faces(np.tile(one, 12))[:, JAW]
    for k in range(12):
        begin = k * len(one) / RATE
        assert jaw[int(begin * 30) : int((begin + 0.21) * 30) + 2].max() > 0.3, k


def test_noise_after_digital_silence_keeps_the_mouth_shut() -> None:
    noise = np.random.default_rng(2).normal(0, 0.05, RATE)
    assert faces(np.concatenate([np.zeros(RATE), noise, np.zeros(RATE), noise]))[:, JAW].max() < 0.05


def test_vowels_differ(voice: bytes) -> None:
    """babble: ma ba mi bu pa mo be ma, one syllable per 0.32 s from 0.5 s on."""
    frames = faces(decode_file(voice, 60).samples)
    middle = {vowel: frames[round((0.5 + 0.32 * k + 0.2) * 30)] for k, vowel in [*enumerate("aaiuaoe")][::-1]}
    pucker = arkit.INDEX["mouthPucker"]
    assert middle["a"][JAW] > 1.2 * middle["u"][JAW]
    assert middle["u"][pucker] > middle["a"][pucker] + 0.05
    assert middle["u"][pucker] > middle["e"][pucker] + 0.05


def test_values_stay_in_range_for_any_audio() -> None:
    rng = np.random.default_rng(1)
    for sound in (rng.uniform(-1, 1, RATE), np.ones(RATE), np.sign(rng.normal(size=RATE)), buzz(1, RATE) * 3):
        frames = faces(np.clip(sound, -1, 1))
        assert frames.min() >= 0
        assert frames.max() <= 1


def test_it_fails_when_asked_to() -> None:
    with pytest.raises(BackendFailed, match="A2F_MOCK_FAIL_AFTER"):
        streamed(MockBackend(fail_after=0.5), buzz(1, RATE), RATE, range(160, RATE, 160))
    assert len(streamed(MockBackend(fail_after=2), buzz(1, RATE), RATE, [])) == 30


def test_real_speech_moves_the_mouth(recordings: list) -> None:
    for path in recordings:
        if path.name.startswith("a2f_"):
            sound = decode_file(path.read_bytes(), 60)
            jaw = faces(sound.samples, sound.sample_rate)[:, JAW]
            assert 0.05 < jaw.mean() < 0.35, path.name
            assert np.quantile(jaw, 0.95) > 0.3, path.name
