"""A server with an Audio2Face-3D bundle: what it says of itself, what it sends, and how it refuses to start."""

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
    with run_server(backend) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bundles.regression(tmp_path / "bundle")


def refusal(folder: Path, **settings: str) -> str:
    """What the server says instead of starting."""
    ended = command("serve", "--port", "0", A2F_MODEL_DIR=str(folder), **settings)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_it_says_which_model_runs_where_and_how(own: Running) -> None:
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
    assert ready["lookahead"] == health["lookahead"] < 0.82, "0.75 s of diffusion, and a resampler's wait"


def test_streaming_equals_the_file_and_the_http_door(own: Running, voice: bytes) -> None:
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


def test_crowds_have_the_faces_of_each_alone(own: Running, voice: bytes) -> None:
    def one(step: int) -> np.ndarray:
        with own.talk() as talk:
            talk.expect("ready")
            return talk.animate(pcm(voice), step)

    async def crowd() -> list[np.ndarray]:
        return await asyncio.gather(*(asyncio.to_thread(one, 640 + k) for k in range(6)))

    alone = one(1 << 18)
    assert all(np.array_equal(alone, each) for each in asyncio.run(crowd()))


def test_a_gpu_that_is_demanded_and_missing_is_refused(folder: Path) -> None:
    assert "A2F_DEVICE=cuda requires a GPU" in refusal(folder, A2F_DEVICE="cuda")


def test_settings_that_the_bundle_does_not_know_are_refused(folder: Path) -> None:
    assert "there is no identity 'Zoe'" in refusal(folder, A2F_IDENTITY="Zoe")
    said = refusal(folder, A2F_FACE='{"lower_face_strenght": 0.9}')
    assert "lower_face_strenght" in said
    assert "lower_face_strength" in said, "the names there are"


def test_a_bundle_that_is_not_whole_is_refused(folder: Path) -> None:
    (folder / "network.onnx").unlink()
    assert "network.onnx" in refusal(folder)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path / "nothing")
    assert "does not exist" in said
    assert "models pull" in said


def test_weights_that_are_no_numbers_are_refused(folder: Path) -> None:
    def broken(arrays: dict[str, np.ndarray]) -> None:
        arrays["shapes_matrix_skin"][0, 0, 0] = np.nan

    bundles.edit_npz(folder / "model_data.npz", broken)
    said = refusal(folder)
    assert "model_data.npz" in said
    assert "shapes_matrix_skin" in said
