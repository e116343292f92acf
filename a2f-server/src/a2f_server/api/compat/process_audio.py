"""`POST /process-audio/`: the endpoint of a2f-client's server. It answers with a line of JSON per two seconds.

Each chunk has the form of a file that Audio2Face exports, so that a2f-client can merge them (docs/compatibility.md).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing, closing
from typing import Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from a2f_server import arkit
from a2f_server.api.compat.base64_audio import decode_base64
from a2f_server.api.compat.dynamic_rate import DynamicRate
from a2f_server.api.compat.paths import PROCESS_AUDIO
from a2f_server.api.encoding import encode_json
from a2f_server.api.file_animation import parse_options
from a2f_server.api.file_chunks import FileChunks
from a2f_server.api.http.responses import NDJSON, EventStream
from a2f_server.api.http.upload import read_form
from a2f_server.api.messages import FileOptions
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import note_error
from a2f_server.clip import FaceClip, rounded
from a2f_server.errors import A2FError, BadMessage


class BadEmotions(BadMessage):
    """Emotions that are not JSON, or not numbers from 0 to 1."""

    status = 400


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["older clients"])

    @router.post(PROCESS_AUDIO[1], include_in_schema=False)
    @router.post(
        PROCESS_AUDIO[0],
        summary="Animate an audio file, in chunks (a2f-client)",
        openapi_extra=_UPLOAD,
        responses=_RESPONSES,
        response_class=Response,
    )
    async def process_audio(
        request: Request,
        fps: int | None = Query(
            None, description="Frames per second, 10-60. By default the rate starts at 10 and changes between chunks."
        ),
    ) -> Response:
        """Animates an audio file, also one in base64. Every line is a chunk of two seconds."""
        options = parse_options({"fps": fps})
        service.engine.slots.require_free(patient=True)
        with ExitStack() as held:
            form = await read_form(service, request, "audio_file", service.settings.max_file_bytes)
            held.callback(form.file.close)
            options = _with_emotions(options, form.texts.get("emotions"))
            slot = held.enter_context(
                closing(service.engine.slots.reserve(service.callers.of(request).slots, patient=True))
            )
            await decode_base64(service, form.file, slot)
            lines = _lines(service, await FileChunks.open(service, form.file, options, slot), DynamicRate(fps))
            first = await anext(lines)
            return EventStream(_chained(first, lines), NDJSON, service.settings.send_timeout_s, held.pop_all().close)

    return router


def _with_emotions(options: FileOptions, text: str | None) -> FileOptions:
    """Adds emotions; unknown names are ignored, as by a2f-client's server. Raises BadEmotions."""
    if not text:
        return options
    try:
        everything = parse_options({"emotions": text}, known_emotions_only=True)
    except BadMessage as error:
        raise BadEmotions(f"Invalid emotions format: {error.message}") from None
    return options.model_copy(update={"emotions": everything.emotions})


async def _lines(service: Service, chunks: FileChunks, rate: DynamicRate) -> AsyncGenerator[str, None]:
    """Yields a line for each chunk. Raises the error of a file that fails before its first one."""
    clock, number = service.engine.clock, 0
    async with aclosing(chunks):
        try:
            begun = clock()
            while clip := await chunks.next(rate.fps):
                took = clock() - begun
                yield encode_json({"chunk_id": number, "result": export(clip)}) + "\n"
                rate.adapt(clip.duration, took)
                begun, number = clock(), number + 1
        except A2FError as error:
            if not number:
                raise
            note_error(error)
            yield encode_json({"chunk_id": number, "error": error.message}) + "\n"


async def _chained(first: str, others: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    async with aclosing(others):
        yield first
        async for line in others:
            yield line


def export(clip: FaceClip) -> dict[str, object]:
    """Returns frames as Audio2Face exports them. There are no joints here, so their lists are empty."""
    none: list[list[object]] = [[] for _ in range(len(clip))]
    return {
        "exportFps": clip.fps,
        "trackPath": "",
        "numPoses": arkit.COUNT,
        "numFrames": len(clip),
        "facsNames": list(arkit.NAMES),
        "weightMat": rounded(clip.weights),
        "joints": [],
        "rotations": none,
        "translations": none,
    }


_FORM = {
    "type": "object",
    "required": ["audio_file"],
    "properties": {
        "audio_file": {"type": "string", "format": "binary"},
        "emotions": {"type": "string", "description": 'JSON object of emotions, e.g. {"joy": 0.6}.'},
    },
}
_UPLOAD: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The chunks, one line of JSON each.", "content": {NDJSON: {}}},
    **error_responses(400, 408, 413, 415, 500, 503),
}
