"""The registry of backends. A new backend is one new file and one line in BACKENDS."""

from __future__ import annotations

from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from a2f_server.settings import Settings

if TYPE_CHECKING:
    from a2f_server.backends.contract import Backend

BACKENDS = {
    "audio2face3d": "a2f_server.backends.audio2face3d.backend:Audio2Face3DBackend",
    "builtin": "a2f_server.backends.builtin.backend:BuiltinBackend",
    "emotalk": "a2f_server.backends.emotalk.backend:EmoTalkBackend",
    "mock": "a2f_server.backends.mock.backend:MockBackend",
    "unitalker": "a2f_server.backends.onnx_file.backend:UniTalkerBackend",
    "wav2arkit": "a2f_server.backends.onnx_file.backend:Wav2ArkitBackend",
}
"""The places of the classes. A server imports only the one that it runs."""


def backend_names() -> list[str]:
    """Returns the values of A2F_BACKEND: auto, and the name of each backend."""
    return ["auto", *BACKENDS]


def load(settings: Settings) -> Backend:
    """Loads the backend that the settings name, or the network that a user's TOML file describes.

    Raises ValueError with an actionable message if there is no such backend, or if its packages or a required GPU are
    missing.
    """
    if settings.backend.endswith(".toml"):
        from a2f_server.backends.onnx_file.backend import from_toml  # noqa: PLC0415 - only these networks need it

        return from_toml(Path(settings.backend), settings)
    name = _auto(settings) if settings.backend == "auto" else settings.backend
    if name not in BACKENDS:
        raise ValueError(
            f"there is no backend {name!r}; A2F_BACKEND takes {', '.join(backend_names())}, or a file NAME.toml"
        )
    backend: type[Backend] = resolve_name(BACKENDS[name])
    if settings.device == "cuda" and backend.cpu_only:
        raise ValueError(f"A2F_DEVICE=cuda requires a GPU, but the backend {name!r} runs on the CPU only")
    return backend.from_settings(settings)


def _auto(settings: Settings) -> str:
    """Returns the bundle if there is one, else the built-in model; never the mock, whose frames are fake."""
    return "audio2face3d" if settings.model_dir else "builtin"
