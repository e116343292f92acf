"""Backends by name. A new one is one new file and one line here."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.contract import Backend
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.settings import Settings

BACKENDS: dict[str, Callable[[Settings], Backend]] = {
    "audio2face3d": Audio2Face3DBackend.from_settings,
    "builtin": BuiltinBackend.from_settings,
    "mock": MockBackend.from_settings,
}

CPU_ONLY = {"mock"}
"""Backends that no GPU helps."""


def load(settings: Settings) -> Backend:
    """The backend that the settings name. Raises ValueError with a sentence when there is no such one, or its
    packages or a demanded GPU are missing."""
    name = _auto(settings) if settings.backend == "auto" else settings.backend
    if name not in BACKENDS:
        raise ValueError(f"there is no backend {name!r}; A2F_BACKEND takes auto, {', '.join(BACKENDS)}")
    if settings.device == "cuda" and name in CPU_ONLY:
        raise ValueError(f"A2F_DEVICE=cuda was demanded, but the backend {name!r} runs on the CPU only")
    return BACKENDS[name](settings)


def _auto(settings: Settings) -> str:
    """The bundle where there is one. Never the mock: nobody should see simulated faces without knowing."""
    return "audio2face3d" if settings.model_dir else "builtin"
