"""Compiles functions to machine code with numba, an optional package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compiles a function at its first call; it then runs without the interpreter's lock.

    The code is kept in `__pycache__`, or the user's cache folder (NUMBA_CACHE_DIR names another one). Where none can be
    written, every process compiles it again.
    """
    try:
        return _jit(function, cache=True, nogil=True)
    except RuntimeError:
        return _jit(function, nogil=True)


def inlined(function: F) -> F:
    """Compiles a small function into those that call it."""
    return _jit(function, inline="always")


def _jit(function: F, **options: Any) -> F:
    # counting references to arrays in the inner loops would take most of the time
    jit: Any = numba.njit
    return cast("F", jit(error_model="numpy", _nrt=False, **options)(function))
