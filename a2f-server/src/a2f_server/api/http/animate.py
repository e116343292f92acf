"""`POST /v1/animate`: an audio file in, a whole animation out, in the format that `Accept` names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from a2f_server.api.encoding import encode_clip
from a2f_server.api.file_animation import animate_file, parse_options
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
from a2f_server.api.http.upload import upload
from a2f_server.api.messages import Options
from a2f_server.api.service import Service
from a2f_server.clip import FaceClip
from a2f_server.engine.slots import Slot

FORMATS = (JSON, CSV, NDJSON, SSE)


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["animation"])

    @router.post("/v1/animate", openapi_extra=_UPLOAD, responses=_RESPONSES, response_class=Response)
    async def animate(
        request: Request,
        fps: int | None = Query(None, description="Frames per second, 10-60."),
        profile: str | None = Query(None, description="A motion profile that the server lists."),
        seed: int = Query(0, description="Seed of blinks, gaze and brows; the same seed gives the same frames."),
        backend: str | None = Query(None, description="A backend that the server lists."),
        emotions: str | None = Query(None, description='JSON object of emotions, e.g. {"joy": 0.6}.'),
    ) -> Response:
        """Animates an audio file (wav, flac, ogg, mp3) sent as the raw body or as the multipart field `audio`."""
        options = parse_options(
            {"fps": fps, "profile": profile, "seed": seed, "backend": backend, "emotions": emotions}
        )
        service.check(options)
        media_type = negotiate(request.headers.get("accept", ""), FORMATS)
        service.engine.slots.require_free()  # before the upload: a full server says busy immediately
        async with upload(service, request, "audio", service.settings.max_file_bytes) as data:
            slot = service.engine.slots.reserve()
            if media_type in EVENT_FORMATS:
                return await _streamed(service, data, options, media_type, slot)
            with closing(slot):
                clip = await unless_disconnected(request, service.clip(data, options, slot))
        async with service.encoding:
            text = await asyncio.to_thread(_WRITERS[media_type], clip)
        return WholeResponse(text, media_type, service.answers)

    return router


_WRITERS: dict[str, Callable[[FaceClip], str]] = {JSON: encode_clip, CSV: FaceClip.to_csv}


async def _streamed(service: Service, data: bytes, options: Options, media_type: str, slot: Slot) -> Response:
    """Decodes before the first byte: an invalid file is then an HTTP error instead of a broken stream."""
    events, line = await animate_file(service, data, options, slot), EVENT_FORMATS[media_type]
    lines = (line(kind, fields) async for kind, fields in events)
    return EventStream(lines, media_type, service.settings.send_timeout_s, slot.close)


_FILE = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["audio"], "properties": {"audio": _FILE}}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": _FILE}, "multipart/form-data": {"schema": _FORM}},
    }
}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The animation, in the format that Accept names.", "content": {f: {} for f in FORMATS}},
    400: {"description": "bad_audio"},
    413: {"description": "too_long, too_large"},
    415: {"description": "unsupported_audio"},
    422: {"description": "bad_message"},
    503: {"description": "busy; Retry-After says when to try again"},
}
