"""A server with a network that takes whole recordings: its description, its frames, and its failures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from a2f_server.backends import selector
from a2f_server.settings import Settings
from tests.backends.sequence.toy import Loudness
from tests.support.running import Running, pcm, run_server
from tests.support.spawning import command
from tools.sequence_networks.writing import write


@pytest.fixture(scope="module", params=["unitalker", "wav2arkit"])
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = write(tmp_path_factory.mktemp(request.param), request.param)
    backend = selector.load(Settings(backend=request.param, model_dir=file.parent, device="cpu"))
    with run_server(backend) as running:
        yield running


def test_health_describes_the_model(own: Running) -> None:
    with own.http() as http:
        health = http.get("/health").json()
    assert health["mode"] == "real"
    assert health["model"]["name"] in {"UniTalker", "wav2arkit"}
    assert health["model"]["licence"]
    assert 1 <= health["lookahead"] < 1.1, "the window, and the resampler from 24 kHz"


def test_streaming_equals_the_file_and_the_http_endpoint(own: Running, voice: bytes) -> None:
    with own.talk() as talk, own.http() as http:
        talk.expect("ready")
        streamed = talk.animate(pcm(voice), step=1001, seed=4)
        whole = talk.animate(voice, audio={"encoding": "file"}, seed=4)
        answer = http.post("/v1/animate", content=voice, params={"seed": "4"}).json()
    assert streamed[:, 17].max() > 6000, "the jaw opens"
    assert np.array_equal(streamed, whole)
    assert np.allclose(answer["weights"], whole / 65535, atol=5.1e-5)


def test_values_that_are_not_numbers_are_an_error(voice: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Loudness()
    backend.capacity = 4
    monkeypatch.setattr(backend, "run", lambda _, frames, __: np.full((frames, 3), np.nan, np.float32))
    with run_server(backend) as running, running.http() as http:
        answer = http.post("/v1/animate", content=voice)
    assert answer.status_code == 500
    assert answer.json()["code"] == "backend_failed"


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("wav2arkit", "has no ONNX file for the backend wav2arkit"),
        ("emotalk", "emotalk"),
        ("mine.toml", "mine.toml cannot be read"),
    ],
)
def test_a_missing_model_is_refused(tmp_path: Path, backend: str, words: str) -> None:
    ended = command("serve", "--port", "0", A2F_BACKEND=backend, A2F_MODEL_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert words.lower() in ended.stderr.lower()
