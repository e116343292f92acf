"""Compiles functions to machine code with numba, an optional package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compiles a function at its first call; it then runs without the GIL.

    The code is cached in `__pycache__`, or in the user's cache folder (NUMBA_CACHE_DIR sets another one). If neither is
    writable, every process compiles it again.
    """
    try:
        return _jit(function, cache=True, nogil=True)
    except RuntimeError:
        return _jit(function, nogil=True)


def inlined(function: F) -> F:
    """Compiles a small function that is inlined into its callers."""
    return _jit(function, inline="always")


def _jit(function: F, **options: Any) -> F:
    # reference counting of arrays in the inner loops would take most of the time
    jit: Any = numba.njit
    return cast("F", jit(error_model="numpy", _nrt=False, **options)(function))
