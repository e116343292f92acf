"""`ChunkedStreamingClient`, for the routes under `/api/audio-driven/chunked/`: one session at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from a2f_client.errors import A2FClientError
from a2f_client.remote_server import RemoteServer
from chunked_streaming_client.multipart import File, encode

ROUTES = "/api/audio-driven/chunked"


class ChunkedStreamingClient:
    """A session in which a picture speaks the audio that it is fed in chunks. As a context manager it cleans up.

    Attributes:
        server_url: the server's address, such as http://127.0.0.1:8000.
        session_id: the id of the session, or None before `init_session` and after `cleanup`.
        hls_url: the URL of the video stream, or None without a session. Anyone who knows it can watch.
    """

    def __init__(self, server_url: str | None = None, *, key: str | None = None, timeout: float = 120.0) -> None:
        """Sets the server; does not connect yet.

        The variables A2F_BASE_URL, A2F_PORT and A2F_API_KEY replace the defaults, http://127.0.0.1:8000 without a key;
        `key` may also be a token. `timeout` is how long, in seconds, the server may be silent. Raises ValueError for an
        invalid address.
        """
        self._server = RemoteServer(server_url, None, key, timeout)
        self.server_url = str(self._server)
        self.session_id: str | None = None
        self.hls_url: str | None = None

    def init_session(
        self,
        image_path: str | os.PathLike[str],
        crop: bool = True,
        seed: int = 42,
        nfe: int = 10,
        cfg_scale: float = 2.0,
        chunk_duration: float = 1.0,
        audio_sample_rate: int = 24000,
        *,
        pose_style: Sequence[float] | None = None,
        gaze_style: Sequence[float] | None = None,
    ) -> str:
        """Opens a session with a picture, or with an avatar as GLB; returns its id.

        `crop` shows the head and shoulders; `seed` varies blinks, gaze and head movements; `audio_sample_rate` is that
        of raw samples; `pose_style` is [pitch, yaw, roll] and `gaze_style` [x, y]. `nfe` (5–50), `cfg_scale` (1–5) and
        `chunk_duration` (0.1–10) have no effect here. Raises OSError if the picture cannot be read, and A2FClientError
        with the server's message, for example if there is no face in it.
        """
        path = Path(image_path)
        fields = {
            "crop": crop,
            "seed": seed,
            "nfe": nfe,
            "cfg_scale": cfg_scale,
            "chunk_duration": chunk_duration,
            "audio_sample_rate": audio_sample_rate,
            "pose_style": _listed(pose_style),
            "gaze_style": _listed(gaze_style),
        }
        answer = self._post("init", fields, File("image", path.name, path.read_bytes()))
        self.session_id, self.hls_url = answer["session_id"], f"{self.server_url}{answer['hls_url']}"
        return str(self.session_id)

    def feed_audio_chunk(self, audio_data: bytes, is_final: bool = False) -> dict[str, Any]:
        """Sends a chunk: a WAV, MP3 or other file, or raw mono s16le samples at `audio_sample_rate`.

        Returns the server's answer with `frames_generated`, `buffer_samples` and `session_status`. Raises ValueError
        without a session, and A2FClientError.
        """
        fields = {"session_id": self._session(), "is_final_chunk": is_final}
        return self._post("feed", fields, File("audio_chunk", "chunk", bytes(audio_data)))

    def get_status(self) -> dict[str, Any]:
        """Returns `status`, `total_frames_generated`, `error` and more. Raises ValueError, A2FClientError."""
        return self._server.call("GET", f"{ROUTES}/status/{quote(self._session(), safe='')}")

    def download(self, path: str | os.PathLike[str]) -> None:
        """Writes the whole video as MP4, once the last chunk was fed. Raises ValueError, OSError, A2FClientError."""
        Path(path).write_bytes(self._server.fetch(f"/api/hls/{quote(self._session(), safe='')}/download"))

    def cleanup(self) -> None:
        """Deletes the session and its video. Does nothing without a session, or if it has expired."""
        if self.session_id is None:
            return
        session, self.session_id, self.hls_url = self.session_id, None, None
        try:
            self._server.call("DELETE", f"{ROUTES}/session/{quote(session, safe='')}")
        except A2FClientError as error:
            if error.status != 404:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.cleanup()

    def _session(self) -> str:
        if self.session_id is None:
            raise ValueError("there is no session: call init_session first")
        return self.session_id

    def _post(self, route: str, fields: Mapping[str, object], file: File) -> dict[str, Any]:
        media_type, body = encode(fields, file)
        return self._server.call("POST", f"{ROUTES}/{route}", body, media_type)


def _listed(values: Sequence[float] | None) -> str | None:
    return None if values is None else json.dumps([float(value) for value in values])
