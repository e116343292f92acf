"""`POST /v1/animate`: an audio file in, a whole animation out, in the format that `Accept` names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, closing

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from a2f_server.api.encoding import encode_clip, encode_csv
from a2f_server.api.file_animation import animate_file, parse_options, warned, whole_clip
from a2f_server.api.http.audio_upload import read_audio
from a2f_server.api.http.responses import (
    CSV,
    EVENT_FORMATS,
    JSON,
    NDJSON,
    SSE,
    EventStream,
    WholeResponse,
    negotiate,
    unless_disconnected,
)
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.clip import FaceClip
from a2f_server.errors import BadMessage

FORMATS = (JSON, CSV, NDJSON, SSE)


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["animation"])

    @router.post(
        "/v1/animate",
        summary="Animate an audio file",
        openapi_extra=_UPLOAD,
        responses=_RESPONSES,
        response_class=Response,
    )
    async def animate(
        request: Request,
        fps: int | None = Query(None, description="Frames per second, 10-60."),
        profile: str | None = Query(None, description="A motion profile that the server lists."),
        offset_name: str | None = Query(
            None, description="An offset of the profile, such as `anger_2`; an unknown one changes nothing."
        ),
        seed: int = Query(0, description="Seed of blinks, gaze and brows; the same seed gives the same frames."),
        backend: str | None = Query(None, description="A backend that the server lists."),
        emotions: str | None = Query(None, description='JSON object of emotions, e.g. {"joy": 0.6}.'),
        channel: str = Query("mix", description="The channel of stereo audio to animate: mix, left or right."),
    ) -> Response:
        """Animates an audio file (wav, flac, ogg, mp3 …), sent as raw body or as multipart field `audio` or `file`.

        Raw samples are `audio/L16;rate=16000` (big-endian), `audio/pcm;rate=24000` (little-endian), `audio/PCMU` or
        `audio/PCMA` (G.711), with `;channels=2` for stereo. `application/json` is `{"audio": "<base64>"}`, up to 4 MB.
        """
        options = parse_options(
            {
                "fps": fps,
                "profile": profile,
                "offset_name": offset_name,
                "seed": seed,
                "backend": backend,
                "emotions": emotions,
                "channel": channel,
            }
        )
        service.check(options)
        media_type = negotiate(request.headers.get("accept", ""), FORMATS)
        if media_type == CSV and service.renaming(options):
            raise BadMessage("this profile has other names than a CSV of Live Link Face: ask for JSON")
        service.engine.slots.require_free(patient=True)  # before the upload: a full server says busy immediately
        with ExitStack() as held:
            file = held.enter_context(closing(await read_audio(service, request)))
            slot = held.enter_context(
                closing(service.engine.slots.reserve(service.callers.of(request).slots, patient=True))
            )
            if media_type in EVENT_FORMATS:
                events, line = await animate_file(service, file, options, slot), EVENT_FORMATS[media_type]
                lines = (line(kind, fields) async for kind, fields in events)
                return EventStream(lines, media_type, service.settings.send_timeout_s, held.pop_all().close)
            clip, warning = await unless_disconnected(request, whole_clip(service, file, options, slot))
        async with service.encoding:
            text = await asyncio.to_thread(_WRITERS[media_type], clip, warning)
        return WholeResponse(text, media_type, service.answers, _headers(clip, media_type, warning))

    return router


def _headers(clip: FaceClip, media_type: str, warning: str | None) -> dict[str, str]:
    """Puts the frame rate into the name of a CSV: its time codes count frames without stating the rate."""
    name = {"Content-Disposition": f'attachment; filename="animation_{clip.fps}fps.csv"'} if media_type == CSV else {}
    return {**name, **({WARNING: warning} if warning else {})}


WARNING = "X-A2F-Warning"
"""The header with the warning about the audio, which is also in the JSON."""

_WRITERS: dict[str, Callable[[FaceClip, str | None], str]] = {
    JSON: lambda clip, warning: encode_clip(clip, **warned(warning)),
    CSV: lambda clip, _: encode_csv(clip),
}

_FILE = {"type": "string", "format": "binary"}
_BASE64 = {
    "type": "object",
    "required": ["audio"],
    "properties": {"audio": {"type": "string", "contentEncoding": "base64"}},
}
_FORM = {"type": "object", "required": ["audio"], "properties": {"audio": _FILE}}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": _FILE},
            "multipart/form-data": {"schema": _FORM},
            "audio/L16": {"schema": _FILE},
            "audio/pcm": {"schema": _FILE},
            "application/json": {"schema": _BASE64},
        },
    }
}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The animation, in the format that Accept names.", "content": {f: {} for f in FORMATS}},
    **error_responses(400, 408, 413, 415, 500, 503),
}
