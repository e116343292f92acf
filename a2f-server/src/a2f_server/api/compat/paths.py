"""The paths of other systems' endpoints."""

from __future__ import annotations

PROCESS_AUDIO = ("/process-audio/", "/process-audio")
PROCESS_AUDIO_STREAM = "/api/v1/process-audio-stream"
STREAMING_AUDIO2FACE = "/api/v1/streaming_audio2face/ws"

DETAILED = (*PROCESS_AUDIO, PROCESS_AUDIO_STREAM)
"""HTTP endpoints whose clients read the field `detail` of an error."""
