"""A server with an Audio2Face-3D bundle: its description, its frames, and its errors at start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from a2f_server.backends import selector
from a2f_server.settings import Settings
from tests.support import bundles
from tests.support.running import Running, pcm, run_server
from tests.support.spawning import command


@pytest.fixture(scope="module", params=["regression", "diffusion"])
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = getattr(bundles, request.param)(tmp_path_factory.mktemp(request.param))
    backend = selector.load(Settings(model_dir=folder, solver="batched", device="cpu"))
    with run_server(backend, max_streams=8) as running:  # a slow machine has less capacity of its own
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bundles.regression(tmp_path / "bundle")


def refusal(folder: Path, **settings: str) -> str:
    """Returns the error message of a server that does not start."""
    ended = command("serve", "--port", "0", A2F_MODEL_DIR=str(folder), **settings)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_health_and_ready_describe_the_model(own: Running) -> None:
    with own.http() as http:
        health = http.get("/health").json()
    assert (health["backend"], health["mode"]) == ("audio2face3d", "real")
    assert (health["device"], health["provider"]) == ("cpu", "CPUExecutionProvider")
    assert health["model"]["solver"] == "batched"
    assert health["model"]["precision"] == "fp32"
    assert health["model"]["name"].startswith("v")
    assert health["batch"] >= 1
    assert health["capacity"] >= 1
    assert health["memory"]["used"] > 10
    with own.talk() as talk:
        ready = talk.expect("ready")
    assert ready["model"] == health["model"]
    assert ready["lookahead"] == health["lookahead"] < 0.82, "0.75 s of diffusion plus the resampler's delay"


def test_streaming_equals_the_file_and_the_http_endpoint(own: Running, voice: bytes) -> None:
    with own.talk() as talk, own.http() as http:
        talk.expect("ready")
        options = {"seed": 4, "emotions": {"joy": 0.5}}
        streamed = talk.animate(pcm(voice), step=1001, **options)
        whole = talk.animate(voice, audio={"encoding": "file"}, **options)
        query = {"seed": "4", "emotions": '{"joy": 0.5}'}
        answer = http.post("/v1/animate", content=voice, params=query).json()
    assert streamed[:, 17].max() > 6000, "the jaw opens"
    assert np.array_equal(streamed, whole)
    assert np.allclose(answer["weights"], whole / 65535, atol=5.1e-5)


def test_concurrent_streams_equal_a_single_one(own: Running, voice: bytes) -> None:
    def one(step: int) -> np.ndarray:
        with own.talk() as talk:
            talk.expect("ready")
            return talk.animate(pcm(voice), step)

    async def run_concurrently() -> list[np.ndarray]:
        return await asyncio.gather(*(asyncio.to_thread(one, 640 + k) for k in range(6)))

    alone = one(1 << 18)
    assert all(np.array_equal(alone, each) for each in asyncio.run(run_concurrently()))


def test_a_required_gpu_that_is_missing_is_an_error(folder: Path) -> None:
    assert "A2F_DEVICE=cuda requires a GPU" in refusal(folder, A2F_DEVICE="cuda")


def test_settings_unknown_to_the_bundle_are_refused(folder: Path) -> None:
    assert "there is no identity 'Zoe'" in refusal(folder, A2F_IDENTITY="Zoe")
    message = refusal(folder, A2F_FACE='{"lower_face_strenght": 0.9}')
    assert "lower_face_strenght" in message
    assert "lower_face_strength" in message, "known names are listed"


def test_an_incomplete_bundle_is_refused(folder: Path) -> None:
    (folder / "network.onnx").unlink()
    assert "network.onnx" in refusal(folder)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path / "nothing")
    assert "does not exist" in message
    assert "models pull" in message


def test_nan_weights_are_refused(folder: Path) -> None:
    def broken(arrays: dict[str, np.ndarray]) -> None:
        arrays["shapes_matrix_skin"][0, 0, 0] = np.nan

    bundles.edit_npz(folder / "model_data.npz", broken)
    message = refusal(folder)
    assert "model_data.npz" in message
    assert "shapes_matrix_skin" in message
