"""Reads what the ten emotions add to a face from the tables of profiles.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array


def expressions(tables: Mapping[str, Any]) -> Float32Array:
    """Returns `[10, 52]`, as in `Context`. Raises ValueError that names the mistake."""
    out = np.zeros((len(arkit.EMOTIONS), arkit.COUNT), np.float32)
    for emotion, shapes in tables.items():
        if emotion not in arkit.EMOTIONS:
            raise ValueError(f"there is no emotion {emotion!r}; the ten are {', '.join(arkit.EMOTIONS)}")
        if not isinstance(shapes, dict):
            raise ValueError(f"emotion {emotion!r} is not a table")  # noqa: TRY004 - `profiles.load` raises one kind
        row = out[arkit.EMOTIONS.index(emotion)]
        for shape, value in shapes.items():
            share = _share(value, f"emotion {emotion!r}, shape {shape!r}")
            row[[arkit.INDEX[name] for name in _sides(emotion, shape)]] = share
    return out


def _share(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{where}: {value!r} is not a number from 0 to 1")
    return value


def _sides(emotion: str, shape: str) -> list[str]:
    """Returns the names for a shape; without a side, such as `mouthSmile`, it stands for both."""
    names = [n for n in (shape, f"{shape}Left", f"{shape}Right") if n in arkit.INDEX]
    if not names:
        raise ValueError(f"emotion {emotion!r} names the shape {shape!r}, which is not one of ARKit's 52")
    return names
