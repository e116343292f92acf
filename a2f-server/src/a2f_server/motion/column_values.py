"""Converts parameters that are tables of shapes to arrays."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.motion.contract import Context
from a2f_server.motion.validation import numbers


def per_column(context: Context, values: object, what: str, otherwise: float) -> Float32Array:
    """Returns a value for each column, from a table `{name: number}`; `otherwise` for the rest. Raises ValueError."""
    out = np.full(len(context.names), otherwise, np.float32)
    for name, value in numbers(values, what).items():
        out[context.columns(name)] = value
    return out
