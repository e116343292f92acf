"""`POST /v1/animate`: an audio file in, a whole animation out, in the form that `Accept` names."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import closing

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from a2f_server import arkit
from a2f_server.api.http.responses import CSV, JSON, LINES, NDJSON, SSE, Event, Streamed, accepted, unless_gone
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import Options, sentence
from a2f_server.api.service import Service
from a2f_server.api.ws.turn import encode_json
from a2f_server.clip import FaceClip, rounded
from a2f_server.engine.stream import Slot
from a2f_server.engine.utterance import Frames
from a2f_server.errors import A2FError, BadMessage

FORMS = (JSON, CSV, NDJSON, SSE)


def routes(service: Service) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["animation"])

    @router.post("/v1/animate", openapi_extra=_UPLOAD, responses=_RESPONSES, response_class=Response)
    async def animate(
        request: Request,
        fps: int | None = Query(None, description="Frames a second, 10-60."),
        profile: str | None = Query(None, description="A motion profile that the server lists."),
        seed: int = Query(0, description="Moves blinks, eyes and brows; the same seed gives the same frames."),
        backend: str | None = Query(None, description="A backend that the server lists."),
        emotions: str | None = Query(None, description='JSON object of emotions, e.g. {"joy": 0.6}.'),
    ) -> Response:
        """Animates an audio file (wav, flac, ogg, mp3) sent as the raw body or as the multipart field `audio`."""
        options = _options(fps=fps, profile=profile, seed=seed, backend=backend, emotions=emotions)
        service.check(options)
        form = accepted(request.headers.get("accept", ""), FORMS)
        slot = service.engine.reserve()  # before the upload: a full server says so at once
        if form in LINES:
            return await _streamed(service, request, options, form, slot)
        with closing(slot):
            data = await read_upload(request, "audio", service.settings.max_file_bytes)
            clip = await unless_gone(request, service.clip(data, options, slot))
        return Response(await asyncio.to_thread(_WRITERS[form], clip), media_type=form)

    return router


def _options(**given: object) -> Options:
    try:
        if isinstance(given["emotions"], str):
            given["emotions"] = json.loads(given["emotions"])
        return Options.model_validate(given)
    except ValidationError as error:
        raise BadMessage(sentence(error)) from None
    except (ValueError, RecursionError):
        raise BadMessage('emotions: not JSON; write it as {"joy": 0.6}') from None


_WRITERS: dict[str, Callable[[FaceClip], str]] = {JSON: lambda clip: encode_json(clip.to_json()), CSV: FaceClip.to_csv}


async def _streamed(service: Service, request: Request, options: Options, form: str, slot: Slot) -> Response:
    """Decodes before the first byte, so that a bad file is an HTTP error and not a broken stream."""
    try:
        data = await read_upload(request, "audio", service.settings.max_file_bytes)
    except BaseException:
        slot.close()
        raise
    events, line = await begin(service, data, options, slot), LINES[form]
    return Streamed((line(kind, event) async for kind, event in events), form, service.settings.send_timeout_s)


async def begin(service: Service, data: bytes, options: Options, slot: Slot) -> AsyncGenerator[Event, None]:
    """The events of a file's animation, as they are computed: `start`, `frames` …, then `end` or `error`.

    The file is decoded at once: what is wrong with it raises its A2FError here. The place is given back in any case.
    """
    try:
        sound = await service.decode(data)
        utterance = service.utterance(options, sound.sample_rate)
        frames = service.engine.animate(utterance, sound.samples, slot)
    except BaseException:
        slot.close()
        raise
    return _events(frames, slot, utterance.fps, len(sound.samples) / sound.sample_rate)


async def _events(frames: AsyncIterator[Frames], slot: Slot, fps: int, duration: float) -> AsyncGenerator[Event, None]:
    count = 0
    with closing(slot):
        yield "start", {"fps": fps, "blendshapes": list(arkit.NAMES)}
        try:
            async for part in frames:
                count += len(part)
                yield "frames", {"first": part.first, "weights": rounded(FaceClip.from_u16(part.values, fps).weights)}
            yield "end", {"frames": count, "duration": round(duration, 6)}
        except A2FError as error:
            yield "error", {"code": error.code, "message": error.message}


_FILE = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["audio"], "properties": {"audio": _FILE}}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": _FILE}, "multipart/form-data": {"schema": _FORM}},
    }
}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The animation, in the form that Accept names.", "content": {f: {} for f in FORMS}},
    400: {"description": "bad_audio"},
    413: {"description": "too_long, too_large"},
    415: {"description": "unsupported_audio"},
    422: {"description": "bad_message"},
    503: {"description": "busy; Retry-After says when"},
}
