"""`A2FClient`: turns an audio file, emotions and a range of time into blendshapes, as Audio2Face exports them."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from a2f_client import frame_range
from a2f_client.remote_server import RemoteServer


class A2FClient:
    """Animates one audio file at a time on an a2f-server. It keeps the last animation, so ranges of it are cheap.

    NVIDIA Omniverse is not needed: `usd_model` and `headless_script` are accepted, and ignored with a warning, since
    the server is started separately and has no USD model. `output_dir` is ignored likewise: nothing is written to disk.
    """

    def __init__(
        self,
        output_dir: str | os.PathLike[str] | None = None,
        usd_model: str | os.PathLike[str] | None = None,
        headless_script: str | os.PathLike[str] | None = None,
        base_url: str | None = None,
        port: int | None = None,
        *,
        key: str | None = None,
        timeout: float = 600.0,
    ) -> None:
        """Connects to nothing yet.

        `base_url` is, for example, http://127.0.0.1 (the default) or https://example.com/face; `port` defaults to that
        of the URL, else to 8000 (https: 443). The variables A2F_BASE_URL, A2F_PORT and A2F_API_KEY replace the
        defaults. `timeout` is how long, in seconds, the server may be silent. Raises ValueError for an invalid address.
        """
        unused = {"output_dir": output_dir, "usd_model": usd_model, "headless_script": headless_script}
        for name, value in unused.items():
            if value is not None:
                warnings.warn(f"{name} is ignored: an a2f-server needs no Omniverse", stacklevel=2)
        self._server = RemoteServer(base_url, port, key, timeout)
        self._path: Path | None = None
        self._audio = b""
        self._emotions: dict[str, float] = {}
        self._last: tuple[int, dict[str, Any]] | None = None

    def set_audio(self, audio_source: str | os.PathLike[str]) -> None:
        """Reads an audio file in any format that the server decodes. Raises OSError."""
        path = Path(audio_source)
        self._audio, self._path, self._last = path.read_bytes(), path, None

    def set_emotions(self, emotions: Mapping[str, float] | None = None) -> None:
        """Sets the emotions of the whole file, 0 to 1 each; those that are not named are 0."""
        self._emotions, self._last = dict(emotions or {}), None

    def generate_blendshapes(
        self, start: float = 0.0, end: float = -1.0, fps: int = 30, use_a2e: bool = False
    ) -> dict[str, Any]:
        """Returns the frames from `start` to before `end`, in seconds; -1 is the end of the audio.

        They equal the same frames of the whole file. `fps` (10–60) is raised if the range would have no frame.
        `use_a2e` is ignored with a warning: emotions are not recognised from the voice.

        Returns `{status, message, blendshapes}`; `blendshapes` is an Audio2Face export: exportFps, trackPath, numPoses,
        numFrames, facsNames, weightMat `[numFrames][numPoses]`, and empty joints, rotations and translations. Raises
        RuntimeError without audio, ValueError for a range without frames, and A2FClientError with what the server says.
        """
        if self._path is None:
            raise RuntimeError("there is no audio yet: call set_audio first")
        if use_a2e:
            warnings.warn("use_a2e is ignored: emotions are not recognised from the voice", stacklevel=2)
        frame_range.check(start, end)
        fps = frame_range.raised(fps, start, end)
        animation = self._animated(fps)
        rows = animation["weights"]
        rows = rows[frame_range.within(start, end, fps, len(rows))]
        if not rows:
            raise ValueError(
                f"start: the audio has no frame at or after {start} s; it has {len(animation['weights'])} frames"
            )
        return {
            "status": "OK",
            "message": f"{len(rows)} frames of {self._path.name}",
            "blendshapes": _export(rows, animation["blendshapes"], fps, str(self._path)),
        }

    def _animated(self, fps: int) -> dict[str, Any]:
        if self._last is None or self._last[0] != fps:
            query = {"fps": str(fps), "emotions": json.dumps(self._emotions)}
            self._last = fps, self._server.animate(self._audio, query)
        return self._last[1]


def _export(rows: list[list[float]], names: list[str], fps: int, path: str) -> dict[str, Any]:
    """Returns rows of weights as the document that Audio2Face exports. Rows and names are copies."""
    return {
        "exportFps": fps,
        "trackPath": path,
        "numPoses": len(names),
        "numFrames": len(rows),
        "facsNames": list(names),
        "weightMat": [list(row) for row in rows],
        "joints": [],
        "rotations": [[] for _ in rows],
        "translations": [[] for _ in rows],
    }
