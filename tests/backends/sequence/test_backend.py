"""Windows, cross-fade and frame counts of networks that take whole recordings; their failures."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.contract import Batch
from a2f_server.backends.sequence.silence import Silence
from a2f_server.backends.sequence.windows import WindowSizes
from tests.backends.sequence.toy import Loudness
from tests.support.sounds import buzz
from tests.support.streaming import streamed

RATE = 16000
JAW, FUNNEL = 17, 19
VARIANTS = {
    "default": Loudness(),
    "25 frames per second": Loudness(WindowSizes(RATE, 25, "floor", context=20, hop=10, overlap=4, ahead=3)),
    "no overlap": Loudness(WindowSizes(RATE, 30, context=0, hop=1, overlap=0, ahead=1)),
    "pauses": Loudness(silence=Silence(window_s=0.05)),
}


@pytest.fixture(params=VARIANTS)
def backend(request: pytest.FixtureRequest) -> Loudness:
    return VARIANTS[request.param]


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_streaming_equals_batch(backend: Loudness, fps: int) -> None:
    sound = buzz(4.3, RATE)
    sound[20000:24000] = 0
    whole = streamed(backend, sound, RATE, [], fps)
    for size, most in ((777, 1), (16000, 3), (50, 64)):
        assert np.array_equal(streamed(backend, sound, RATE, range(size, len(sound), size), fps, most), whole)


@pytest.mark.parametrize("samples", [1, 500, 533, 534, 7999, 8000, 8001, 40000, 47999, 123456])
def test_the_number_of_frames_is_exact(backend: Loudness, samples: int) -> None:
    for fps in (25, 30):
        frames = streamed(backend, buzz(8, RATE)[:samples], RATE, [], fps)
        assert len(frames) == -(-samples * fps // RATE)


def test_other_sample_rates_are_resampled() -> None:
    frames = streamed(Loudness(), buzz(2, 44100), 44100, [])
    assert len(frames) == 60


def test_the_network_sees_nothing_before_the_utterance() -> None:
    backend = Loudness()
    streamed(backend, np.ones(2 * RATE, np.float32), RATE, [])
    lengths = [frames for _, frames in backend.seen]
    assert lengths[:3] == [30, 45, 60]
    assert max(lengths) == 60
    assert all(abs(samples[: len(samples) // 4] - 1).max() == 0 for samples, _ in backend.seen)
    assert all(len(samples) == backend.windows.samples(frames) for samples, frames in backend.seen)


def test_frames_are_those_of_the_whole_recording_where_the_network_is_local() -> None:
    sound = buzz(5, RATE)
    frames = streamed(Loudness(), sound, RATE, [])[:, JAW] / 65535
    whole = Loudness().run(sound, 150, np.zeros(10))[:, 0]
    assert np.abs(frames - whole).max() < 0.01


def test_there_are_no_jumps_between_windows() -> None:
    """Its audio is loud in one second and quiet in the next."""
    sound = np.concatenate([np.full(RATE, 0.8), np.full(2 * RATE, 0.1)]).astype(np.float32)
    faded, cut = (
        np.abs(
            np.diff(streamed(Loudness(WindowSizes(RATE, 30, overlap=size)), sound, RATE, [])[:, FUNNEL].astype(int))
        ).max()
        for size in (5, 0)
    )
    assert faded < cut / 3


def test_the_input_starts_and_ends_in_pauses() -> None:
    sound = np.tile(np.concatenate([np.full(6000, 0.5), np.zeros(2000)]), 10).astype(np.float32)
    backend = Loudness(silence=Silence(window_s=0.05))
    streamed(backend, sound, RATE, [])
    inner = [samples for samples, _ in backend.seen[3:-3]]
    assert inner
    assert all(np.abs(samples[:10]).max() == 0 and np.abs(samples[-10:]).max() == 0 for samples in inner)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (np.full((60, 3), np.nan), "not numbers"),
        (np.full((60, 3), np.inf), "not numbers"),
        (np.zeros((57, 3)), "57×3 numbers instead of 60×3"),
        (np.zeros((60, 4)), "60×4 numbers"),
        (np.zeros(60), "60 numbers"),
    ],
)
def test_an_invalid_output_is_an_error(output: np.ndarray, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Loudness()
    monkeypatch.setattr(backend, "run", lambda *_: output.astype(np.float32))
    state = backend.initial_state(0)._replace(window=100)
    window = np.zeros((1, 1, backend.layout(RATE).window), np.float32)
    with pytest.raises(RuntimeError, match=words):
        backend.infer(Batch(window, np.zeros((1, 15, 10), np.float32), RATE), [state])


def test_a_frame_more_or_less_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, backend = buzz(3, RATE), Loudness()
    whole, run = streamed(backend, sound, RATE, []), backend.run
    for more in (-1, 1):
        monkeypatch.setattr(backend, "run", lambda x, n, e, more=more: np.resize(run(x, n, e), (n + more, 3)))
        assert np.array_equal(streamed(backend, sound, RATE, [])[:, JAW], whole[:, JAW])


def test_weights_stay_in_range(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Loudness()
    monkeypatch.setattr(backend, "run", lambda _, frames, __: np.tile(np.float32([-1, 0, 2]), (frames, 1)))
    window = np.zeros((1, 1, backend.layout(RATE).window), np.float32)
    weights, _ = backend.infer(Batch(window, np.zeros((1, 15, 10), np.float32), RATE), [backend.initial_state(0)])
    assert (weights[..., JAW] == 0).all()
    assert (weights[..., FUNNEL] == 1).all()
