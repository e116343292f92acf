"""`POST /v1/speak`: text in; audio, visemes, words and frames out, in the format that `Accept` names.

Also lists the voices and issues tokens for Azure."""

from __future__ import annotations

import asyncio
import base64
import io
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, closing
from dataclasses import asdict
from itertools import chain
from typing import Any

import numpy as np
import soundfile
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from a2f_server import arkit
from a2f_server.api.file_animation import NamedEvent, frames_event
from a2f_server.api.http.responses import EVENT_FORMATS, JSON, NDJSON, SSE, EventStream, negotiate, unless_disconnected
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import MOST_TEXT_BYTES, SpeakBody, explain
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.api.speech_session import (
    FaceLost,
    SessionEvent,
    SpeechSession,
    SpokenAudio,
    viseme_fields,
    word_fields,
)
from a2f_server.api.utterance_log import note_error, note_seconds
from a2f_server.errors import A2FError, BadMessage, TtsUnavailable, Unauthorized
from a2f_server.tts.contract import VisemeEvent

FORMATS = (JSON, NDJSON, SSE)


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["speech"])

    @router.post(
        "/v1/speak", summary="Speak a text", openapi_extra=_BODY, responses=_RESPONSES, response_class=Response
    )
    async def speak(request: Request) -> Response:
        """Speaks a text or SSML. JSON holds everything, the audio as a WAV in base64; NDJSON and server-sent events are
        sent while the text is spoken, the audio as mono s16le in base64."""
        media_type = negotiate(request.headers.get("accept", ""), FORMATS)
        body = await _read_body(service, request)
        service.check(body, speech=True)
        caller = service.auth.caller(request.client.host if request.client else None)
        service.admit(service.speech_request(body, body), caller)
        events = _events(service, body, caller)
        if media_type in EVENT_FORMATS:
            return await _streamed(events, media_type, service.settings.send_timeout_s)
        return await unless_disconnected(request, _whole(events))

    @router.get("/v1/voices", summary="List the voices", responses=error_responses(501, 502))
    async def voices() -> dict[str, object]:
        """Lists the voices that `voice` may name."""
        voice = service.require_voice()
        return {"tts": voice.name, "voices": [asdict(info) for info in await voice.voices()]}

    @router.post("/v1/azure-token", summary="Token for Azure's SDK", responses=error_responses(501, 502))
    async def azure_token() -> dict[str, object]:
        """Returns a short-lived token of the Azure resource, for pages that use Azure's SDK themselves."""
        voice = service.voice
        if voice is None or not voice.issues_tokens:
            raise TtsUnavailable("this server has no Azure Speech: set A2F_AZURE_KEY and A2F_AZURE_REGION")
        settings = service.settings
        if not (settings.api_key or settings.private):
            raise Unauthorized(
                "without A2F_API_KEY anyone could get a token: set a key, or speak through POST /v1/speak"
            )
        where = {"region": settings.azure_region, "host": settings.azure_host}
        return {**asdict(await voice.token()), **where}

    return router


async def _read_body(service: Service, request: Request) -> SpeakBody:
    """Parses the body as JSON whatever its Content-Type says: curl and many others forget it."""
    limit = min(service.settings.max_message_bytes, MOST_TEXT_BYTES)
    try:
        with closing(await read_upload(service, request, "text", limit)) as body:
            return SpeakBody.model_validate_json(body.data)
    except ValidationError as error:
        raise BadMessage(explain(error)) from None


async def _events(service: Service, body: SpeakBody, caller: str) -> AsyncGenerator[NamedEvent, None]:
    """Yields events and frames as they come. Raises the voice's errors."""
    changed = asyncio.Event()
    request = service.speech_request(body, body)
    try:
        session = SpeechSession(service, body, request, on_change=changed.set, name="http/speak")
    except A2FError:
        service.refund(request, caller)
        raise
    service.http_speeches.add(session)
    try:
        names = list(arkit.NAMES)
        yield "start", {"fps": session.fps, "blendshapes": names, "sample_rate": session.sample_rate}
        while not session.finished:
            changed.clear()
            event = _next(session)
            if event:
                yield event
            elif not session.finished:
                await changed.wait()
        note_seconds(session.duration)
        yield "end", {"frames": session.frames, "duration": round(session.duration, 6)}
    finally:
        service.http_speeches.discard(session)
        session.close()


def _next(session: SpeechSession) -> NamedEvent | None:
    event = session.next_event()
    if event is not None:
        return _named(event)
    frames = session.pop()
    if frames:
        return frames_event(frames, session.fps)
    session.raise_error()
    return None


def _named(event: SessionEvent) -> NamedEvent:
    match event:
        case SpokenAudio():
            return "audio", {"first": event.first, "pcm": base64.b64encode(event.pcm).decode()}
        case FaceLost():
            return "error", {**event.error.as_json(), "continues": True}
        case VisemeEvent():
            return "viseme", viseme_fields(event)
        case _:
            return "word", word_fields(event)


async def _streamed(events: AsyncGenerator[NamedEvent, None], media_type: str, patience: float) -> Response:
    """Waits for the voice's first event: a refusal is then an HTTP error instead of a broken stream."""
    try:
        head = [await anext(events), await anext(events)]
    except BaseException:
        await events.aclose()
        raise
    return EventStream(_lines(head, events, media_type), media_type, patience)


async def _lines(
    head: list[NamedEvent], events: AsyncGenerator[NamedEvent, None], media_type: str
) -> AsyncIterator[str]:
    line = EVENT_FORMATS[media_type]
    async with aclosing(events):
        for kind, fields in head:
            yield line(kind, fields)
        try:
            async for kind, fields in events:
                yield line(kind, fields)
        except A2FError as error:
            note_error(error)
            yield line("error", error.as_json())


async def _whole(events: AsyncGenerator[NamedEvent, None]) -> Response:
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    async with aclosing(events):
        async for kind, fields in events:
            parts[kind].append(fields)
    start, end = parts["start"][0], parts["end"][0]
    pcm = b"".join(base64.b64decode(part["pcm"]) for part in parts["audio"])
    return await asyncio.to_thread(  # writing minutes of frames takes a third of a second
        JSONResponse,
        {
            **start,
            "weights": list(chain.from_iterable(part["weights"] for part in parts["frames"])),
            "audio": await asyncio.to_thread(_wav, pcm, start["sample_rate"]),
            "visemes": parts["viseme"],
            "words": parts["word"],
            "errors": parts["error"],
            "duration": end["duration"],
        },
    )


def _wav(pcm: bytes, sample_rate: int) -> str:
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm, "<i2"), sample_rate, format="WAV", subtype="PCM_16")
    return base64.b64encode(file.getvalue()).decode()


_BODY = {"requestBody": {"required": True, "content": {JSON: {"schema": SpeakBody.model_json_schema()}}}}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The speech, in the format that Accept names.", "content": {f: {} for f in FORMATS}},
    **error_responses(408, 413, 501, 502, 503),
}
