"""`POST /api/v1/process-audio-stream`: the endpoint of EmoTalk's gateway. It sends frames as server-sent events.

EmoTalk's published page parses each network read by itself. So an event must arrive in one piece, and no two events in
the same read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from a2f_server import arkit
from a2f_server.api.compat.paths import PROCESS_AUDIO_STREAM
from a2f_server.api.encoding import encode_json
from a2f_server.api.file_animation import NamedEvent, animate_file
from a2f_server.api.http.responses import SSE, EventStream, unless_disconnected
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import FileOptions
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service

FPS = 30
FRAMES = 3
"""Frames of an event: 1.2 kB, which one TCP segment holds, so that no network splits it."""
PAUSE_S = 0.005
"""Seconds between events. Without a pause, one in 34 arrived together with half of the next one."""

_ORDER = [arkit.INDEX[name] for name in arkit.ALPHABETICAL]


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["older clients"])

    @router.post(
        PROCESS_AUDIO_STREAM,
        summary="Animate an audio file, as events (EmoTalk)",
        openapi_extra=_UPLOAD,
        responses=_RESPONSES,
        response_class=Response,
    )
    async def process_audio_stream(request: Request) -> Response:
        """Animates an audio file at 30 fps. If the server is full, the request waits for its turn."""
        queue, settings = service.slot_queue, service.settings
        queue.require_room()
        with ExitStack() as held:
            file = held.enter_context(closing(await read_upload(service, request, "file", settings.max_file_bytes)))

            async def animation() -> AsyncIterator[NamedEvent]:
                slot = held.enter_context(closing(await queue.reserve(service.callers.of(request).slots)))
                return await animate_file(service, file, FileOptions(fps=FPS), slot)

            events = await unless_disconnected(request, animation())
            answer = EventStream(_spaced(events), SSE, settings.send_timeout_s, held.pop_all().close)
        answer.headers.update({"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        return answer

    return router


async def _spaced(events: AsyncIterator[NamedEvent]) -> AsyncIterator[str]:
    async for kind, fields in events:
        for text in _texts(kind, fields):
            yield text
            await asyncio.sleep(PAUSE_S)


def _texts(kind: str, fields: dict[str, Any]) -> Iterator[str]:
    """Yields the text of the events for one event of an animation."""
    if kind == "frames":
        frames = [_frame(fields["first"] + i, row) for i, row in enumerate(fields["weights"])]
        for i in range(0, len(frames), FRAMES):
            yield f"data: {encode_json(frames[i : i + FRAMES])}\n\n"
    elif kind == "error":
        yield f"data: {encode_json({'error': fields['message']})}\n\n"
    elif kind == "end":
        yield "event: end\ndata: []\n\n"


def _frame(number: int, row: list[float]) -> dict[str, object]:
    return {"timecode": round(number / FPS, 6), "blendshapes": [row[i] for i in _ORDER]}


_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
_UPLOAD: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events with a list of frames each; shapes in alphabetical order. The last one is `event: end`.",
        "content": {SSE: {}},
    },
    **error_responses(400, 408, 413, 415, 500, 503),
}
