"""The built-in model: native rates, bits that do not depend on batching, and actionable errors.

Tests marked `trained` only hold for the trained weights; all others for any.
"""

from __future__ import annotations

import sys
import threading
from fractions import Fraction

import numpy as np
import pytest
import soxr

from a2f_server import arkit
from a2f_server.audio.files import decode_file
from a2f_server.backends import selector
from a2f_server.backends.builtin import backend as builtin
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.contract import Batch
from a2f_server.onnx_runtime import session as onnx
from a2f_server.settings import Settings
from tests.support.running import pcm, run_server
from tests.support.sounds import buzz
from tests.support.streaming import streamed

JAW = arkit.INDEX["jawOpen"]
RATE = 16000
RATES = builtin.RATES


trained = pytest.mark.trained


@pytest.fixture(scope="module")
def model() -> BuiltinBackend:
    return BuiltinBackend("cpu")


@pytest.fixture(scope="module")
def integers() -> BuiltinBackend:
    return BuiltinBackend("cpu", precision="int8")


def windows(model: BuiltinBackend, rate: int, voices: int, steps: int) -> np.ndarray:
    """Returns noise, `[streams, steps, window]`."""
    rng = np.random.default_rng(rate)
    return rng.normal(0, 0.1, (voices, steps, model.layout(rate).window)).astype(np.float32)


def run_steps(model: BuiltinBackend, x: np.ndarray, rate: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the weights of all steps and the last states, running `steps` at a time."""
    states, parts = [model.initial_state(0)] * len(x), []
    for i in range(0, x.shape[1], steps):
        part = x[:, i : i + steps]
        weights, states = model.infer(Batch(part, np.zeros((*part.shape[:2], 10), np.float32), rate), states)  # type: ignore[assignment]
        parts.append(weights)
    flat = [np.frombuffer(b"".join(row for rows in state for row in rows), np.float32) for state in states]
    return np.concatenate(parts, axis=1), np.stack(flat)


@pytest.mark.parametrize("rate", RATES)
def test_a_window_ends_with_its_step(model: BuiltinBackend, rate: int) -> None:
    layout = model.layout(rate)
    assert layout.sample_rate == rate, "audio is not resampled"
    for j in (0, 1, 2, 49, 50, 1001):
        over = Fraction(j + 1, 50) * rate - (layout.start(j) + layout.window)
        assert 0 <= over < 2, "at most one sample more, where 50 does not divide the rate"


@pytest.mark.parametrize(
    ("rate", "heard"), [(8001, 11025), (9999, 11025), (37123, 44100), (88200, 48000), (192000, 48000)]
)
def test_unusual_rates_are_resampled_to_the_next_native_one(model: BuiltinBackend, rate: int, heard: int) -> None:
    assert model.layout(rate) == model.layout(heard)


@pytest.mark.parametrize("rate", RATES)
def test_the_lookahead_is_at_most_120_ms(model: BuiltinBackend, rate: int) -> None:
    for fps in range(10, 61):
        assert model.layout(rate).lookahead(fps) <= Fraction(120, 1000)


def test_the_lookahead_is_100_ms_at_the_native_frame_rate(model: BuiltinBackend) -> None:
    assert model.layout(RATE).lookahead(50) == Fraction(100, 1000)
    assert float(model.layout(RATE).lookahead(30)) == pytest.approx(0.1133, abs=1e-4)


@pytest.mark.parametrize("rate", RATES)
def test_a_single_stream_equals_one_in_a_batch(model: BuiltinBackend, rate: int) -> None:
    """One stream and one step per call give matrices of a single row, which libraries treat differently."""
    x = windows(model, rate, voices=9, steps=12)
    together, states = run_steps(model, x, rate, steps=12)
    for voices, steps in ((1, 1), (1, 2), (2, 1), (9, 1), (5, 4)):
        weights, after = run_steps(model, x[:voices], rate, steps)
        assert np.array_equal(weights, together[:voices])
        assert np.array_equal(after, states[:voices])


def test_a_large_batch_is_exact(model: BuiltinBackend) -> None:
    x = windows(model, RATE, voices=300, steps=2)
    together, _ = run_steps(model, x, RATE, steps=2)
    for k in (0, 150, 299):
        assert np.array_equal(run_steps(model, x[k : k + 1], RATE, steps=1)[0][0], together[k])


@pytest.mark.parametrize("rate", [8000, 11025, 37123, 192000])
def test_streaming_equals_batch(model: BuiltinBackend, rate: int) -> None:
    sound = buzz(1, rate)
    cuts = np.cumsum(np.random.default_rng(0).integers(1, rate // 8, 12))
    whole = streamed(model, sound, rate, [])
    assert len(whole) == 30
    assert np.array_equal(streamed(model, sound, rate, [c for c in cuts if c < rate], most=2), whole)


def test_a_large_batch_of_integers_is_exact(integers: BuiltinBackend) -> None:
    x = windows(integers, RATE, voices=200, steps=2)
    together, _ = run_steps(integers, x, RATE, steps=2)
    for k in (0, 99, 199):
        assert np.array_equal(run_steps(integers, x[k : k + 1], RATE, steps=1)[0][0], together[k])


@trained
def test_integers_hardly_change_the_face(model: BuiltinBackend, integers: BuiltinBackend, voice: bytes) -> None:
    spoken = decode_file(voice, 60).samples
    apart = np.abs(faces(integers, spoken) - faces(model, spoken))
    assert apart.mean() < 0.003
    assert apart.max() < 0.15


def test_integers_are_for_cpus() -> None:
    with pytest.raises(ValueError, match="A2F_PRECISION=int8 is for CPUs"):
        BuiltinBackend("cuda", precision="int8")


def test_states_are_not_views_of_the_batch(model: BuiltinBackend) -> None:
    """A view would keep the whole batch in memory for one stream."""
    x = windows(model, RATE, voices=3, steps=1)
    _, states = model.infer(Batch(x, np.zeros((3, 1, 10), np.float32), RATE), [model.initial_state(0)] * 3)
    assert all(type(row) is bytes for state in states for rows in state for row in rows)


def extremes(rate: int) -> dict[str, np.ndarray]:
    t = np.arange(rate) / rate
    return {
        "square": np.sign(np.sin(2 * np.pi * 200 * t + 0.1)),
        "direct current": np.ones(rate),
        "alternating": np.resize([1.0, -1.0], rate),
        "click": np.eye(1, rate)[0],
        "denormals": np.full(rate, 1e-40),
    }


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
@pytest.mark.parametrize("name", extremes(8000))
def test_extreme_audio_gives_valid_weights(model: BuiltinBackend, name: str, rate: int) -> None:
    sound = extremes(rate)[name].astype(np.float32)
    layout = model.layout(rate)
    x = np.lib.stride_tricks.sliding_window_view(sound, layout.window)[:: rate // 50][None]
    weights, states = run_steps(model, np.ascontiguousarray(x), rate, steps=64)
    assert np.isfinite(weights).all()
    assert np.isfinite(states).all()
    assert weights.min() >= 0
    assert weights.max() <= 1


def test_sessions_are_bounded() -> None:
    """Clients choose their rates: no client may make others wait for sessions, or fill the memory."""
    model = BuiltinBackend("cpu")
    for rate in (*RATES, *range(20000, 20020), 192000):
        streamed(model, buzz(0.05, rate), rate, [])
    info = model._session.cache_info()
    assert info.currsize == info.misses == len(RATES)


def test_concurrent_threads_open_a_rate_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, opened = BuiltinBackend("cpu"), []
    monkeypatch.setattr(mel, "basis", lambda rate, basis=mel.basis: (opened.append(rate), basis(rate))[1])
    threads = [threading.Thread(target=streamed, args=(model, buzz(0.1, 8000), 8000, [])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [8000]


def test_layout_opens_nothing(model: BuiltinBackend) -> None:
    """It is called on the event loop, which opening a session would block."""
    before = model._session.cache_info()
    model.layout(98765)
    model.initial_state(3)
    assert model._session.cache_info() == before


def test_auto_selects_the_built_in_model() -> None:
    backend = selector.load(Settings(backend="auto", device="cpu"))
    assert (backend.name, backend.mode, backend.device) == ("builtin", "real", "cpu")
    assert backend.provider == "CPUExecutionProvider"
    assert isinstance(backend, BuiltinBackend)
    assert backend._session.cache_info().currsize == 1, "a start should not wait for the others"
    backend.warm()
    assert backend._session.cache_info().currsize == len(builtin.COMMON_RATES)
    backend.close()
    backend.warm()
    assert backend._session.cache_info().currsize == 0


@pytest.mark.parametrize("name", ["auto", "builtin"])
def test_a_missing_onnxruntime_error_names_the_package(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    for device in ("auto", "cpu", "cuda"):
        with pytest.raises(ValueError, match=r"pip install 'a2f-server\[cpu\]'.*--backend mock"):
            selector.load(Settings(backend=name, device=device))
    assert selector.load(Settings(backend="mock")).name == "mock"


def test_a_required_gpu_without_the_gpu_package_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx.runtime(), "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ValueError, match=r"A2F_DEVICE=cuda requires a GPU.*a2f-server\[gpu\]"):
        BuiltinBackend("cuda")


class NoCard:
    """Imitates onnxruntime-gpu without a graphics card: it lists CUDA, then silently runs on the CPU."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ort = onnx.runtime()
        opened = ort.InferenceSession
        monkeypatch.setattr(ort, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"])

        def on_the_cpu(graph: bytes, options: object, providers: object, **more: object) -> object:
            return opened(graph, options, providers=["CPUExecutionProvider"], **more)

        monkeypatch.setattr(ort, "InferenceSession", on_the_cpu)


def test_a_required_gpu_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    NoCard(monkeypatch)
    with pytest.raises(ValueError, match=r"A2F_DEVICE=cuda requires a GPU, but .*CUDAExecutionProvider did not start"):
        BuiltinBackend("cuda")


def test_auto_falls_back_to_the_cpu_if_the_gpu_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    NoCard(monkeypatch)
    assert BuiltinBackend("auto").device == "cpu"


def test_a_driver_that_raises_is_reported() -> None:
    def broken(place: object) -> None:
        raise RuntimeError("CUDA error 802: system not yet initialized")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx, "_lists_cuda", lambda: True)
        assert onnx.choose_device("auto", broken) == "cpu"
        with pytest.raises(ValueError, match="error 802"):
            onnx.choose_device("cuda", broken)


def test_a_server_gives_the_same_frames_in_chunks_and_as_a_whole(voice: bytes) -> None:
    with run_server(BuiltinBackend("cpu")) as running:
        with running.talk() as talk:
            ready = talk.expect("ready")
            whole = talk.animate(pcm(voice))
            chunks = talk.animate(pcm(voice), step=1234)
        with running.http() as http:
            health = http.get("/health").json()
    assert (ready["backend"], ready["mode"]) == ("builtin", "real")
    assert ready["lookahead"] < 0.12
    assert (health["device"], health["provider"]) == ("cpu", "CPUExecutionProvider")
    assert np.array_equal(whole, chunks)


def faces(model: BuiltinBackend, sound: np.ndarray, rate: int = RATE) -> np.ndarray:
    """Returns `[frames, 52]`, 0-1, as from the server with only the mouth's motion."""
    return streamed(model, sound.astype(np.float32), rate, []) / 65535


@trained
@pytest.mark.parametrize("rate", RATES)
def test_silence_is_a_closed_mouth(model: BuiltinBackend, rate: int) -> None:
    weights, _ = run_steps(model, np.zeros((1, 100, model.layout(rate).window), np.float32), rate, steps=50)
    assert weights[:, builtin.LEAD :, JAW].max() < 0.02, "after the warm-up frames, which are dropped"


@trained
def test_steady_noise_keeps_the_mouth_nearly_shut(model: BuiltinBackend) -> None:
    rng = np.random.default_rng(0)
    for loudness in (0.0005, 0.005, 0.03):
        assert np.quantile(faces(model, rng.normal(0, loudness, 3 * RATE))[:, JAW], 0.9) < 0.1, loudness


@trained
def test_the_mouth_opens_with_speech_and_shuts_after_it(model: BuiltinBackend, voice: bytes) -> None:
    jaw = faces(model, decode_file(voice, 60).samples)[:, JAW]
    assert jaw[:12].max() < 0.05, "silence before"
    assert jaw[105:].max() < 0.1, "silence and hiss after"
    assert jaw[18:98].max() > 0.2


@trained
def test_the_sample_rate_hardly_matters(model: BuiltinBackend, voice: bytes) -> None:
    """Features only use pitches below 7.6 kHz, which every rate from 16 kHz contains."""
    spoken = decode_file(voice, 60).samples
    at_home = faces(model, spoken)[:, JAW]
    for rate in (22050, 24000, 44100, 48000):
        assert np.abs(faces(model, soxr.resample(spoken, RATE, rate), rate)[:, JAW] - at_home).mean() < 0.03, rate


def inaudible(sound: np.ndarray, rate: int) -> dict[str, np.ndarray]:
    """Returns what nobody hears, as long as `sound`."""
    t = np.arange(len(sound)) / rate
    return {
        **{f"an offset of {level}": np.full(len(sound), level) for level in (-0.3, -0.03, 0.03, 0.1, 0.3)},
        **{f"hum at {hz} Hz": 0.1 * np.sin(2 * np.pi * hz * t) for hz in (3, 16.7, 25, 30, 40, 49.8, 50, 55, 60, 60.3)},
        "hum that fades": 0.15 * np.sin(2 * np.pi * 50 * t) * np.sin(2 * np.pi * 0.3 * t) ** 2,
        "an offset and hum": 0.1 + 0.05 * np.sin(2 * np.pi * 60 * t),
    }


@trained
@pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000, 96000])
def test_an_offset_and_hum_hardly_change_the_face(model: BuiltinBackend, voice: bytes, rate: int) -> None:
    spoken = soxr.resample(decode_file(voice, 60).samples, RATE, rate)
    clean = faces(model, spoken, rate)[:, JAW]
    for name, added in inaudible(spoken, rate).items():
        jaw = faces(model, spoken + added, rate)[:, JAW]
        assert jaw.max() == pytest.approx(clean.max(), rel=0.2), name
        assert jaw.mean() == pytest.approx(clean.mean(), rel=0.15), name
        assert np.corrcoef(jaw, clean)[0, 1] > 0.97, name


@trained
@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_an_offset_and_hum_alone_keep_the_mouth_shut(model: BuiltinBackend, rate: int) -> None:
    for name, added in inaudible(np.zeros(2 * rate), rate).items():
        assert faces(model, added, rate)[4:, JAW].max() < 0.05, f"{name}, after its onset, which is a click"


@trained
def test_real_speech_moves_the_mouth(model: BuiltinBackend, recordings: list) -> None:
    for path in recordings:
        if path.name.startswith("a2f_"):
            sound = decode_file(path.read_bytes(), 60)
            jaw = faces(model, sound.samples, sound.sample_rate)[:, JAW]
            assert 0.02 < jaw.mean() < 0.4, path.name
            assert np.quantile(jaw, 0.95) > 0.15, path.name


def test_phone_scores_follow_the_weights_where_they_are_asked_for(model: BuiltinBackend) -> None:
    x = np.random.default_rng(1).normal(0, 0.1, (2, 3, mel.window(RATE))).astype(np.float32)
    emotions, states = np.zeros((2, 3, 10), np.float32), [model.initial_state(0)] * 2
    plain, _ = model.infer(Batch(x, emotions, RATE), states)
    both, _ = model.infer(Batch(x, emotions, RATE, with_phones=True), states)
    assert both.shape == (2, 3, 52 + len(model.phones))
    assert np.array_equal(both[..., :52], plain)
    assert model.phones[0] == "", "silence"
    assert {"p", "b", "m", "ɑ"} < set(model.phones)
