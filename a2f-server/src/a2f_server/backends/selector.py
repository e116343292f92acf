"""The registry of backends. A new backend is one new file and one line in BACKENDS."""

from __future__ import annotations

from pathlib import Path

from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.contract import Backend
from a2f_server.backends.emotalk.backend import EmoTalkBackend
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.backends.onnx_file.backend import UniTalkerBackend, Wav2ArkitBackend, from_toml
from a2f_server.settings import Settings

BACKENDS: list[type[Backend]] = [
    Audio2Face3DBackend,
    BuiltinBackend,
    EmoTalkBackend,
    MockBackend,
    UniTalkerBackend,
    Wav2ArkitBackend,
]


def backend_names() -> list[str]:
    """Returns the values of A2F_BACKEND: auto, and the name of each backend."""
    return ["auto", *(backend.name for backend in BACKENDS)]


def load(settings: Settings) -> Backend:
    """Loads the backend that the settings name, or the network that a user's TOML file describes.

    Raises ValueError with an actionable message if there is no such backend, or if its packages or a required GPU are
    missing.
    """
    if settings.backend.endswith(".toml"):
        return from_toml(Path(settings.backend), settings)
    name = _auto(settings) if settings.backend == "auto" else settings.backend
    backend = next((one for one in BACKENDS if one.name == name), None)
    if backend is None:
        raise ValueError(
            f"there is no backend {name!r}; A2F_BACKEND takes {', '.join(backend_names())}, or a file NAME.toml"
        )
    if settings.device == "cuda" and backend.cpu_only:
        raise ValueError(f"A2F_DEVICE=cuda requires a GPU, but the backend {name!r} runs on the CPU only")
    return backend.from_settings(settings)


def _auto(settings: Settings) -> str:
    """Returns the bundle if there is one, else the built-in model; never the mock, whose frames are fake."""
    return "audio2face3d" if settings.model_dir else "builtin"
