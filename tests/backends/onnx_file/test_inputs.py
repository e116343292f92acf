"""The arrays that a network takes."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.backends.onnx_file import inputs
from a2f_server.backends.onnx_file.description import Audio, Constant, EmotionId, FrameCount, OneHot, SampleCount
from a2f_server.onnx_runtime.session import InputType

SAMPLES = np.arange(5, dtype=np.float32)
MEANINGS = {
    "audio": Audio(meaning="audio"),
    "length": SampleCount(meaning="samples"),
    "steps": FrameCount(meaning="frames"),
    "emotion": EmotionId(meaning="emotion", neutral=10, ids={"joy": 3}),
    "person": OneHot(meaning="one_hot", size=3, index=1),
    "level": Constant(meaning="constant", value=0.5),
    "style": Constant(meaning="constant", value=[1, 2]),
}


def built(dtype: str, rank: int, emotions: np.ndarray | None = None) -> dict[str, np.ndarray]:
    types = dict.fromkeys(MEANINGS, InputType(np.dtype(dtype), rank))
    return inputs.build(MEANINGS, types, SAMPLES, 7, np.zeros(10, np.float32) if emotions is None else emotions)


def emotions(**weights: float) -> np.ndarray:
    return np.array([weights.get(name, 0) for name in arkit.EMOTIONS], np.float32)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "int64"])
def test_values_types_and_ranks(dtype: str, rank: int) -> None:
    arrays = built(dtype, rank)
    wanted = {"audio": SAMPLES, "length": 5, "steps": 7, "emotion": 10, "person": [0, 1, 0], "style": [1, 2]}
    assert all(np.array_equal(arrays[name].ravel(), np.ravel(value)) for name, value in wanted.items())
    assert arrays["level"].item() == (0.5 if dtype.startswith("float") else 0)
    assert {array.ndim for array in arrays.values()} == {rank}
    assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}


def test_scalars() -> None:
    arrays = built("int64", 0)
    assert arrays["steps"].shape == ()
    assert arrays["steps"] == 7


def test_the_strongest_emotion_determines_the_id() -> None:
    assert built("int32", 1, emotions(joy=0.8, anger=0.3))["emotion"] == 3
    assert built("int32", 1, emotions(joy=0.4))["emotion"] == 10, "too weak"
    assert built("int32", 1, emotions(joy=0.6, anger=0.8))["emotion"] == 10, "anger has no id"


def test_the_names_must_be_those_of_the_network() -> None:
    found = {"x": InputType(np.dtype("float32"), 2)}
    assert inputs.assign({}, found) == {"x": Audio(meaning="audio")}
    with pytest.raises(ValueError, match="it takes x, but its description has audio"):
        inputs.assign({"audio": Audio(meaning="audio")}, found)
    with pytest.raises(ValueError, match="it takes x, y"):
        inputs.assign({}, {**found, "y": found["x"]})
