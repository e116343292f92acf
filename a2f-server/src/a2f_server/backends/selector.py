"""Backends by name. A new one is one new file and one line here."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.backends.contract import Backend
from a2f_server.backends.mock import MockBackend
from a2f_server.settings import Settings

BACKENDS: dict[str, Callable[[Settings], Backend]] = {
    "mock": MockBackend.from_settings,
}

AUTO = "mock"
"""What `auto` takes while there is no model of our own yet; the page and /health say `mode: mock`."""


def load(settings: Settings) -> Backend:
    """The backend that the settings name. Raises ValueError with a sentence for a name that does not exist."""
    name = AUTO if settings.backend == "auto" else settings.backend
    if name not in BACKENDS:
        raise ValueError(f"there is no backend {name!r}; A2F_BACKEND takes auto, {', '.join(BACKENDS)}")
    if settings.device == "cuda":
        raise ValueError(f"A2F_DEVICE=cuda was demanded, but the backend {name!r} runs on the CPU only")
    return BACKENDS[name](settings)
