"""The bundles for tests are like NVIDIA's: files, keys, types, magnitudes, and networks that respond to audio."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import soundfile
from numpy.typing import NDArray

from a2f_server.arkit import EMOTIONS, MIRROR, NAMES
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from a2f_server.backends.audio2face3d.network import tensor_shapes
from a2f_server.onnx_runtime import session as onnx
from tests.support import bundles
from tools.fake_bundles import large, layers, point_clouds, sizes
from tools.fake_bundles.__main__ import main
from tools.fake_bundles.graph import Graph
from tools.fake_bundles.heads import diagonal
from tools.fake_bundles.poses import skin
from tools.fake_bundles.sizes import Kind
from tools.fake_bundles.writing import write

Floats = NDArray[np.float32]
LIKE_MARK = {
    "a2f_ms_config.json",
    "bs_skin.npz",
    "bs_skin_config.json",
    "bs_tongue.npz",
    "bs_tongue_config.json",
    "config.json",
    "implicit_emo_db.npz",
    "model.json",
    "model_config.json",
    "model_data.npz",
    "network.onnx",
    "network_info.json",
    "trt_info.json",
}


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.regression(tmp_path_factory.mktemp("regression"))


@pytest.fixture(scope="module")
def diffusion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.diffusion(tmp_path_factory.mktemp("diffusion"))


class Regression:
    """Runs v2.3's network, one frame per window."""

    def __init__(self, folder: Path) -> None:
        self._session = onnx.Session(folder / "network.onnx", "cpu")
        self._basis = np.load(folder / "model_data.npz")["shapes_matrix_skin"].reshape(24, -1)

    def __call__(self, sound: Floats, emotion: str = "") -> Floats:
        moods = np.zeros((len(sound), 1, 26), np.float32)
        if emotion:
            moods[..., 16 + EMOTIONS.index(emotion)] = 1
        return self._session.run(input=sound[:, None], emotion=moods)[0]

    def skin(self, sound: Floats, emotion: str = "") -> Floats:
        """Returns `[B, 3 V]` in cm."""
        return self(sound, emotion)[:, 0, :24] @ self._basis


class Diffusion:
    """Runs v3.0's network, sixty frames per window."""

    def __init__(self, folder: Path) -> None:
        self._session = onnx.Session(folder / "network.onnx", "cpu")
        self.outputs = int(self._session.shapes()[1]["prediction"][-1])

    def __call__(self, sound: Floats, latents: Floats | None = None, noise: float = 1.0, who: int = 1) -> list[Floats]:
        count, chance = len(sound), np.random.default_rng(0)
        drawn = noise * chance.standard_normal((1, 3, 60, self.outputs), np.float32)
        return self._session.run(
            window=sound,
            identity=np.eye(3, dtype=np.float32)[[who] * count],
            emotion=np.zeros((count, 30, 10), np.float32),
            input_latents=np.zeros((2, 2, count, 48), np.float32) if latents is None else latents,
            noise=np.repeat(drawn.astype(np.float32), count, axis=0),
        )


def loud(window: int, count: int = 1) -> Floats:
    """Synthesises vowel-like audio."""
    at = np.arange(window) / 16000
    tones = sum(np.sin(2 * np.pi * pitch * at) / (1 + pitch / 800) for pitch in range(140, 3000, 140))
    return np.repeat((0.1 * tones).astype(np.float32)[None], count, axis=0)


def spoken(voice: bytes, window: int) -> Floats:
    """Returns windows from four seconds of recorded speech."""
    samples, _ = soundfile.read(io.BytesIO(voice), dtype="float32")
    return np.stack([samples[i : i + window] for i in range(0, len(samples) - window, 3001)])


def rms(values: Floats) -> float:
    return float(np.sqrt((values**2).mean()))


def test_regression_has_the_files_of_the_original(regression: Path) -> None:
    assert {path.name for path in regression.iterdir()} == LIKE_MARK
    assert json.loads((regression / "model.json").read_text())["networkPath"] == "network.trt"
    assert (regression / "config.json").stat().st_size == 0


def test_diffusion_has_six_files_for_each_identity(diffusion: Path) -> None:
    for name in ("Claire", "James", "Mark"):
        assert len(list(diffusion.glob(f"*_{name}.*"))) == 6
    assert np.load(diffusion / "bs_skin_Mark.npz")["rig_version"] == b"v3.1"


def test_arrays_have_the_types_of_the_original(regression: Path) -> None:
    poses = np.load(regression / "bs_skin.npz")
    assert poses["poseNames"].dtype == np.dtype("S19")
    assert poses["poseNames"].astype(str).tolist() == ["neutral", *NAMES]
    assert (poses["jawOpen"].dtype, poses["frontalMask"].dtype) == (np.float32, np.int32)
    assert np.load(regression / "bs_tongue.npz")["poseNames"].dtype == np.dtype("S15")
    assert np.load(regression / "model_data.npz")["saccade_rot_matrix"].shape == (5000, 2)


def test_the_head_is_as_high_and_as_wide_as_the_original() -> None:
    head = point_clouds.head(1000)
    assert head[:, 1].min() == pytest.approx(135)
    assert head[:, 1].max() == pytest.approx(171)
    assert diagonal(head.astype(np.float32)) == pytest.approx(53.19, abs=0.1)


@pytest.mark.parametrize("count", [400, 401])
def test_left_and_right_shapes_mirror_each_other(count: int) -> None:
    head = point_clouds.head(count)
    assert len(head) == count
    half = count // 2
    other = np.concatenate([np.arange(half, 2 * half), np.arange(half), np.arange(2 * half, count)])
    deltas = skin(head, tongue_out=True)
    assert np.allclose(deltas[list(MIRROR)][:, other] * [-1, 1, 1], deltas, atol=1e-6)
    assert (np.abs(deltas).max((1, 2)) > 0.1).all()


def test_the_same_seed_gives_the_same_numbers(regression: Path, tmp_path: Path) -> None:
    again = write(tmp_path, "regression")
    assert (again / "network.onnx").read_bytes() == (regression / "network.onnx").read_bytes()
    first, second = np.load(regression / "model_data.npz"), np.load(again / "model_data.npz")
    assert all(np.array_equal(first[name], second[name]) for name in first.files)
    other = write(tmp_path / "other", "regression", seed=1)
    assert (other / "network.onnx").read_bytes() != (regression / "network.onnx").read_bytes()


def test_files_are_reported_as_they_are_written(tmp_path: Path) -> None:
    told: list[str] = []
    write(tmp_path, "diffusion", say=told.append)
    assert set(told) == {path.name for path in tmp_path.iterdir()}


def test_regression_is_still_in_silence_and_opens_the_jaw_for_speech(regression: Path) -> None:
    network = Regression(regression)
    assert np.abs(network(np.zeros((1, 8320), np.float32))).max() == 0
    assert rms(network.skin(loud(8320))) > 0.05
    jaw = np.load(regression / "bs_skin.npz")["jawOpen"].ravel()
    assert (network.skin(loud(8320)) @ jaw / (jaw @ jaw)).item() > 0.2


def test_regression_moves_as_far_as_the_original(regression: Path, voice: bytes) -> None:
    moved = Regression(regression).skin(spoken(voice, 8320))
    assert 0.02 < rms(moved) < 0.3
    assert np.abs(moved).max() < 3


def test_emotions_affect_regression(regression: Path) -> None:
    network, quiet = Regression(regression), np.zeros((1, 8320), np.float32)
    smile = np.load(regression / "bs_skin.npz")["mouthSmileLeft"].ravel()
    assert (network.skin(quiet, "joy") @ smile / (smile @ smile)).item() > 0.3
    assert network(quiet, "amazement")[0, 0, -4] < -1, "the eyes look up"


def test_diffusion_outputs_huge_numbers_outside_the_kept_frames(diffusion: Path) -> None:
    frames = Diffusion(diffusion)(loud(16000))[0][0]
    assert np.abs(frames[:15]).max() > 15
    assert np.abs(frames[45:]).max() > 15
    assert np.abs(frames[15:45]).max() < 5
    assert rms(frames[15:45, :3000]) > 0.05


def test_diffusion_remembers_and_its_noise_is_small(diffusion: Path) -> None:
    network, sound = Diffusion(diffusion), loud(16000)
    first, memory = network(sound)
    second, _ = network(sound, memory)
    kept = slice(15, 45)
    assert 1e-3 < np.abs(second - first)[:, kept].max() < 1
    assert 1e-4 < np.abs(network(sound, noise=0)[0] - first)[:, kept].max() < 0.05
    assert np.abs(network(np.zeros_like(sound), noise=0)[0][:, kept]).max() == 0


def test_diffusion_moves_each_identity_differently(diffusion: Path) -> None:
    network, sound = Diffusion(diffusion), loud(16000)
    claire, mark = (network(sound, noise=0, who=who)[0][:, 15:45, :3000] for who in (0, 2))
    assert rms(mark) / rms(claire) == pytest.approx(1.05 / 0.95, rel=1e-3)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16])
def test_other_rows_change_no_bit(regression: Path, diffusion: Path, voice: bytes, count: int) -> None:
    short, long = spoken(voice, 8320), spoken(voice, 16000)
    network = Regression(regression)
    assert np.array_equal(network(short[:count]), network(short)[:count])
    again = Diffusion(diffusion)
    assert np.array_equal(again(long[:count])[0], again(long)[0][:count])


def front(g: Graph, layers_: layers.Layers) -> str:
    return layers_.front("sound")


def encoded(g: Graph, layers_: layers.Layers) -> str:
    return layers_.encoder(layers_.front("sound"), 1)


def related(g: Graph, layers_: layers.Layers) -> str:
    return layers_.autocorrelation("sound", 3200)


@pytest.mark.parametrize(("build", "shape"), [(front, (9, 768)), (encoded, (9, 768)), (related, (9, 256))])
def test_full_size_layers_keep_the_variance_of_their_input(
    tmp_path: Path, build: Callable[[Graph, layers.Layers], str], shape: tuple[int, int]
) -> None:
    g = Graph()
    g("Identity", build(g, layers.Layers(g, np.random.default_rng(0))), to="out")
    g.save(tmp_path / "layer.onnx", {"sound": ["B", 1, 3200]}, {"out": ["B", "steps", "width"]})
    session = onnxruntime.InferenceSession(tmp_path / "layer.onnx", providers=["CPUExecutionProvider"])
    [out] = session.run(None, {"sound": 0.3 * np.random.default_rng(1).standard_normal((2, 1, 3200), np.float32)})
    assert out.shape == (2, *shape)
    assert 0.05 < rms(out) < 5


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_large_networks_have_the_tensors_of_the_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(large, "DEPTH", 1)
    build = large.regression if kind == "regression" else large.diffusion
    build(tmp_path / "network.onnx", sizes.small(kind), np.random.default_rng(0))
    graph = replace(load_bundle(write(tmp_path / "small", kind)).network, path=tmp_path / "network.onnx")
    session = onnx.Session(graph.path, "cpu")
    tensor_shapes.verify(graph, *session.shapes())
    chance = np.random.default_rng(1)
    wanted = tensor_shapes.expected_inputs(graph)
    inputs = {name: chance.standard_normal([n or 2 for n in shape], np.float32) for name, shape in wanted.items()}
    said = session.run(**inputs)[0]
    assert np.isfinite(said).all()
    assert 1e-4 < rms(said) < 0.1
    assert not np.allclose(said[0], said[1])


def test_the_command_writes_a_bundle_and_lists_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bundles", str(tmp_path / "made"), "--kind", "diffusion"])
    main()
    assert "network.onnx" in capsys.readouterr().out
    assert load_bundle(tmp_path / "made").network.kind == "diffusion"
