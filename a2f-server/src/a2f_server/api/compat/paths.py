"""The paths of other systems' endpoints."""

from __future__ import annotations

PROCESS_AUDIO = ("/process-audio/", "/process-audio")
PROCESS_AUDIO_STREAM = "/api/v1/process-audio-stream"
STREAMING_AUDIO2FACE = "/api/v1/streaming_audio2face/ws"

CHUNKED = "/api/audio-driven/chunked/"
HLS, HLS_API = "/hls/", "/api/hls/"
HLS_SESSION = "/api/hls/session/"

DETAILED = (*PROCESS_AUDIO, PROCESS_AUDIO_STREAM)
"""HTTP endpoints whose clients read the field `detail` of an error."""


def has_detail(path: str) -> bool:
    """Returns True for the endpoints whose clients read `detail`."""
    return path in DETAILED or path.startswith((CHUNKED, HLS, HLS_API))


def is_media(path: str) -> bool:
    """Returns True for playlists and media, which players fetch without a key: whoever knows the id may watch."""
    return path.startswith((HLS, HLS_API)) and not path.startswith(HLS_SESSION)
