"""Builds a network's inputs from their meanings, with the network's own data types and ranks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import AnyArray, Float32Array, Samples
from a2f_server.backends.onnx_file.description import (
    Audio,
    Constant,
    EmotionId,
    FrameCount,
    Input,
    OneHot,
    SampleCount,
)
from a2f_server.onnx_runtime.session import InputType

LEAST_EMOTION = 0.5
"""The strongest emotion determines the id if its weight is above this."""


def assign(described: Mapping[str, Input], found: Mapping[str, InputType]) -> dict[str, Input]:
    """Returns the meaning of each of the network's inputs. Raises ValueError if the names differ."""
    if not described and len(found) == 1:
        return dict.fromkeys(found, Audio(meaning="audio"))
    if set(described) != set(found):
        raise ValueError(f"it takes {', '.join(sorted(found))}, but its description has {', '.join(sorted(described))}")
    return dict(described)


def build(
    meanings: Mapping[str, Input], types: Mapping[str, InputType], samples: Samples, frames: int, emotions: Float32Array
) -> dict[str, AnyArray]:
    """Returns the network's inputs by name, each with as many axes as the network has."""
    return {
        name: _shaped(_value(meaning, samples, frames, emotions), types[name]) for name, meaning in meanings.items()
    }


def _value(meaning: Input, samples: Samples, frames: int, emotions: Float32Array) -> AnyArray:
    match meaning:
        case Audio():
            return samples
        case SampleCount():
            return np.array([len(samples)])
        case FrameCount():
            return np.array([frames])
        case EmotionId():
            return np.array([_emotion_id(meaning, emotions)])
        case OneHot():
            return np.eye(1, meaning.size, meaning.index).reshape(-1)
        case Constant():
            return np.atleast_1d(np.array(meaning.value))


def _emotion_id(meaning: EmotionId, emotions: Float32Array) -> int:
    strongest = int(emotions.argmax())
    if emotions[strongest] <= LEAST_EMOTION:
        return meaning.neutral
    return meaning.ids.get(arkit.EMOTIONS[strongest], meaning.neutral)


def _shaped(value: AnyArray, wanted: InputType) -> AnyArray:
    """Adds axes of size 1 in front, or removes the only one for a scalar."""
    missing = wanted.rank - value.ndim
    shaped = value.reshape(()) if wanted.rank == 0 and value.size == 1 else value[(None,) * max(0, missing)]
    return np.ascontiguousarray(shaped, wanted.dtype).reshape(shaped.shape)
