"""EmoTalk as a backend. torch is only imported when the model is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Samples
from a2f_server.backends.sequence.backend import SequenceBackend
from a2f_server.backends.sequence.windows import WindowSizes
from a2f_server.settings import Settings

FILE = "EmoTalk.pth"
LEVEL, PERSON = 1, 0
"""The defaults of EmoTalk's own service: strong emotion, the first person."""
BLINKS = frozenset({"eyeBlinkLeft", "eyeBlinkRight"})
"""Not taken from the network, whose lids hardly move; the motion processor `blink` closes them."""
WINDOWS = WindowSizes(16000, 30, context=60, hop=30, overlap=6, ahead=12)


class EmoTalkBackend(SequenceBackend):
    """EmoTalk. Raises ValueError with an actionable message if its packages, its file or a GPU are missing."""

    name = "emotalk"
    windows = WINDOWS
    own_motion = frozenset({"affect"})
    """The network hears emotions in the voice."""

    def __init__(self, path: Path, device: str = "auto", *, level: int = LEVEL, person: int = PERSON) -> None:
        file = _file(path)  # before torch, whose import takes seconds
        self._torch = _torch()
        self.device = self._choose(device)
        from a2f_server.backends.emotalk import checkpoint  # noqa: PLC0415 - needs the packages of an extra

        self._network = checkpoint.load(file, self.device)
        self._level, self._person = level, person
        self.columns = [None if name in BLINKS else arkit.INDEX[name] for name in arkit.ALPHABETICAL]
        self.provider = f"torch {self._torch.__version__}"
        self.model = {"name": "EmoTalk", "licence": "CC BY-NC 4.0"}
        self._start()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Loads the checkpoint that A2F_MODEL_DIR names, by file or folder."""
        if settings.model_dir is None:
            raise ValueError("the backend emotalk needs EmoTalk.pth: set A2F_MODEL_DIR to its folder")
        return cls(settings.model_dir, settings.device)

    def run(self, samples: Samples, frames: int, emotions: Float32Array) -> Float32Array:
        """Runs the network. EmoTalk takes the emotion from the voice; `emotions` are added by the motion profile."""
        with self._torch.inference_mode():
            audio = self._torch.from_numpy(np.array(samples)).to(self.device)
            weights: Float32Array = self._network(audio, frames, self._level, self._person).float().cpu().numpy()
        return weights

    def _choose(self, wanted: str) -> str:
        found = self._torch.cuda.is_available()
        if wanted == "cuda" and not found:
            raise ValueError("A2F_DEVICE=cuda requires a GPU, but torch finds none")
        return "cuda" if found and wanted != "cpu" else "cpu"


def _file(path: Path) -> Path:
    """Returns the checkpoint, given the file or its folder. Raises ValueError with an actionable message."""
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise ValueError(f"{file} is missing; EmoTalk's authors publish it, under CC BY-NC 4.0")
    return file


def _torch() -> Any:
    """Imports torch. Raises ValueError with an actionable message if it or transformers is not installed."""
    try:
        import torch  # noqa: PLC0415 - an extra
        import transformers  # noqa: F401, PLC0415
    except ImportError as error:
        raise ValueError(
            f"the backend emotalk needs torch and transformers ({error}): pip install 'a2f-server[emotalk]' (in a "
            "checkout '.[emotalk]')"
        ) from None
    return torch
