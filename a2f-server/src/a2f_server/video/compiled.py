"""Compiles functions to machine code with numba, an optional package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compiles a function at its first call; it then runs without the interpreter's lock.

    The code is kept in `__pycache__`, or the user's cache folder (NUMBA_CACHE_DIR names another one). Where none can be
    written, it is compiled again by every process.
    """
    try:
        return _jit(function, cache=True)
    except RuntimeError:
        return _jit(function, cache=False)


def _jit(function: F, *, cache: bool) -> F:
    decorate = numba.njit(cache=cache, nogil=True, fastmath={"nsz", "arcp", "contract", "afn", "reassoc"})
    return cast("F", decorate(function))
