"""Type aliases for numpy arrays. The name says the element type; shapes and units stand where an array is used."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
Int16Array = NDArray[np.int16]
Int64Array = NDArray[np.int64]
UInt16Array = NDArray[np.uint16]
BoolArray = NDArray[np.bool_]
AnyArray = NDArray[Any]

Samples = Float32Array
"""Mono audio in [−1, 1], unless its shape is given."""
Weights = Float32Array
"""Frames of blendshape weights, `[n, 52]` in the order of `arkit.NAMES`, 0 to 1."""
