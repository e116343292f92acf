"""The whole path from audio to 52 weights, compared with a reference: the network run directly, every vertex of
every frame, and scipy's solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from scipy.optimize import lsq_linear

from a2f_server import arkit
from a2f_server.backends.audio2face3d.animation.eyes import LOOK_NAMES
from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from a2f_server.backends.audio2face3d.solver import BlendshapeProblem
from a2f_server.backends.contract import Batch
from a2f_server.settings import Settings
from tests.backends.audio2face3d.reference import Reference
from tests.support.sounds import buzz
from tests.support.streaming import streamed, utterance

RATE = 16000
MOUTH = [i for i, name in enumerate(arkit.NAMES) if not name.startswith("eyeLook")]


@pytest.fixture(params=["regression", "diffusion"])
def bundle(request: pytest.FixtureRequest) -> Bundle:
    found: Bundle = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def backend(bundle: Bundle) -> Iterator[Audio2Face3DBackend]:
    one = Audio2Face3DBackend(bundle, "cpu")
    yield one
    one.close()


def windows(backend: Audio2Face3DBackend, sound: np.ndarray, count: int) -> np.ndarray:
    """Returns the first windows of audio, `[count, window]`."""
    layout = backend.layout(RATE)
    padded = np.concatenate([np.zeros(layout.before, np.float32), sound, np.zeros(2 * layout.window, np.float32)])
    starts = [layout.start(j) + layout.before for j in range(count)]
    return np.stack([padded[start : start + layout.window] for start in starts])


def batch(backend: Audio2Face3DBackend, sound: np.ndarray, count: int, **emotions: float) -> Batch:
    layout = backend.layout(RATE)
    mood = np.array([emotions.get(name, 0.0) for name in arkit.EMOTIONS], np.float32)
    felt = np.broadcast_to(mood, (1, count * layout.hop, len(mood)))
    return Batch(windows(backend, sound, count)[None], np.ascontiguousarray(felt), layout.sample_rate)


def rows(bundle: Bundle, sound: np.ndarray, felt: np.ndarray) -> Iterator[np.ndarray]:
    """Runs the network directly; yields its output frame by frame: `sound[count, window]`, `felt[count, …, 10]`."""
    session = onnxruntime.InferenceSession(str(bundle.network.path), providers=["CPUExecutionProvider"])
    graph, latents = bundle.network, np.zeros((2, 2, 1, bundle.network.latent), np.float32)
    order = [arkit.EMOTIONS.index(name) for name in graph.emotions]
    for window, mood in zip(sound * np.float32(bundle.actor.face.input_strength), felt[..., order], strict=True):
        if graph.kind == "regression":
            emotion = np.concatenate([graph.implicit, mood[0]])[None, None]  # type: ignore[list-item]
            yield session.run(None, {"input": window[None, None], "emotion": emotion})[0][0, 0]
            continue
        noise = np.random.default_rng(0).standard_normal((1, 3, graph.computed, graph.outputs), np.float32)
        heard = {"window": window[None], "identity": graph.identity[None], "emotion": mood[None]}  # type: ignore[index]
        frames, latents = session.run(None, {**heard, "input_latents": latents, "noise": noise})
        yield from frames[0, graph.left : graph.left + graph.centre]


def by_hand(bundle: Bundle, fps: int, said: Iterator[np.ndarray], lead: int) -> np.ndarray:
    """Returns the reference's weights `[frames, 52]`, without eyeLook."""
    reference, part = Reference(bundle, fps), BlendshapeProblem.of(bundle.actor.skin)
    reference.frame = -lead
    last, out = np.zeros(len(part.active)), []
    for row in said:
        target, *_ = reference.step(row)
        last = lsq_linear(part.matrix, target + part.carry * last, (0, 1), "bvls", tol=1e-12).x
        weights = np.zeros(52)
        weights[[arkit.INDEX[name] for name in part.names]] = part.weights(last)
        out.append(weights)
    return np.array(out)


def test_it_equals_the_reference(bundle: Bundle, backend: Audio2Face3DBackend) -> None:
    layout = backend.layout(RATE)
    asked = batch(backend, buzz(1.2, RATE), 36 // layout.hop + 2, joy=0.4, anger=0.2)
    weights, _ = backend.infer(asked, [backend.initial_state(0)])
    felt = asked.emotions.reshape(len(asked.samples[0]), layout.hop, 10)
    wanted = by_hand(bundle, layout.frame_rate, rows(bundle, asked.samples[0], felt), layout.lead)
    assert wanted[:, MOUTH].max() > 0.3, "the face moves"
    assert np.abs(weights[0][:, MOUTH] - wanted[:, MOUTH]).max() < 2e-5


def test_the_two_solvers_nearly_agree(bundle: Bundle, backend: Audio2Face3DBackend) -> None:
    batched = Audio2Face3DBackend(bundle, "cpu", solver="batched")
    exact, near = (streamed(one, buzz(2, RATE), RATE, []) / 65535 for one in (backend, batched))
    assert 0 < np.abs(exact - near).mean() < 0.02
    assert batched.model["solver"] == "batched"


def test_emotions_reach_the_network(backend: Audio2Face3DBackend) -> None:
    calm, _ = backend.infer(batch(backend, buzz(1, RATE), 4), [backend.initial_state(0)])
    glad, _ = backend.infer(batch(backend, buzz(1, RATE), 4, joy=1.0), [backend.initial_state(0)])
    angry, _ = backend.infer(batch(backend, buzz(1, RATE), 4, anger=1.0), [backend.initial_state(0)])
    assert np.abs(glad - calm).max() > 0.01
    assert np.abs(angry - glad).max() > 0.01


def test_detailed_frames_equal_the_weights(bundle: Bundle, backend: Audio2Face3DBackend) -> None:
    asked = batch(backend, buzz(1.5, RATE), 4)
    weights, after = backend.infer(asked, [backend.initial_state(3)])
    frames = backend.infer_detailed(asked, [backend.initial_state(3)])
    count = weights.shape[1]
    assert np.array_equal(frames.weights, weights)
    assert frames.tongue.shape == (1, count, len(backend.tongue_names)) == (1, count, 16)
    assert frames.teeth.rotation.shape == (1, count, 3, 3)
    assert np.allclose(np.linalg.det(frames.teeth.rotation), 1)
    assert frames.teeth.displacement.any()
    assert frames.eyes.shape == (1, count, 4)
    again = backend.infer_detailed(asked, frames.states)
    assert np.array_equal(again.weights, backend.infer(asked, after)[0]), "and the next frames agree"
    assert not np.array_equal(again.tongue, frames.tongue)


def test_the_seed_selects_the_saccades(backend: Audio2Face3DBackend) -> None:
    asked = batch(backend, buzz(1, RATE), 3)
    looks = [arkit.INDEX[name] for name in LOOK_NAMES]
    one, same, other = (backend.infer(asked, [backend.initial_state(seed)])[0][0] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one[:, looks], other[:, looks])
    assert np.array_equal(np.delete(one, looks, 1), np.delete(other, looks, 1))


def test_overridden_parameters_take_effect(bundle: Bundle) -> None:
    face = replace(bundle.actor.face, lower_face_strength=bundle.actor.face.lower_face_strength / 2)
    gentle = replace(bundle, actor=replace(bundle.actor, face=face))
    jaws = [
        streamed(Audio2Face3DBackend(one, "cpu"), buzz(1, RATE), RATE, [])[:, arkit.INDEX["jawOpen"]].max()
        for one in (bundle, gentle)
    ]
    assert jaws[1] < 0.8 * jaws[0]


def test_identities_have_different_faces(diffusion_folder: Path) -> None:
    faces = [
        streamed(Audio2Face3DBackend(load_bundle(diffusion_folder, who), "cpu"), buzz(1, RATE), RATE, [])
        for who in ("Claire", "james", "MARK")
    ]
    assert not np.array_equal(faces[0], faces[1])
    assert not np.array_equal(faces[1], faces[2])


def test_a_stream_starts_without_state(backend: Audio2Face3DBackend) -> None:
    first = streamed(backend, buzz(1, RATE), RATE, [])
    streamed(backend, buzz(1, RATE, seed=5), RATE, [])
    assert np.array_equal(first, streamed(backend, buzz(1, RATE), RATE, []))


def test_regression_runs_at_the_servers_frame_rate(regression: Bundle) -> None:
    fast = Audio2Face3DBackend(regression, "cpu", fps=60)
    assert fast.layout(48000).frame_rate == 60
    one = utterance(fast, RATE, fps=60)
    assert one.lookahead == one.layout.lookahead(60)
    assert len(streamed(fast, buzz(1, RATE), RATE, [], fps=60)) == 60


def test_it_measures_how_many_streams_it_serves(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """60 % of the time, at 30 windows per second for regression and 2 for diffusion."""
    monkeypatch.setattr("a2f_server.onnx_runtime.capacity.time_call", lambda run: (run(), 0.01)[1])
    one = Audio2Face3DBackend(bundle, "cpu")
    assert one.measured_capacity == pytest.approx(0.6 / 0.01 / (30 if bundle.network.kind == "regression" else 2))
    assert one.capacity == int(one.measured_capacity)


def test_settings_take_effect_and_are_reported(diffusion_folder: Path) -> None:
    settings = Settings(model_dir=diffusion_folder, identity="mark", solver="batched", device="cpu")
    backend = Audio2Face3DBackend.from_settings(settings)
    assert backend.model["name"].endswith("Mark")
    assert (backend.model["solver"], backend.model["precision"]) == ("batched", "fp32")
    assert (backend.device, backend.provider) == ("cpu", "CPUExecutionProvider")
    assert backend.capacity >= 1
    assert backend.max_run == 1, "a window's state is needed by the next"


def test_a_missing_folder_setting_is_reported() -> None:
    with pytest.raises(ValueError, match=r"A2F_MODEL_DIR.*models pull"):
        Audio2Face3DBackend.from_settings(Settings(backend="audio2face3d"))
