"""Runs a network from an ONNX file that a TOML file describes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import numpy as np

from a2f_server.arrays import Float32Array, Samples
from a2f_server.backends.onnx_file import description, inputs
from a2f_server.backends.onnx_file.description import Description, EmotionId
from a2f_server.backends.sequence.backend import SequenceBackend
from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.session import DeviceKind, Session
from a2f_server.settings import Settings

MOST_THREADS = 8
"""Threads per call: these networks are large, and only one call runs at a time."""


class OnnxFileBackend(SequenceBackend):
    """A network from an ONNX file. Raises ValueError with an actionable message if it does not fit its description."""

    def __init__(self, described: Description, file: Path, device: str = "auto") -> None:
        self.name, self.file, self.described = described.name, file, described
        self.windows, self.silence = described.windows(), described.pauses()
        self.normalised, self.columns = described.normalise, described.columns
        kind = onnx.choose_device(device, self._open)
        self._session = self._open(kind)
        self.device, self.provider = kind, onnx.PROVIDER_NAMES[kind]
        try:
            self._types = self._session.input_types()
            self._meanings = inputs.assign(described.inputs, self._types)
            self._start()
        except ValueError as error:
            raise ValueError(f"{file} is not the network {self.name!r}: {error}") from None
        if any(isinstance(one, EmotionId) and one.ids for one in self._meanings.values()):
            self.own_motion = frozenset({"emotion"})
        self.model = {"name": described.title or described.name, "licence": described.licence}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Opens the network that the package describes, from the folder or file that A2F_MODEL_DIR names."""
        return cls.of(description.shipped(cls.name), settings.model_dir, settings.device)

    @classmethod
    def of(cls, described: Description, path: Path | None, device: str = "auto") -> Self:
        """Opens a described network from a folder, or from the file itself."""
        return cls(described, find(described, path), device)

    def run(self, samples: Samples, frames: int, emotions: Float32Array) -> Float32Array:
        """Runs the network and returns its first output. Raises RuntimeError if it fails."""
        arrays = inputs.build(self._meanings, self._types, samples, frames, emotions)
        try:
            output: Float32Array = self._session.run(**arrays)[0]
        except Exception as error:  # onnxruntime has no common exception type
            if onnx.is_out_of_memory(error):
                raise
            raise RuntimeError(f"the network {self.name!r} failed: {error}") from error
        return output.astype(np.float32, copy=False).reshape(
            output.shape[-2:] if output.shape[:-2] in {(), (1,)} else (0,)
        )

    def _open(self, kind: DeviceKind) -> Session:
        try:
            return Session(self.file, kind, threads=min(MOST_THREADS, os.cpu_count() or 1))
        except Exception as error:
            if kind == "cuda":
                raise  # the CPU may do
            raise ValueError(f"{self.file} cannot be opened: {error}") from None


class UniTalkerBackend(OnnxFileBackend):
    """UniTalker."""

    name = "unitalker"


class Wav2ArkitBackend(OnnxFileBackend):
    """wav2arkit."""

    name = "wav2arkit"


def from_toml(file: Path, settings: Settings) -> OnnxFileBackend:
    """Opens the network of a user's description, from A2F_MODEL_DIR or else from the description's folder."""
    return OnnxFileBackend.of(description.load(file), settings.model_dir or file.parent, settings.device)


def find(described: Description, path: Path | None) -> Path:
    """Returns the ONNX file. Raises ValueError with an actionable message if there is none, or several."""
    if path is None:
        pull = f"; `a2f-server models pull {described.repository}` fetches it" if described.repository else ""
        raise ValueError(f"the backend {described.name} needs its ONNX file: set A2F_MODEL_DIR to its folder{pull}")
    if path.is_file():
        return path
    found = [path / described.file] if described.file else sorted(path.glob("*.onnx"))
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise ValueError(f"{path} has several networks ({names}): set A2F_MODEL_DIR to one of them")
    if not found or not found[0].is_file():
        raise ValueError(f"{path} has no {described.file or 'ONNX file'} for the backend {described.name}")
    return found[0]
