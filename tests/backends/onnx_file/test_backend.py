"""Networks from ONNX files: the shipped descriptions, your own, and files that do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from a2f_server import arkit
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend, Batch
from a2f_server.backends.onnx_file import description
from a2f_server.backends.onnx_file.backend import OnnxFileBackend
from a2f_server.backends.sequence.normalisation import normalise
from a2f_server.settings import Settings
from tests.support.sounds import buzz
from tests.support.streaming import streamed
from tools.sequence_networks.writing import write

RATE = 16000
OWN = """
name = "mine"
title = "My network"
normalise = true
rounding = "floor"
order = [{names}]
[inputs]
audio = {{ meaning = "audio" }}
emo_id = {{ meaning = "emotion", neutral = 10, ids = {{ joy = 9 }} }}
time_steps = {{ meaning = "frames" }}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for each network."""
    folder = tmp_path_factory.mktemp("networks")
    for kind in ("unitalker", "wav2arkit"):
        write(folder / kind, kind)
    return folder


def loaded(backend: str | Path, place: Path | None) -> Backend:
    return selector.load(Settings(backend=str(backend), model_dir=place, device="cpu"))


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """A description of the same inputs as unitalker's, with an emotion."""
    names = ", ".join(f'"{name}"' for name in description.shipped("unitalker").names)
    (tmp_path / "mine.toml").write_text(OWN.format(names=names))
    shutil.copy(folder / "unitalker/unitalker.onnx", tmp_path)
    return tmp_path / "mine.toml"


@pytest.mark.parametrize("kind", ["unitalker", "wav2arkit"])
def test_a_folder_or_a_file(folder: Path, kind: str) -> None:
    backend = loaded(kind, folder / kind)
    assert backend.name == kind
    sound = buzz(2, RATE)
    frames = streamed(backend, sound, RATE, [])
    assert np.array_equal(frames, streamed(loaded(kind, folder / kind / f"{kind}.onnx"), sound, RATE, [8000, 9001]))


def test_the_weights_are_those_of_the_network_by_name(folder: Path) -> None:
    """A recording that fits into one window, in which the network sees all of it."""
    backend, file = loaded("unitalker", folder / "unitalker"), folder / "unitalker/unitalker.onnx"
    sound = buzz(1, RATE)[: 30 * RATE // 30]
    window = np.concatenate([np.zeros(RATE, np.float32), sound])
    weights, _ = backend.infer(
        Batch(window[None, None], np.zeros((1, 15, 10), np.float32), RATE), [backend.initial_state(0)]
    )
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    inputs = {"audio": normalise(sound)[None], "emo_id": np.int32([10]), "time_steps": np.int32([30])}
    [wanted] = session.run(None, inputs)
    for i, name in enumerate(description.shipped("unitalker").names):
        assert np.allclose(weights[0, :, arkit.INDEX[name]], wanted[0, :15, i].clip(0, 1), atol=1e-5)
    assert not weights[..., arkit.INDEX["tongueOut"]].any()


def test_your_own_description(own: Path, folder: Path) -> None:
    backend, sound = loaded(own, None), buzz(3, RATE)
    assert backend.name == "mine"
    assert backend.model["name"] == "My network"
    assert backend.own_motion == {"emotion"}
    assert np.array_equal(streamed(backend, sound, RATE, []), streamed(loaded(own, own.parent), sound, RATE, [5000]))


def test_an_emotion_reaches_the_network(own: Path) -> None:
    backend = loaded(own, None)
    window, smile = np.zeros((1, 1, 32000), np.float32), arkit.INDEX["mouthSmileLeft"]
    joy = np.zeros((1, 15, 10), np.float32)
    joy[..., arkit.EMOTIONS.index("joy")] = 0.9
    weights, _ = backend.infer(Batch(window, joy, RATE), [backend.initial_state(0)])
    neutral, _ = backend.infer(Batch(window, 0 * joy, RATE), [backend.initial_state(0)])
    assert weights[..., smile].min() > 0.9
    assert not neutral.any()


def test_missing_files_say_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="needs its ONNX file: set A2F_MODEL_DIR to its folder; `a2f-server models pull"
    ):
        loaded("wav2arkit", None)
    with pytest.raises(ValueError, match="has no ONNX file for the backend unitalker"):
        loaded("unitalker", tmp_path)
    for name in ("a.onnx", "b.onnx"):
        shutil.copy(folder / "unitalker/unitalker.onnx", tmp_path / name)
    with pytest.raises(ValueError, match=r"several networks \(a.onnx, b.onnx\): set A2F_MODEL_DIR to one of them"):
        loaded("unitalker", tmp_path)
    assert loaded("unitalker", tmp_path / "b.onnx").name == "unitalker"


def test_the_file_that_a_description_names(folder: Path) -> None:
    described = description.shipped("unitalker").model_copy(update={"file": "other.onnx"})
    with pytest.raises(ValueError, match=r"has no other\.onnx"):
        OnnxFileBackend.of(described, folder / "unitalker", "cpu")


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n", bytes(1000)])
def test_a_file_that_is_no_network(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.onnx").write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.onnx cannot be opened"):
        loaded("unitalker", tmp_path)


def test_the_network_of_another_description(folder: Path) -> None:
    with pytest.raises(ValueError, match="it takes audio_waveform, but its description has audio, emo_id, time_steps"):
        loaded("unitalker", folder / "wav2arkit")
    with pytest.raises(ValueError, match="it takes audio, emo_id, time_steps"):
        loaded("wav2arkit", folder / "unitalker")


def test_another_number_of_outputs(folder: Path) -> None:
    described = description.shipped("wav2arkit").model_copy(update={"order": ["jawOpen"]})
    with pytest.raises(ValueError, match="60×52 numbers instead of 60×1"):
        OnnxFileBackend.of(described, folder / "wav2arkit", "cpu")


def test_a_network_that_fails_later_is_an_error_of_its_stream(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = loaded("wav2arkit", folder / "wav2arkit")
    monkeypatch.setattr(backend, "_session", None)
    window = np.zeros((1, 1, 32000), np.float32)
    with pytest.raises(RuntimeError, match="the network 'wav2arkit' failed"):
        backend.infer(Batch(window, np.zeros((1, 15, 10), np.float32), RATE), [backend.initial_state(0)])
